"""
The rules of booking, in their order: one evaluator with three callers.

Booking takes the first refusal, eligibility lists every rule, the schedule asks for a
whole page. All three hand over facts that were fetched before; nothing here asks a
database or a clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bookings.errors import (
    AlreadyBooked,
    BookingNotOpen,
    DailyLimitReached,
    InvalidTransition,
    MembershipRequired,
    SessionCancelled,
    SessionFull,
    SessionStarted,
)
from bookings.states import NOT_LIVE, BookingStatus
from classes.rows import SessionRow
from classes.states import SessionStatus
from core.errors import Refusal

CHECK_IN_OPENS = timedelta(minutes=60)
# How long before a session's cutoff the last spot is given to whoever waits, and how long that
# customer may then cancel freely.
PROMOTION_ENDS_BEFORE_CUTOFF = timedelta(minutes=60)
FREE_AFTER_PROMOTION = timedelta(minutes=60)


@dataclass(slots=True)
class BookingFacts:
    """Everything that decides whether one customer may book one session at one moment."""

    at: datetime
    session: SessionRow
    day: date
    # The customer's live booking of this very session.
    booking: int | None
    # Another booking that uses the session's local day; a late-cancelled one may be of the
    # same session.
    booking_of_the_day: int | None
    bookable_from: datetime
    window: int | None
    # The membership that opens a premium class on that day, and the plans that would.
    membership: int | None = None
    plans: tuple[int, ...] = ()


def _takes_place(facts: BookingFacts) -> Refusal | None:
    if facts.session.status == SessionStatus.CANCELLED:
        return SessionCancelled()
    return None


def _is_still_to_come(facts: BookingFacts) -> Refusal | None:
    if facts.at >= facts.session.starts_at:
        return SessionStarted(starts_at=facts.session.starts_at)
    return None


def _has_no_spot_yet(facts: BookingFacts) -> Refusal | None:
    if facts.booking is not None:
        return AlreadyBooked(booking=facts.booking)
    return None


def is_entitled(facts: BookingFacts) -> Refusal | None:
    if facts.session.is_premium and facts.membership is None:
        return MembershipRequired(class_type=facts.session.class_type_id, plans=list(facts.plans))
    return None


def _is_open(facts: BookingFacts) -> Refusal | None:
    if facts.at < facts.bookable_from:
        return BookingNotOpen(bookable_from=facts.bookable_from, window=facts.window)
    return None


def has_the_day_free(facts: BookingFacts) -> Refusal | None:
    if facts.booking_of_the_day is not None:
        return DailyLimitReached(day=facts.day, booking=facts.booking_of_the_day)
    return None


def _has_room(facts: BookingFacts) -> Refusal | None:
    capacity = facts.session.capacity
    if capacity is not None and facts.session.booked_count >= capacity:
        return SessionFull(capacity=capacity, waitlist_count=facts.session.waitlist_count)
    return None


class Rule(NamedTuple):
    refusal: type[Refusal]
    check: Callable[[BookingFacts], Refusal | None]
    # What is said of the rule where it does not refuse.
    satisfied: str


RULES = (
    Rule(SessionCancelled, _takes_place, "The session takes place."),
    Rule(SessionStarted, _is_still_to_come, "The session is still to come."),
    Rule(AlreadyBooked, _has_no_spot_yet, "The customer has no spot in it yet."),
    Rule(MembershipRequired, is_entitled, "No membership is needed, or there is one."),
    Rule(BookingNotOpen, _is_open, "Booking is open for the customer."),
    Rule(DailyLimitReached, has_the_day_free, "The customer's day is free."),
    Rule(SessionFull, _has_room, "There is a free spot."),
)


class Verdict(NamedTuple):
    rule: Rule
    refusal: Refusal | None


def first_refusal(facts: BookingFacts) -> Refusal | None:
    for rule in RULES:
        refusal = rule.check(facts)
        if refusal is not None:
            return refusal
    return None


def every_verdict(facts: BookingFacts) -> list[Verdict]:
    return [Verdict(rule, rule.check(facts)) for rule in RULES]


def free_cancel_until(*, cutoff_at: datetime, free_until: datetime | None) -> datetime:
    """Give the last moment of a free cancellation: the agreed one, or a later one."""
    return max(cutoff_at, free_until or cutoff_at)


def may_promote(session: SessionRow, *, at: datetime) -> bool:
    """Say whether a free spot still goes to whoever waits; exactly at the last moment it does."""
    last_moment = session.cutoff_at - PROMOTION_ENDS_BEFORE_CUTOFF
    return at <= last_moment and at < session.starts_at


def status_after(
    status: str, asked: str, *, starts_at: datetime, free_until: datetime, at: datetime
) -> str:
    """
    Give the status of a booking after a customer or staff asked for one.

    The status it has, where that is what was asked for. Cancelling is late from the first
    instant after `free_until`; exactly then it is in time.

    :raises SessionStarted: when a live booking would be cancelled at or after the start.
    :raises InvalidTransition: for any other change that is not allowed, or not yet.
    """
    if asked == status or (asked == BookingStatus.CANCELLED and status in NOT_LIVE):
        return status
    if status in NOT_LIVE:
        raise InvalidTransition(from_=status, to=asked)
    if asked == BookingStatus.CANCELLED:
        if at >= starts_at:
            raise SessionStarted(starts_at=starts_at)
        if status != BookingStatus.BOOKED:
            raise InvalidTransition(from_=status, to=asked)
        return BookingStatus.LATE_CANCELLED if at > free_until else BookingStatus.CANCELLED
    opens = allowed_from(asked, starts_at=starts_at)
    if opens is not None and at < opens:
        raise InvalidTransition(from_=status, to=asked, allowed_from=opens)
    return asked


def allowed_from(status: str, *, starts_at: datetime) -> datetime | None:
    """Give the first moment at which a booking can get this status; None for any moment."""
    if status == BookingStatus.ATTENDED:
        return starts_at - CHECK_IN_OPENS
    return starts_at if status == BookingStatus.NO_SHOW else None
