"""
Tells customers of promotions that have begun.

What is to be told stands in the database: running promotions without `notified_at`. A worker
that is killed leaves what it has told, and the next one goes on behind it: each few hundred
customers, their messages and mails and how far it came are one transaction.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.utils import timezone

from core.instants import local_day
from core.keeping import keep
from core.transactions import in_transaction
from core.work import Clock
from customers.models import Customer
from notifications.services import notify
from promotions.models import Announcement, FlashPromo, PromoNotice
from promotions.notices import about_promo
from promotions.reports import audience_of

TOLD_AT_ONCE = 500


def announce_due(clock: Clock, is_stopping: Callable[[], bool]) -> bool:
    """Tell of every promotion that is due, until all are told or it is to stop."""
    due = FlashPromo.objects.to_be_told(clock()).order_by("starts_at", "pk")
    for promo_id in list(due.values_list("pk", flat=True)):
        if is_stopping():
            break
        _announce(promo_id, clock, is_stopping)
    return True


def _announce(promo_id: int, clock: Clock, is_stopping: Callable[[], bool]) -> None:
    at = clock()
    promo = _to_be_told(promo_id, at)
    if promo is None:
        return
    told_up_to = Announcement.objects.filter(promo=promo).values_list("told_up_to", flat=True)
    audience = audience_of(promo, day=_day_of(at), at=at, after=told_up_to.first() or 0)
    # Some are told before it is asked: however long finding them took, each turn comes further.
    while _tell_some(promo_id, audience, at=clock()) and not is_stopping():
        pass


@in_transaction
def _tell_some(promo_id: int, audience: Sequence[int], *, at: datetime) -> bool:
    """
    Tell the next customers of a promotion; after the last of them note that all are told.

    Gives False when nothing is left to do here: all are told, another worker is at it, or the
    promotion has ended, was stopped, is sold out or was deleted.
    """
    if not keep(FlashPromo.objects.filter(pk=promo_id)):
        return False
    Announcement.objects.bulk_create([Announcement(promo_id=promo_id)], ignore_conflicts=True)
    free = Announcement.objects.select_for_update(skip_locked=True, no_key=True)
    announcement = free.filter(promo=promo_id).first()
    promo = _to_be_told(promo_id, at)
    if announcement is None or promo is None:
        return False
    begin = bisect_right(audience, announcement.told_up_to)
    some = audience[begin : begin + TOLD_AT_ONCE]
    if some:
        _tell(promo, some, at)
        announcement.told_up_to = some[-1]
        announcement.save(update_fields=["told_up_to"])
    if len(some) < TOLD_AT_ONCE:
        FlashPromo.objects.filter(pk=promo_id).update(notified_at=at)
        return False
    return True


def _tell(promo: FlashPromo, customer_ids: Sequence[int], at: datetime) -> None:
    # Kept, so that none of them is deleted under the message. In the order of their ids, as
    # everybody who tells them goes: two promotions at once wait for each other, and not in a ring.
    customers = keep(Customer.objects.filter(pk__in=customer_ids).order_by("pk"))
    day = _day_of(at)
    PromoNotice.objects.bulk_create(
        [PromoNotice(promo=promo, customer=one, day=day, told_at=at) for one in customers],
        ignore_conflicts=True,
    )
    # Those who were told of another promotion on this day have that notice, and not this one.
    told = PromoNotice.objects.filter(promo=promo, day=day, customer__in=customer_ids)
    ids = set(told.values_list("customer_id", flat=True))
    notify(about_promo(promo, [one for one in customers if one.pk in ids]), at=at)


def _to_be_told(promo_id: int, at: datetime) -> FlashPromo | None:
    due = FlashPromo.objects.to_be_told(at).filter(pk=promo_id)
    return due.select_related("product__venue").first()


def _day_of(at: datetime) -> date:
    return local_day(at, timezone.get_default_timezone())
