"""
Proves what is stored twice against the rows: a session's counters against its live bookings
and those who wait, and the day that a live booking uses against the start of its session.
A late-cancelled one keeps the day for which it was cancelled, wherever the session goes.

Each repair is a transaction that locks the session first, as the services do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, tzinfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from bookings.models import Booking, WaitlistEntry
from bookings.states import LIVE
from classes.models import ClassSession
from core.constraints import broken_rule
from core.instants import local_day
from core.transactions import in_transaction

SESSIONS_AT_ONCE = 2000
LIVE_ONES = Q(bookings__status__in=LIVE)


@dataclass(frozen=True)
class WrongCount:
    """A session's counter is not the number of its live bookings."""

    session_id: int
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"Session {self.session_id}: {self.stored} bookings stored, {self.counted} counted."


@dataclass(frozen=True)
class WrongLine:
    """A session's counter is not the number of those who wait for it."""

    session_id: int
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"Session {self.session_id}: {self.stored} waiting stored, {self.counted} counted."


@dataclass(frozen=True)
class WrongDay:
    """Some bookings of a session use another day than the one on which it starts."""

    session_id: int
    first: date
    last: date
    day: date

    def __str__(self) -> str:
        stored = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"Session {self.session_id}: its bookings use {stored}, it starts on {self.day}."


Difference = WrongCount | WrongLine | WrongDay


@dataclass(frozen=True)
class Repair:
    """What was done about a difference, or why nothing could be."""

    is_done: bool
    sentence: str


def differences(*, tz: tzinfo) -> Iterator[list[Difference]]:
    """
    Check every session, in the order of their ids: give each one's differences, mostly none.

    One statement, so what is booked meanwhile is in both numbers or in neither. The days are
    compared by what the services make them with, not by the database's own time zones.
    """
    line = WaitlistEntry.objects.waiting().filter(class_session=OuterRef("pk")).order_by()
    waiting = line.values("class_session").annotate(number=Count("pk")).values("number")
    rows = (
        ClassSession.objects.annotate(
            live=Count("bookings", filter=LIVE_ONES),
            first=Min("bookings__occupied_day", filter=LIVE_ONES),
            last=Max("bookings__occupied_day", filter=LIVE_ONES),
            # A subquery: two joins would multiply each other's rows.
            waiting=Coalesce(Subquery(waiting), 0),
        )
        .order_by("pk")
        .values_list(
            "pk", "starts_at", "booked_count", "live", "waitlist_count", "waiting", "first", "last"
        )
    )
    for pk, starts_at, stored, live, line_stored, in_line, first, last in rows.iterator(
        chunk_size=SESSIONS_AT_ONCE
    ):
        found: list[Difference] = []
        if stored != live:
            found.append(WrongCount(pk, stored, live))
        if line_stored != in_line:
            found.append(WrongLine(pk, line_stored, in_line))
        if first is not None:
            day = local_day(starts_at, tz)
            if not first == last == day:
                found.append(WrongDay(pk, first, last, day))
        yield found


def repair(found: Iterable[Difference], *, tz: tzinfo) -> Iterator[Repair]:
    """Make what is stored equal to what the rows say, one session after the other."""
    wrong_days = []
    for one in found:
        if isinstance(one, WrongCount):
            yield _recount(one.session_id)
        elif isinstance(one, WrongLine):
            yield _recount_line(one.session_id)
        else:
            wrong_days.append(one)
    yield from _repair_days(wrong_days, tz)


def _repair_days(wrong: list[WrongDay], tz: tzinfo) -> Iterator[Repair]:
    # Where a change of the zone moves every day on by one, a customer's last booking goes
    # first and makes room for the one before it.
    for one in sorted(wrong, key=_latest_first_if_it_moves_on):
        moved, in_the_way = _move_to_its_day(one.session_id, tz)
        if moved:
            sentence = f"Session {one.session_id}: {moved} bookings use {one.day} now."
            yield Repair(True, sentence)
        yield from in_the_way


def _latest_first_if_it_moves_on(one: WrongDay) -> int:
    return -one.day.toordinal() if one.day > one.first else one.day.toordinal()


@in_transaction
def _move_to_its_day(session_id: int, tz: tzinfo) -> tuple[int, list[Repair]]:
    """Give how many bookings now use their session's day, and what keeps the others from it."""
    session = ClassSession.objects.select_for_update(no_key=True).get(pk=session_id)
    day = local_day(session.starts_at, tz)
    elsewhere = Booking.objects.live().filter(class_session=session)
    elsewhere = elsewhere.exclude(occupied_day=day).select_for_update(no_key=True).order_by("pk")
    wrong = list(elsewhere)
    stuck = _move(wrong, day)
    in_the_way = []
    for booking in stuck:
        of_the_day = Booking.objects.filter(customer=booking.customer_id, occupied_day=day).first()
        by = f": booking {of_the_day.pk} uses that day" if of_the_day else ""
        in_the_way.append(
            Repair(
                False,
                f"Session {session_id}: booking {booking.pk} of customer {booking.customer_id} "
                f"cannot move to {day}{by}.",
            )
        )
    return len(wrong) - len(stuck), in_the_way


def _move(bookings: list[Booking], day: date) -> list[Booking]:
    """Move all that can be moved, in as few statements as their conflicts allow; give the rest."""
    if not bookings:
        return []
    try:
        with transaction.atomic():
            ids = [booking.pk for booking in bookings]
            Booking.objects.filter(pk__in=ids).update(occupied_day=day)
    except IntegrityError as error:
        if broken_rule(error) != "booking_one_per_customer_and_day":
            raise
    else:
        return []
    if len(bookings) == 1:
        return bookings
    middle = len(bookings) // 2
    return _move(bookings[:middle], day) + _move(bookings[middle:], day)


@in_transaction
def _recount(session_id: int) -> Repair:
    session = ClassSession.objects.select_for_update(no_key=True).get(pk=session_id)
    live = Booking.objects.live().filter(class_session=session).count()
    if session.capacity is not None and live > session.capacity:
        return Repair(
            False,
            f"Session {session_id} cannot be repaired: {live} bookings are live, "
            f"its capacity is {session.capacity}.",
        )
    session.booked_count = live
    session.save(update_fields=["booked_count"])
    return Repair(True, f"Session {session_id}: {live} bookings stored now.")


@in_transaction
def _recount_line(session_id: int) -> Repair:
    session = ClassSession.objects.select_for_update(no_key=True).get(pk=session_id)
    waiting = WaitlistEntry.objects.waiting().filter(class_session=session).count()
    session.waitlist_count = waiting
    session.save(update_fields=["waitlist_count"])
    return Repair(True, f"Session {session_id}: {waiting} waiting stored now.")
