from datetime import datetime

from bookings.errors import SessionStarted
from bookings.models import Booking, WaitlistEntry
from bookings.notices import about_cancelled_session
from bookings.services.concerned import Concerned, locked, waiting_for
from bookings.signals import bookings_rearranged
from bookings.states import BookingStatus, WaitlistStatus
from classes.models import ClassSession
from classes.rows import SessionRow
from classes.states import SessionStatus
from core.transactions import in_transaction
from notifications.services import notify


def whom_it_cancels(*, session: ClassSession, at: datetime) -> Concerned:
    """
    Give whom cancelling the session would touch: nobody where it is cancelled already.

    :raises SessionStarted: when it has started.
    """
    if session.status == SessionStatus.CANCELLED:
        return Concerned(session, [], [])
    if at >= session.starts_at:
        raise SessionStarted(starts_at=session.starts_at)
    booked = Booking.objects.filter(class_session=session, status=BookingStatus.BOOKED)
    return Concerned(
        session,
        list(booked.select_related("customer").order_by("pk")),
        waiting_for(session),
    )


@in_transaction
def cancel_session(*, session: ClassSession, reason: str, at: datetime) -> Concerned:
    """
    Call a session off: cancel its bookings, never late, close its waiting list, and tell everybody.

    Who was checked in already stays. Cancelling again changes nothing and touches nobody.

    :raises SessionStarted: when it has started.
    """
    # With the row's lock nobody books any more: `take_a_spot` finds it cancelled.
    session = locked(session)
    concerned = whom_it_cancels(session=session, at=at)
    if session.status == SessionStatus.CANCELLED:
        return concerned
    _, bookings, waiting = concerned
    Booking.objects.filter(class_session=session, status=BookingStatus.BOOKED).cancel_by_gym(at=at)
    WaitlistEntry.objects.waiting().filter(class_session=session).update(
        status=WaitlistStatus.CLOSED, ended_at=at
    )
    session.status, session.cancelled_at = SessionStatus.CANCELLED, at
    session.cancellation_reason = reason
    session.booked_count -= len(bookings)
    session.waitlist_count = 0
    session.save(
        update_fields=[
            "status",
            "cancelled_at",
            "cancellation_reason",
            "booked_count",
            "waitlist_count",
        ]
    )
    customer_ids = [booking.customer_id for booking in bookings]
    cause = f"session {session.pk} cancelled"
    bookings_rearranged.send(sender=Booking, customer_ids=customer_ids, cause=cause, at=at)
    row = SessionRow.of(session)
    notify(about_cancelled_session(row, bookings, waiting, reason=reason), at=at)
    return concerned._replace(session=session)
