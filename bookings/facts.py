"""
Fetches what the rules of booking need to know: for one booking, or for a page of the
schedule in a number of queries that does not depend on its length.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from bookings.models import Booking, BookingWindow, WaitlistEntry
from bookings.rules import BookingFacts, free_cancel_until
from bookings.states import LIVE
from bookings.windows import Window, Windows, earliest
from classes.rows import SessionRow, session_row
from core.errors import Invalid
from core.instants import local_day
from core.statements import Statement
from customers.models import Customer, Segment
from customers.segment_rules import SegmentFacts, segment_ids_by_customer, segment_ids_of
from memberships.entitlements import entitlements, memberships_opening


class Held(NamedTuple):
    """A customer's booking that uses a day."""

    id: int
    class_session_id: int
    status: str
    cutoff_at: datetime
    free_until: datetime | None

    @property
    def free_cancel_until(self) -> datetime:
        return free_cancel_until(cutoff_at=self.cutoff_at, free_until=self.free_until)


WINDOW_COLUMNS = (
    *Window._fields,
    "segment__rule",
    "segment__rule_days",
    "segment__rule_min_visits",
)


def facts_for(*, customer_id: int, session_id: int, at: datetime) -> BookingFacts:
    """
    Fetch the facts about one customer and one session.

    :raises Invalid: `does_not_exist` for `customer` or `class_session`.
    """
    session = session_row(session_id)
    if session is None:
        raise Invalid("class_session", "does_not_exist", f"There is no session {session_id}.")
    tz = timezone.get_default_timezone()
    day = local_day(session.starts_at, tz)
    booking, booking_of_the_day = _bookings_on(day, customer_id, session_id)
    windows = _windows_of(customer_id, {session.class_type_id}, at=at)
    bookable_from, window = windows.deciding(session.class_type_id, session.starts_at, tz)
    facts = BookingFacts(
        at=at,
        session=session,
        day=day,
        booking=booking,
        booking_of_the_day=booking_of_the_day,
        bookable_from=bookable_from,
        window=window,
    )
    if session.is_premium:
        entitled = entitlements(customer_id, day, day)
        facts.membership = entitled.membership(session.class_type_id, day)
        facts.plans = entitled.plans(session.class_type_id)
    return facts


def facts_for_page(
    sessions: Collection[SessionRow], *, customer_id: int, at: datetime
) -> Iterator[tuple[BookingFacts, Held | None]]:
    """Give each session's facts and the customer's live booking of it, if there is one."""
    tz = timezone.get_default_timezone()
    days = [local_day(session.starts_at, tz) for session in sessions] or [local_day(at, tz)]
    by_day = _held_by_day(customer_id, min(days), max(days))
    if not sessions:
        return
    windows = _windows_of(customer_id, {one.class_type_id for one in sessions}, at=at)
    entitled = entitlements(customer_id, min(days), max(days))
    candidates = {kind: windows.candidates(kind) for kind in {s.class_type_id for s in sessions}}
    for session, day in zip(sessions, days, strict=True):
        of_the_day = by_day.get(day)
        is_here = bool(
            of_the_day and of_the_day.class_session_id == session.id and of_the_day.status in LIVE
        )
        bookable_from, window = earliest(candidates[session.class_type_id], session.starts_at, tz)
        facts = BookingFacts(
            at=at,
            session=session,
            day=day,
            booking=of_the_day.id if of_the_day and is_here else None,
            booking_of_the_day=of_the_day.id if of_the_day and not is_here else None,
            bookable_from=bookable_from,
            window=window,
            membership=entitled.membership(session.class_type_id, day),
            plans=entitled.plans(session.class_type_id),
        )
        yield facts, of_the_day if is_here else None


def facts_for_line(
    session: SessionRow, customer_ids: Sequence[int], *, at: datetime
) -> dict[int, BookingFacts]:
    """Fetch the facts about one session and each of many customers, in a few queries."""
    tz = timezone.get_default_timezone()
    day = local_day(session.starts_at, tz)
    of_the_day = {
        customer_id: (booking, of_session, status)
        for customer_id, booking, of_session, status in Booking.objects.filter(
            customer__in=customer_ids, occupied_day=day
        ).values_list("customer_id", "pk", "class_session_id", "status")
    }
    rows = [Window(*row[:5]) for row in _all_windows()]
    segments = Segment.objects.filter(booking_windows__isnull=False).distinct()
    segment_ids = segment_ids_by_customer(customer_ids, segments, at=at)
    memberships: dict[int, int] = {}
    if session.is_premium:
        memberships = memberships_opening(session.class_type_id, day, customer_ids)
    found = {}
    for customer_id in customer_ids:
        windows = Windows(rows, segment_ids[customer_id])
        bookable_from, window = windows.deciding(session.class_type_id, session.starts_at, tz)
        booking, of_session, status = of_the_day.get(customer_id, (None, None, ""))
        is_here = of_session == session.id and status in LIVE
        found[customer_id] = BookingFacts(
            at=at,
            session=session,
            day=day,
            booking=booking if is_here else None,
            booking_of_the_day=None if is_here else booking,
            bookable_from=bookable_from,
            window=window,
            membership=memberships.get(customer_id),
        )
    return found


def line_positions(sessions: Collection[SessionRow], *, customer_id: int) -> dict[int, int]:
    """Give the customer's place in each session's line where there is one. One query."""
    if not sessions:
        return {}
    starts = [session.starts_at for session in sessions]
    return dict(_positions(customer=customer_id, first=min(starts), last=max(starts)))


_positions = Statement(
    lambda customer, first, last: (
        WaitlistEntry.objects.waiting()
        .filter(
            customer=customer,
            class_session__starts_at__gte=first,
            class_session__starts_at__lte=last,
        )
        .with_position()
        .values_list("class_session_id", "position")  # type: ignore[misc]
    ),
    "customer",
    "first",
    "last",
)


def _bookings_on(day: date, customer_id: int, session_id: int) -> tuple[int | None, int | None]:
    """
    Give the customer's live booking of the session and, else, what uses the day.

    A customer has one booking that uses a day, so one row tells both and whether the
    customer exists at all.
    """
    rows = _customer_on_day(customer=customer_id, day=day)
    if not rows:
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    booking, of_session, status = rows[0]
    if of_session == session_id and status in LIVE:
        return booking, None
    return None, booking


_customer_on_day = Statement(
    lambda customer, day: (
        Customer.objects.filter(pk=customer)
        .annotate(of_the_day=FilteredRelation("bookings", condition=Q(bookings__occupied_day=day)))
        .values_list("of_the_day__pk", "of_the_day__class_session_id", "of_the_day__status")
    ),
    "customer",
    "day",
)
_customer_on_days = Statement(
    lambda customer, first, last: (
        Customer.objects.filter(pk=customer)
        .annotate(
            held=FilteredRelation(
                "bookings",
                condition=Q(bookings__occupied_day__gte=first, bookings__occupied_day__lte=last),
            )
        )
        .values_list("held__occupied_day", *(f"held__{name}" for name in Held._fields))
    ),
    "customer",
    "first",
    "last",
)


def _held_by_day(customer_id: int, first: date, last: date) -> dict[date, Held]:
    """Give what uses the customer's days; one row tells at least that the customer exists."""
    rows = _customer_on_days(customer=customer_id, first=first, last=last)
    if not rows:
        raise Invalid("for_customer", "does_not_exist", f"There is no customer {customer_id}.")
    return {day: Held(*of_the_day) for day, *of_the_day in rows if day is not None}


_all_windows = Statement(lambda: BookingWindow.objects.values_list(*WINDOW_COLUMNS))


def _windows_of(customer_id: int, class_type_ids: set[int], *, at: datetime) -> Windows:
    rows = [row for row in _all_windows() if row[2] is None or row[2] in class_type_ids]
    windows = [Window(*row[:5]) for row in rows]
    segments = {
        SegmentFacts(segment_id, *rule)
        for _, segment_id, _, _, _, *rule in rows
        if segment_id is not None
    }
    return Windows(windows, segment_ids_of(customer_id, segments, at=at))
