"""
Demo milestones, and the awards that `milestones.services` would have made while the demo's
bookings came, were cancelled and checked in.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import NamedTuple

from bookings.models import Booking
from bookings.states import BookingStatus
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from core.intervals import IntervalUnit
from customers.demo import demo_customers
from customers.models import Customer
from milestones.models import Milestone, MilestoneAward
from milestones.notices import congratulation
from milestones.rules import Window, window_completed_by
from milestones.states import Counts
from notifications.demo import Told, tell

COLUMNS = ("name", "session_count", "interval_count", "interval_unit", "counts", "is_active")
MILESTONES = (
    ("Eight in a month", 8, 1, IntervalUnit.MONTH, Counts.BOOKED, True),
    ("Five visits in two weeks", 5, 2, IntervalUnit.WEEK, Counts.ATTENDED, True),
    ("Fifty visits in a year", 50, 1, IntervalUnit.YEAR, Counts.ATTENDED, True),
    ("Summer challenge", 12, 6, IntervalUnit.WEEK, Counts.BOOKED, False),
)


class Kept(NamedTuple):
    """What a booking's row tells of its life."""

    customer_id: int
    id: int
    starts_at: datetime
    status: str
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None


class Change(NamedTuple):
    """From this moment on a booking counts, or counts no more."""

    at: datetime
    booking_id: int
    starts_at: datetime
    counts: bool


class Latest(NamedTuple):
    number: int = 0
    window_end: datetime | None = None


class Reached(NamedTuple):
    at: datetime
    milestone: Milestone
    customer_id: int
    booking_id: int
    number: int
    window: Window


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        there = set(Milestone.objects.values_list("name", flat=True))
        wanted = [one for one in MILESTONES if one[0] not in there]
        plan.add(Milestone, [Milestone(**dict(zip(COLUMNS, one, strict=True))) for one in wanted])
    new_bookings = plan.added.get(Booking)
    if not new_bookings:
        return
    milestones = list(Milestone.objects.active().order_by("pk"))
    ids = array("q", demo_customers().order_by("pk").values_list("pk", flat=True).iterator())
    for start in progress(range(0, len(ids), ROWS_AT_ONCE), "Awards"):
        some = ids[start : start + ROWS_AT_ONCE]
        _award(plan, list(_reached(plan, some, milestones, new_bookings)))


def _reached(
    plan: DemoPlan, ids: Sequence[int], milestones: Sequence[Milestone], new: Sequence[int]
) -> Iterator[Reached]:
    of_them = Booking.objects.filter(customer__gte=ids[0], customer__lte=ids[-1])
    rows = of_them.order_by("customer", "pk").values_list(
        *Kept._fields[:2], "class_session__starts_at", *Kept._fields[3:]
    )
    awarded = MilestoneAward.objects.filter(customer__gte=ids[0], customer__lte=ids[-1])
    # In their order, so that the newest stays.
    rows_of_awards = awarded.order_by("number").values_list(
        "customer_id", "milestone_id", "number", "window_end"
    )
    latest = {
        (customer_id, milestone_id): Latest(number, window_end)
        for customer_id, milestone_id, number, window_end in rows_of_awards
    }
    bookings = (Kept._make(row) for row in rows.iterator())
    for customer_id, group in groupby(bookings, lambda one: one.customer_id):
        own = list(group)
        for milestone in milestones:
            if len(own) >= milestone.session_count:
                award = latest.get((customer_id, milestone.pk), Latest())
                changes = sorted(_changes(own, Counts(milestone.counts)))
                for at, booking_id, number, window in _replayed(
                    changes, milestone, award, new, plan
                ):
                    yield Reached(at, milestone, customer_id, booking_id, number, window)


def _changes(bookings: Sequence[Kept], counts: Counts) -> Iterator[Change]:
    for one in bookings:
        if counts == Counts.BOOKED:
            yield Change(one.created_at, one.id, one.starts_at, counts=True)
            if one.cancelled_at:
                yield Change(one.cancelled_at, one.id, one.starts_at, counts=False)
        elif one.status == BookingStatus.ATTENDED:
            yield Change(one.updated_at, one.id, one.starts_at, counts=True)


def _replayed(
    changes: Sequence[Change],
    milestone: Milestone,
    latest: Latest,
    new: Sequence[int],
    plan: DemoPlan,
) -> Iterator[tuple[datetime, int, int, Window]]:
    """Give what the changes to this run's bookings reach, each at its moment."""
    number, after = latest
    start_of = partial(milestone.start_of_window, tz=plan.tz)
    starts: list[datetime] = []
    for change in changes:
        if not change.counts:
            del starts[bisect_left(starts, change.starts_at)]
            continue
        insort(starts, change.starts_at)
        # Earlier bookings were awarded in their time, or the milestone is younger than they.
        if len(starts) < milestone.session_count or not _is_among(new, change.booking_id):
            continue
        window = window_completed_by(
            change.starts_at,
            starts,
            needed=milestone.session_count,
            start_of=start_of,
            after=after,
        )
        if window is not None:
            number, after = number + 1, window.end
            yield change.at, change.booking_id, number, window


def _is_among(ids: Sequence[int], one: int) -> bool:
    """Say whether an id is among ids in their order."""
    index = bisect_left(ids, one)
    return index < len(ids) and ids[index] == one


def _award(plan: DemoPlan, reached: list[Reached]) -> None:
    # In the order of time, as they were earned.
    reached.sort(key=lambda one: (one.at, one.customer_id, one.milestone.pk))
    customers = Customer.objects.in_bulk({one.customer_id for one in reached})
    awards = [
        MilestoneAward(
            milestone=one.milestone,
            customer=customers[one.customer_id],
            booking_id=one.booking_id,
            number=one.number,
            window_start=one.window.start,
            window_end=one.window.end,
            awarded_at=one.at,
        )
        for one in reached
    ]
    plan.add(MilestoneAward, awards)
    messages = [congratulation(award, tz=plan.tz) for award in awards]
    moments = [award.awarded_at for award in awards]
    told = tell(plan, list(map(Told, messages, moments)))
    for award, notification in zip(awards, told, strict=True):
        award.notification = notification
    MilestoneAward.objects.bulk_update(awards, ["notification"], batch_size=500)
