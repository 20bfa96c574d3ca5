"""Every way in which a booking, a check-in or a session's edit can be refused."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.errors import Refusal


@dataclass(eq=False)
class SessionCancelled(Refusal):
    """the gym cancelled the session."""

    code = "session_cancelled"

    def __str__(self) -> str:
        return "The gym cancelled this session."


@dataclass(eq=False)
class SessionStarted(Refusal):
    """the session has started."""

    code = "session_started"
    starts_at: datetime

    def __str__(self) -> str:
        return "This session has started."


@dataclass(eq=False)
class AlreadyBooked(Refusal):
    """the customer has a spot in this session."""

    code = "already_booked"
    booking: int

    def __str__(self) -> str:
        return "The customer has a spot in this session already."


@dataclass(eq=False)
class MembershipRequired(Refusal):
    """the class is premium and no membership of the customer grants it on that day."""

    code = "membership_required"
    class_type: int
    plans: list[int]

    def __str__(self) -> str:
        return "This is a premium class: it needs a membership that grants it on that day."


@dataclass(eq=False)
class BookingNotOpen(Refusal):
    """booking has not opened yet for this customer."""

    code = "booking_not_open"
    bookable_from: datetime
    window: int | None

    def __str__(self) -> str:
        return "Booking of this session has not opened yet for the customer."


@dataclass(eq=False)
class DailyLimitReached(Refusal):
    """another booking of the customer uses that day, late-cancelled ones included."""

    code = "daily_limit_reached"
    day: date
    booking: int

    def __str__(self) -> str:
        return f"The customer's one booking on {self.day:%d %B %Y} is used."


@dataclass(eq=False)
class SessionFull(Refusal):
    """no spot is left."""

    code = "session_full"
    capacity: int
    waitlist_count: int

    def __str__(self) -> str:
        return f"All {self.capacity} spots of this session are taken."


@dataclass(eq=False)
class InvalidTransition(Refusal):
    """a booking's or a wait's status cannot become this, or not before `allowed_from`."""

    code = "invalid_transition"
    from_: str
    to: str
    allowed_from: datetime | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts.items() if value is not None}

    def __str__(self) -> str:
        what = "A place in line" if self.to == "left" else "A booking"
        sentence = f"{what} that is {self.from_} cannot become {self.to}"
        return f"{sentence} so early." if self.allowed_from else f"{sentence}."


@dataclass(eq=False)
class CapacityBelowBookings(Refusal):
    """more customers hold a spot than the capacity would allow."""

    code = "capacity_below_bookings"
    capacity: int
    booked_count: int

    def __str__(self) -> str:
        return f"{self.booked_count} customers hold a spot: {self.capacity} are too few."


@dataclass(eq=False)
class SessionInPast(Refusal):
    """customers hold a spot, and the time to which the session would be moved has passed."""

    code = "session_in_past"
    starts_at: datetime

    def __str__(self) -> str:
        return "A session with bookings cannot be moved into the past."


@dataclass(eq=False)
class RescheduleConflicts(Refusal):
    """at the new time some customers use that day already, or lack a membership for it."""

    code = "reschedule_conflicts"
    customers: list[int]
    # Which rule of booking each of them would break, by its code.
    conflicts: list[dict[str, Any]]

    def __str__(self) -> str:
        return f"{len(self.customers)} of the customers cannot come at that time."


@dataclass(eq=False)
class AlreadyWaiting(Refusal):
    """the customer waits for this session already."""

    code = "already_waiting"
    waitlist_entry: int

    def __str__(self) -> str:
        return "The customer waits for this session already."


@dataclass(eq=False)
class SessionNotFull(Refusal):
    """there is a free spot, so nobody needs to wait."""

    code = "session_not_full"
    spots_left: int | None

    def __str__(self) -> str:
        return "There is a free spot in this session: it can be booked."
