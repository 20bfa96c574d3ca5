"""
Everything that awards milestones.

All of it holds the customer's row, so that two bookings of one customer see each other: without,
each of two that are made at the same instant could miss the other and neither be the tenth.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, tzinfo
from functools import partial
from itertools import islice
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone

from bookings.models import Booking
from core.instants import on_the_wall_clock
from core.intervals import interval
from core.keeping import keep
from core.statements import Statement
from core.transactions import in_transaction
from customers.models import Customer
from milestones.models import Milestone, MilestoneAward
from milestones.notices import congratulation
from milestones.rules import MONTHS_DIFFER, Window, window_completed_by, windows_of_the_past
from milestones.states import COUNTED, Counts
from notifications.services import notify

# A statement of many thousand keys is slow on PostgreSQL and too long for SQLite.
AWARDS_AT_ONCE = 500

# Every booking reads these; subject and body are read when there is something to tell.
WITHOUT_WORDS = ("id", "session_count", "interval_count", "interval_unit")


class Earned(NamedTuple):
    milestone: Milestone
    customer: Customer
    booking_id: int
    number: int
    window: Window


class Latest(NamedTuple):
    """The newest award of a milestone to a customer, or that there is none."""

    number: int = 0
    window_end: datetime | None = None


_active = Statement(
    lambda counts: (
        Milestone.objects.active().filter(counts=counts).order_by("pk").values_list(*WITHOUT_WORDS)
    ),
    "counts",
)


@in_transaction
def award_milestones(*, booking: Booking, counts: Counts, at: datetime) -> list[MilestoneAward]:
    """
    Award what this booking completes, and congratulate.

    A number of statements that depends neither on the milestones nor on the bookings.
    """
    columns = ("pk", "session_count", "interval_count", "interval_unit")
    milestones = [
        Milestone(**dict(zip(columns, row, strict=True))) for row in _active(counts=counts.value)
    ]
    if not milestones:
        return []
    customer = Customer.objects.select_for_update(no_key=True).get(pk=booking.customer_id)
    tz = timezone.get_default_timezone()
    session = booking.class_session.starts_at
    first, last = _reach(session, milestones, tz)
    near = Booking.objects.filter(
        customer=customer,
        status__in=COUNTED[counts],
        class_session__starts_at__gt=first,
        class_session__starts_at__lte=last,
    )
    starts = sorted(near.values_list("class_session__starts_at", flat=True))
    latest = _latest_awards([customer.pk], [one.pk for one in milestones])
    earned = []
    for milestone in milestones:
        number, after = latest.get((customer.pk, milestone.pk), Latest())
        window = window_completed_by(
            session,
            starts,
            needed=milestone.session_count,
            start_of=partial(milestone.start_of_window, tz=tz),
            after=after,
        )
        if window is not None:
            earned.append(Earned(milestone, customer, booking.pk, number + 1, window))
    return _award(earned, at=at, is_told=True)


@in_transaction
def award_the_past(
    *, milestone: Milestone, customer_ids: Collection[int], is_told: bool, at: datetime
) -> list[MilestoneAward]:
    """
    Award these customers what they have reached by now and were not awarded.

    As if each session had been counted in its order, from each customer's newest award on. Done
    again it awards nothing. `is_told` says whether to congratulate.
    """
    customers = Customer.objects.select_for_update(no_key=True).filter(pk__in=customer_ids)
    by_id = {one.pk: one for one in customers.order_by("pk")}
    counted = Booking.objects.filter(
        customer__in=list(by_id), status__in=COUNTED[Counts(milestone.counts)]
    )
    sessions: dict[int, dict[datetime, int]] = {}
    rows = counted.order_by("class_session__starts_at", "pk")
    for customer_id, starts_at, booking_id in rows.values_list(
        "customer_id", "class_session__starts_at", "pk"
    ):
        sessions.setdefault(customer_id, {})[starts_at] = booking_id
    latest = _latest_awards(list(by_id), [milestone.pk])
    tz = timezone.get_default_timezone()
    earned = []
    for customer_id, booking_at in sorted(sessions.items()):
        number, after = latest.get((customer_id, milestone.pk), Latest())
        windows = windows_of_the_past(
            list(booking_at),
            needed=milestone.session_count,
            start_of=partial(milestone.start_of_window, tz=tz),
            after=after,
        )
        for next_number, window in enumerate(windows, start=number + 1):
            completing = booking_at[window.end]
            earned.append(Earned(milestone, by_id[customer_id], completing, next_number, window))
    return _award(earned, at=at, is_told=is_told)


def _reach(
    session: datetime, milestones: Iterable[Milestone], tz: tzinfo
) -> tuple[datetime, datetime]:
    """Give between which moments a session can share a window with another."""
    lengths = [interval(one.interval_count, one.interval_unit) for one in milestones]
    first = min(on_the_wall_clock(session, -length, tz) for length in lengths)
    last = max(on_the_wall_clock(session, length, tz) for length in lengths)
    return first - MONTHS_DIFFER, last + MONTHS_DIFFER


def _latest_awards(
    customer_ids: Collection[int], milestone_ids: Collection[int]
) -> dict[tuple[int, int], Latest]:
    awards = MilestoneAward.objects.filter(customer__in=customer_ids, milestone__in=milestone_ids)
    rows = awards.values("customer_id", "milestone_id").annotate(
        newest=Max("number"), ends=Max("window_end")
    )
    return {
        (row["customer_id"], row["milestone_id"]): Latest(row["newest"], row["ends"])
        for row in rows
    }


def _award(earned: Iterable[Earned], *, at: datetime, is_told: bool) -> list[MilestoneAward]:
    awards = []
    remaining = iter(earned)
    while batch := list(islice(remaining, AWARDS_AT_ONCE)):
        awards += _award_batch(batch, at=at, is_told=is_told)
    return awards


def _award_batch(earned: list[Earned], *, at: datetime, is_told: bool) -> list[MilestoneAward]:
    # Kept, so that none of them is deleted before its award is there to protect it. One that is
    # gone by now is earned no more, and the booking is made all the same.
    milestones = Milestone.objects.filter(pk__in={one.milestone.pk for one in earned})
    there = {one.pk: one for one in keep(milestones.order_by("pk"))}
    earned = [
        one._replace(milestone=there[one.milestone.pk])
        for one in earned
        if one.milestone.pk in there
    ]
    awards = MilestoneAward.objects.bulk_create(
        MilestoneAward(
            milestone=one.milestone,
            customer=one.customer,
            booking_id=one.booking_id,
            number=one.number,
            window_start=one.window.start,
            window_end=one.window.end,
            awarded_at=at,
        )
        for one in earned
    )
    if is_told:
        tz = timezone.get_default_timezone()
        messages = [congratulation(award, tz=tz) for award in awards]
        told = notify(messages, at=at)
        for award, message in zip(awards, messages, strict=True):
            award.notification = told[message.key]
        MilestoneAward.objects.bulk_update(awards, ["notification"])
    return awards
