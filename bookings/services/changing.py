from datetime import datetime

from django.conf import settings

from bookings.errors import InvalidTransition, SessionCancelled
from bookings.models import Booking
from bookings.rules import status_after
from bookings.services.waiting import promote_waiting
from bookings.signals import booking_changed, booking_checked_in
from bookings.states import LIVE, NOT_LIVE, BookingStatus, CancelledBy
from classes.models import ClassSession
from classes.states import SessionStatus
from core.transactions import in_transaction


@in_transaction
def change_status(*, booking: Booking, to: str, at: datetime) -> Booking:
    """
    Cancel a booking, check it in, or correct its check-in.

    The server alone decides whether a cancellation is late. Asking for what already is
    changes nothing.

    :raises SessionStarted: when it would be cancelled at or after the start.
    :raises InvalidTransition: for a change that is not allowed, or not yet.
    :raises SessionCancelled: when a check-in would be taken back after the gym cancelled.
    """
    session, booking = _locked(booking)
    before = booking.status
    after = status_after(
        before, to, starts_at=session.starts_at, free_until=booking.free_cancel_until, at=at
    )
    if after == before:
        return booking
    if after == BookingStatus.BOOKED and session.status == SessionStatus.CANCELLED:
        # Only who was there is left of it.
        raise SessionCancelled
    booking.status, booking.updated_at = after, at
    booking.checked_in_at = at if after == BookingStatus.ATTENDED else None
    changed = ["status", "updated_at", "checked_in_at"]
    if after in NOT_LIVE:
        booking.cancelled_at, booking.cancelled_by = at, CancelledBy.CUSTOMER
        if after == BookingStatus.CANCELLED or settings.LATE_CANCEL_FREES_THE_DAY:
            booking.occupied_day = None
        changed += ["cancelled_at", "cancelled_by", "occupied_day"]
    booking.save(update_fields=changed)
    if before in LIVE and after in NOT_LIVE:
        ClassSession.objects.give_a_spot_back(session.pk)
        promote_waiting(session_ids=[session.pk], at=at)
    if after == BookingStatus.ATTENDED:
        booking_checked_in.send(sender=Booking, booking=booking, at=at)
    booking_changed.send(sender=Booking, booking=booking, before=before, at=at)
    return booking


@in_transaction
def forgive(*, booking: Booking, by: str, reason: str, at: datetime) -> Booking:
    """
    Turn a late cancellation into one in time, which frees the customer's day.

    `by` names who forgave. Forgiving what is cancelled in time changes nothing.

    :raises InvalidTransition: when the booking is not cancelled at all.
    """
    _, booking = _locked(booking)
    if booking.status == BookingStatus.CANCELLED:
        return booking
    if booking.status != BookingStatus.LATE_CANCELLED:
        raise InvalidTransition(from_=booking.status, to=BookingStatus.CANCELLED)
    booking.status, booking.occupied_day = BookingStatus.CANCELLED, None
    booking.updated_at = booking.forgiven_at = at
    booking.forgiven_by, booking.forgiven_reason = by, reason
    booking.save(
        update_fields=[
            "status",
            "occupied_day",
            "updated_at",
            "forgiven_at",
            "forgiven_by",
            "forgiven_reason",
        ]
    )
    booking_changed.send(
        sender=Booking, booking=booking, before=BookingStatus.LATE_CANCELLED, at=at
    )
    return booking


def _locked(booking: Booking) -> tuple[ClassSession, Booking]:
    """
    Lock the session, then the booking, and read both as they are now.

    The session first, here and everywhere: one order, no deadlock.
    """
    session = ClassSession.objects.select_for_update(no_key=True).get(pk=booking.class_session_id)
    fresh = Booking.objects.select_for_update(no_key=True).get(pk=booking.pk)
    fresh.class_session = session
    return session, fresh
