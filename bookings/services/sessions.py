from datetime import datetime
from typing import Any

from bookings.errors import CapacityBelowBookings, SessionHasBookings
from classes.models import ClassSession, ClassType
from core.transactions import in_transaction


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


@in_transaction
def edit_session(*, session: ClassSession, changes: dict[str, Any]) -> ClassSession:
    """
    Change a session's time, duration or capacity; only what `changes` names is written.

    :raises CapacityBelowBookings: when fewer spots would remain than are taken.
    :raises SessionHasBookings: when it would start at another time although somebody is booked.
    """
    # `book_session` changes the counter only with this row's lock, so it stands still here.
    locked = ClassSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    capacity = changes.get("capacity")
    if capacity is not None and capacity < locked.booked_count:
        raise CapacityBelowBookings(capacity=capacity, booked_count=locked.booked_count)
    moves = changes.get("starts_at", locked.starts_at) != locked.starts_at
    if moves and locked.booked_count:
        raise SessionHasBookings(booked_count=locked.booked_count)
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(changes))
    return locked
