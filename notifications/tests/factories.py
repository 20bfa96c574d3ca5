from datetime import UTC, datetime

import factory

from customers.tests.factories import CustomerFactory
from notifications.models import Mail, Notification
from notifications.states import MailStatus

MONDAY_NOON = datetime(2030, 5, 13, 12, tzinfo=UTC)


class NotificationFactory(factory.django.DjangoModelFactory[Notification]):
    """A message in the app's inbox, without an e-mail."""

    class Meta:
        model = Notification

    customer = factory.SubFactory(CustomerFactory)
    kind = "milestone_award"
    key = factory.Sequence(lambda number: f"milestone_award:{number}")
    title = "Congratulations, Anna!"
    body = "Ten sessions within a month. Well done!\n"
    created_at = MONDAY_NOON


class MailFactory(factory.django.DjangoModelFactory[Mail]):
    """A queued mail that is due at once, and its message."""

    class Meta:
        model = Mail

    notification = factory.SubFactory(NotificationFactory)
    queued_at = factory.SelfAttribute("notification.created_at")
    due_at = factory.SelfAttribute("queued_at")

    class Params:
        sent = factory.Trait(
            status=MailStatus.SENT,
            attempts=1,
            sent_at=factory.SelfAttribute("queued_at"),
            sent_to=factory.SelfAttribute("notification.customer.email"),
        )
        failed = factory.Trait(
            status=MailStatus.FAILED, attempts=15, problem="550 No such mailbox here"
        )
