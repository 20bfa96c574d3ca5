"""Telling customers of promotions, and whom that told."""

from notifications.models import Mail, Notification
from promotions.models import FlashPromo
from promotions.services.announcing import announce_due
from promotions.tests.factories import NOON


def announce(*, at=NOON, is_stopping=lambda: False):
    assert announce_due(lambda: at, is_stopping)


def told(promo):
    """Give whom the inbox and the mails tell of a promotion, who must be those of the notices."""
    inbox = Notification.objects.filter(kind="flash_promo", data__promo=promo.pk)
    mails = Mail.objects.filter(notification__in=inbox)
    in_the_inbox = sorted(inbox.values_list("customer", flat=True))
    assert sorted(mails.values_list("notification__customer", flat=True)) == in_the_inbox
    assert sorted(promo.notices.values_list("customer", flat=True)) == in_the_inbox
    return in_the_inbox


def ids(customers):
    return [customer.pk for customer in customers]


def notified_at(promo):
    return FlashPromo.objects.values_list("notified_at", flat=True).get(pk=promo.pk)
