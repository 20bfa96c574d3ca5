"""
Demo waiting lists, and what customers were told of spots and of cancelled sessions.

A session that is full in the end has been full since the last time that somebody booked it or
gave it up. Only after that people wait for it here, so the story before it stays true.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from random import Random
from typing import NamedTuple

from django.db.models import F, Q

from bookings.demo_guests import Guest, Guests
from bookings.demo_stories import moment_between
from bookings.models import Booking, WaitlistEntry
from bookings.notices import about_cancelled_session, about_promotions
from bookings.rules import FREE_AFTER_PROMOTION, PROMOTION_ENDS_BEFORE_CUTOFF
from bookings.states import BookingStatus, CancelledBy, WaitlistStatus
from classes.demo import A_WHILE
from classes.models import ClassSession
from classes.rows import COLUMNS, SessionRow
from classes.states import SessionStatus
from core.demo import Progress
from core.instants import local_day
from customers.models import Customer
from notifications.demo import Told, tell

GAVE_IT_UP = (
    *("status", "occupied_day", "checked_in_at", "cancelled_at", "cancelled_by", "updated_at"),
)


class Ended(NamedTuple):
    """A session which is full, or was when the gym cancelled it."""

    session: SessionRow
    cancelled_at: datetime | None
    reason: str
    bookings: list[Booking]

    @property
    def held(self) -> list[Booking]:
        """Give the bookings that held a spot to the end."""
        if self.cancelled_at is None:
            return [one for one in self.bookings if one.cancelled_at is None]
        return [
            one
            for one in self.bookings
            if one.cancelled_by == CancelledBy.GYM and one.cancelled_at == self.cancelled_at
        ]

    @property
    def full_since(self) -> datetime:
        changes = [one.created_at for one in self.bookings]
        gone = [one.cancelled_at for one in self.bookings if one.cancelled_at is not None]
        return max(changes + [moment for moment in gone if moment != self.cancelled_at])


class Line(NamedTuple):
    ended: Ended
    entries: list[WaitlistEntry]
    # Who made room for the first in line.
    gave_up: Booking | None


def add_lines(guests: Guests, progress: Progress) -> None:
    """Let people wait for this run's full sessions, and tell whom the gym sent away."""
    plan = guests.plan
    first = plan.added[ClassSession][0]
    full = Q(booked_count=F("capacity")) | Q(status=SessionStatus.CANCELLED)
    found = ClassSession.objects.filter(full, pk__gte=first).order_by("starts_at", "pk")
    by_day: dict[date, list[Ended]] = {}
    for *row, cancelled_at, reason in found.values_list(
        *COLUMNS, "cancelled_at", "cancellation_reason"
    ):
        session = SessionRow._make(row)
        day = local_day(session.starts_at, plan.tz)
        by_day.setdefault(day, []).append(Ended(session, cancelled_at, reason, []))
    for day in progress(list(by_day), "Waiting lists"):
        ended = by_day.pop(day)
        _fetch_bookings(ended)
        _write(guests, list(_lines(guests, day, ended)))


def _fetch_bookings(ended: Sequence[Ended]) -> None:
    lists = {one.session.id: one.bookings for one in ended}
    rows = Booking.objects.filter(class_session__in=lists).select_related("customer")
    for booking in rows.order_by("pk"):
        lists[booking.class_session_id].append(booking)


def _lines(guests: Guests, day: date, ended: Sequence[Ended]) -> Iterator[Line]:
    plan = guests.plan
    of_the_day = ClassSession.objects.on_day(day, plan.tz)
    busy = {
        *Booking.objects.filter(class_session__in=of_the_day).values_list("customer_id", flat=True),
        *WaitlistEntry.objects.filter(class_session__in=of_the_day).values_list(
            "customer_id", flat=True
        ),
        # Whoever tries the demo out does so as this one.
        *(guest.id for guest in guests.everybody[:1]),
    }
    for number, one in enumerate(ended):
        session = one.session
        random = plan.random("line", session.class_type_name, session.starts_at.isoformat(), number)
        joined = []
        if len(one.held) == session.capacity:
            joined = _joined(guests, day, one, busy, random)
        yield _line(one, joined, plan.at, random)


def _joined(
    guests: Guests, day: date, ended: Ended, busy: set[int], random: Random
) -> list[tuple[datetime, Guest]]:
    """Give who came when, the first in line first."""
    session, since = ended.session, ended.full_since
    until = ended.cancelled_at or min(guests.plan.at, session.starts_at) - A_WHILE
    coming = guests.of(session, day)
    # Of the past it is told who got a spot, rather than who did not.
    is_to_come = session.starts_at > guests.plan.at
    wanted = random.randint(1, 2) + (2 if is_to_come else 0)
    joined: list[tuple[datetime, Guest]] = []
    for _ in range(wanted * 4 if coming else 0):
        guest = random.choice(coming)
        if len(joined) == wanted or guest.id in busy or guest.lost_at is not None:
            continue
        opened_at = max(guests.opens_at(session, guest.segment_ids), guest.since, since)
        moment = moment_between(opened_at, until, random)
        if moment is not None:
            busy.add(guest.id)
            joined.append((moment, guest))
    return sorted(joined)


def _line(
    ended: Ended, joined: Sequence[tuple[datetime, Guest]], at: datetime, random: Random
) -> Line:
    session = ended.session
    entries = [
        WaitlistEntry(customer_id=guest.id, class_session_id=session.id, created_at=moment)
        for moment, guest in joined
    ]
    if ended.cancelled_at is not None:
        for entry in entries:
            entry.status, entry.ended_at = WaitlistStatus.CLOSED, ended.cancelled_at
        return Line(ended, entries, None)
    until = min(at, session.starts_at) - A_WHILE
    gave_up = _promote_first(ended, entries, until, random) if entries else None
    is_over = session.starts_at <= at
    for entry in entries:
        if entry.status == WaitlistStatus.WAITING and (is_over or random.random() < 0.2):
            left_at = moment_between(entry.created_at, until, random)
            if left_at is not None:
                entry.status, entry.ended_at = WaitlistStatus.LEFT, left_at
    return Line(ended, entries, gave_up)


def _promote_first(
    ended: Ended, entries: Sequence[WaitlistEntry], until: datetime, random: Random
) -> Booking | None:
    """Let somebody give up in time, for whoever waits longest. Give that booking."""
    session, first = ended.session, entries[0]
    last_moment = min(until, session.cutoff_at - PROMOTION_ENDS_BEFORE_CUTOFF)
    moment = moment_between(first.created_at, last_moment, random)
    if moment is None or random.random() < 0.15:
        return None
    given_up = random.choice(ended.held)
    # What the one would have become becomes the other.
    first.promoted_booking = Booking(
        customer_id=first.customer_id,
        class_session_id=session.id,
        status=given_up.status,
        occupied_day=given_up.occupied_day,
        cutoff_at=session.cutoff_at,
        free_until=moment + FREE_AFTER_PROMOTION,
        created_at=moment,
        updated_at=moment if given_up.status == BookingStatus.BOOKED else given_up.updated_at,
        checked_in_at=given_up.checked_in_at,
    )
    first.status, first.ended_at = WaitlistStatus.PROMOTED, moment
    given_up.status, given_up.occupied_day = BookingStatus.CANCELLED, None
    given_up.cancelled_at = given_up.updated_at = moment
    given_up.checked_in_at = None
    given_up.cancelled_by = CancelledBy.CUSTOMER
    return given_up


def _write(guests: Guests, lines: Sequence[Line]) -> None:
    plan = guests.plan
    gave_up = [one.gave_up for one in lines if one.gave_up is not None]
    Booking.objects.bulk_update(gave_up, GAVE_IT_UP, batch_size=500)
    entries = [entry for line in lines for entry in line.entries]
    got = [one.promoted_booking for one in entries if one.promoted_booking is not None]
    plan.add(Booking, got)
    for entry in entries:
        # It has its id only now.
        entry.promoted_booking = entry.promoted_booking
    plan.add(WaitlistEntry, entries)
    waiting = [
        ClassSession(
            pk=line.ended.session.id,
            waitlist_count=sum(one.status == WaitlistStatus.WAITING for one in line.entries),
        )
        for line in lines
        if line.entries
    ]
    ClassSession.objects.bulk_update(waiting, ["waitlist_count"], batch_size=500)
    customers = Customer.objects.in_bulk({entry.customer_id for entry in entries})
    for entry in entries:
        entry.customer = customers[entry.customer_id]
    tell(plan, [told for line in lines for told in _told(line)])


def _told(line: Line) -> Iterator[Told]:
    ended = line.ended
    if ended.cancelled_at is not None:
        for message in about_cancelled_session(
            ended.session, ended.held, line.entries, reason=ended.reason
        ):
            yield Told(message, ended.cancelled_at)
    for entry in line.entries:
        if entry.status == WaitlistStatus.PROMOTED:
            assert entry.ended_at is not None
            for message in about_promotions([entry], ended.session):
                yield Told(message, entry.ended_at)
