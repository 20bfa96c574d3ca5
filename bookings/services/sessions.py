from datetime import datetime
from typing import Any

from bookings.errors import CapacityBelowBookings
from bookings.models import Booking
from bookings.notices import about_moved_session
from bookings.services.concerned import Concerned, locked, waiting_for
from bookings.services.moving import (
    concerned_by_moving,
    move_bookings,
    refuse_to_move,
    whom_it_moves,
)
from bookings.services.racing import until_settled
from bookings.services.waiting import promote_waiting
from bookings.signals import bookings_rearranged
from bookings.states import BookingStatus
from classes.models import ClassSession, ClassType
from classes.rows import SessionRow
from core.transactions import in_transaction
from notifications.services import notify


@in_transaction
def create_session(*, class_type: ClassType, starts_at: datetime, **given: Any) -> ClassSession:
    """
    Put a class on the schedule, also in the past.

    `duration_minutes` and `capacity` come from the class type as it is now unless given;
    a capacity of None is unlimited.
    """
    copied = {"duration_minutes": class_type.duration_minutes, "capacity": class_type.capacity}
    return ClassSession.objects.create(
        class_type=class_type, starts_at=starts_at, **(copied | given)
    )


def edit_session(*, session: ClassSession, changes: dict[str, Any], at: datetime) -> ClassSession:
    """
    Change a session's time, duration or capacity; only what `changes` names is written.

    Moving it takes its bookings along, lets their customers cancel freely until the start, and
    tells them. Spots that become free go to those who wait.

    :raises CapacityBelowBookings: when fewer spots would remain than are taken.
    :raises SessionCancelled, SessionStarted: when it would be moved though it is over.
    :raises SessionInPast: when it would be moved into the past although somebody is booked.
    :raises RescheduleConflicts: when somebody booked could not come at the new time.
    :raises Busy: when its bookings changed under every one of several tries.
    """
    return until_settled(lambda: _edit(session, changes, at))


def whom_it_touches(*, session: ClassSession, changes: dict[str, Any], at: datetime) -> Concerned:
    """
    Give whom editing the session would touch: those whom it moves.

    :raises Refusal: as `edit_session`.
    """
    _refuse_too_few_spots(session, changes)
    starts_at = changes.get("starts_at", session.starts_at)
    return whom_it_moves(session=session, starts_at=starts_at, at=at)


def _refuse_too_few_spots(session: ClassSession, changes: dict[str, Any]) -> None:
    capacity = changes.get("capacity")
    if capacity is not None and capacity < session.booked_count:
        raise CapacityBelowBookings(capacity=capacity, booked_count=session.booked_count)


@in_transaction
def _edit(session: ClassSession, changes: dict[str, Any], at: datetime) -> ClassSession:
    # `book_session` changes the counter only with this row's lock, so it stands still here.
    held = locked(session)
    _refuse_too_few_spots(held, changes)
    old, new = held.starts_at, changes.get("starts_at", held.starts_at)
    has_new_spots = _has_new_spots(held, changes)
    moved = None
    if new != old:
        concerned = concerned_by_moving(held)
        refuse_to_move(concerned, new, at)
        move_bookings(concerned, by=new - old, to=new, at=at)
        moved = concerned.bookings
    if changes.get("duration_minutes", held.duration_minutes) != held.duration_minutes:
        # So that calendars that subscribe to a booking hear of its new end.
        Booking.objects.live().filter(class_session=held).update(updated_at=at)
    for name, value in changes.items():
        setattr(held, name, value)
    held.save(update_fields=list(changes))
    if moved is not None:
        # A late cancellation counts from the start, too.
        its = Booking.objects.filter(class_session=held).exclude(status=BookingStatus.CANCELLED)
        customer_ids = set(its.values_list("customer", flat=True))
        cause = f"session {held.pk} moved"
        bookings_rearranged.send(sender=Booking, customer_ids=customer_ids, cause=cause, at=at)
    if moved is not None or has_new_spots:
        promote_waiting(session_ids=[held.pk], at=at)
        held.refresh_from_db(fields=["booked_count", "waitlist_count"])
    if moved is not None:
        row, waiting = SessionRow.of(held), waiting_for(held)
        notify(about_moved_session(row, moved, waiting, was_to_start_at=old, at=at), at=at)
    return held


def _has_new_spots(session: ClassSession, changes: dict[str, Any]) -> bool:
    capacity = changes.get("capacity", session.capacity)
    return session.capacity is not None and (capacity is None or capacity > session.capacity)
