from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from bookings.models import Booking, WaitlistEntry
from bookings.notices import about_cancelled_membership
from bookings.services.racing import LostARace, until_settled
from bookings.services.waiting import promote_waiting
from bookings.signals import bookings_rearranged
from bookings.states import BookingStatus
from classes.models import ClassSession
from core.errors import Invalid
from core.transactions import in_transaction
from customers.models import Customer
from memberships.entitlements import entitlements
from memberships.models import Membership
from notifications.services import notify


class CancelledMembership(NamedTuple):
    membership: Membership
    # What the customer lost with it, in the order of the sessions.
    bookings: list[Booking]


def bookings_lost_with(*, membership: Membership, on: date, at: datetime) -> list[Booking]:
    """
    Give the bookings that would be cancelled with the membership: those still to come of
    premium sessions from the day `on` on that it opens and no other membership does.

    :raises Invalid: when `on` is not one of the membership's days.
    """
    if membership.cancelled_on is not None:
        return []
    if on < membership.starts_on or (membership.ends_on is not None and on > membership.ends_on):
        raise Invalid("cancelled_on", "invalid", "This is not one of the membership's days.")
    booked = Booking.objects.filter(
        customer=membership.customer_id,
        status=BookingStatus.BOOKED,
        occupied_day__gte=on,
        class_session__starts_at__gt=at,
        class_session__class_type__is_premium=True,
        class_session__class_type__in=membership.plan.class_types.values("pk"),
    )
    if membership.ends_on is not None:
        booked = booked.filter(occupied_day__lte=membership.ends_on)
    found = booked.select_related("class_session__class_type").order_by("occupied_day", "pk")
    days = [booking.occupied_day for booking in found if booking.occupied_day is not None]
    if not days:
        return []
    opened = entitlements(membership.customer_id, days[0], days[-1])
    return [
        booking
        for booking, day in zip(found, days, strict=True)
        if opened.membership(booking.class_session.class_type_id, day, other_than=membership.pk)
        is None
    ]


def cancel_membership(
    *, membership: Membership, on: date, reason: str, at: datetime
) -> CancelledMembership:
    """
    End a membership so that it grants nothing from the day `on` on, and tell the customer.

    What was booked with it from then on is cancelled by the gym, never late. Cancelling again
    changes nothing, whatever the day.

    :raises Invalid: when `on` is not one of the membership's days.
    :raises Busy: when its bookings changed under every one of several tries.
    """
    return until_settled(lambda: _attempt(membership, on, reason, at))


def _attempt(membership: Membership, on: date, reason: str, at: datetime) -> CancelledMembership:
    lost = bookings_lost_with(membership=membership, on=on, at=at)
    return _cancel(membership, on, reason, {booking.class_session_id for booking in lost}, at)


@in_transaction
def _cancel(
    membership: Membership, on: date, reason: str, session_ids: Collection[int], at: datetime
) -> CancelledMembership:
    # Sessions first, then customers, then the rest, as everywhere.
    sessions = ClassSession.objects.filter(pk__in=session_ids).order_by("pk")
    list(sessions.select_for_update(no_key=True).values_list("pk"))
    # Of two memberships that open one class each would count on the other, so a customer's are
    # cancelled one after the other. Whoever waits for a spot that this frees is held as well:
    # other memberships that are cancelled meanwhile promote the same people.
    waiting = WaitlistEntry.objects.waiting().filter(class_session__in=session_ids)
    concerned = Q(pk=membership.customer_id) | Q(pk__in=waiting.values("customer"))
    customers = Customer.objects.filter(concerned).order_by("pk")
    list(customers.select_for_update(no_key=True).values_list("pk"))
    # What is booked from here on meets the membership's lock and finds it cancelled.
    rows = Membership.objects.select_related("customer", "plan")
    membership = rows.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
    if membership.cancelled_on is not None:
        return CancelledMembership(membership, [])
    lost = bookings_lost_with(membership=membership, on=on, at=at)
    lost_sessions = {booking.class_session_id for booking in lost}
    if not lost_sessions <= set(session_ids):
        raise LostARace
    Booking.objects.filter(pk__in=[booking.pk for booking in lost]).cancel_by_gym(at=at)
    # A customer has one live booking of a session.
    ClassSession.objects.give_a_spot_back(*lost_sessions)
    membership.cancelled_on, membership.cancellation_reason = on, reason
    membership.save(update_fields=["cancelled_on", "cancellation_reason"])
    if lost:
        bookings_rearranged.send(
            sender=Booking,
            customer_ids=[membership.customer_id],
            cause=f"membership {membership.pk} cancelled",
            at=at,
        )
    promote_waiting(session_ids=sorted(lost_sessions), at=at)
    notify([about_cancelled_membership(membership, on, lost)], at=at)
    return CancelledMembership(membership, lost)
