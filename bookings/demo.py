"""Demo bookings and booking windows, such as `bookings.services` would have left them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bookings.demo_guests import Guests
from bookings.demo_lines import add_lines
from bookings.demo_moves import move_a_session
from bookings.demo_stories import Story
from bookings.errors import SessionFull
from bookings.facts import facts_for_page
from bookings.models import Booking, BookingWindow
from bookings.notices import about_cancelled_membership
from bookings.rules import BookingFacts, first_refusal
from bookings.states import LIVE, CancelledBy, WindowUnit
from classes.demo import days
from classes.models import ClassSession, ClassType
from classes.rows import COLUMNS, SessionRow
from classes.states import SessionStatus
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from customers.demo import FOUNDING_MEMBERS, TRIAL_MEMBERS, demo_customers
from customers.models import Segment
from memberships.demo import cancelled_now
from memberships.models import Membership
from notifications.demo import Told, tell

# Segment, class type, how long before. The gym's default is there after `migrate`.
WINDOWS = (
    (None, "Spinning", 7, WindowUnit.DAYS),
    (FOUNDING_MEMBERS, None, 21, WindowUnit.DAYS),
    (TRIAL_MEMBERS, None, 72, WindowUnit.HOURS),
)
SHOWN_AT_MOST = 200
FAVOURITES = {"Yoga", "Pilates"}


class Showcase(NamedTuple):
    """A customer who can book either of two sessions of one day, but not both."""

    customer_id: int
    first_id: int
    second_id: int


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        _add_windows(plan)
    new_ids: Sequence[int] = plan.added.get(ClassSession, ())
    cancelled = cancelled_now(plan)
    lost: dict[int, list[Booking]] = {}
    if new_ids:
        guests = Guests(plan, cancelled)
        plan.add(Booking, _bookings(guests, set(new_ids), progress))
        lost = guests.lost
    _tell_of_cancelled_memberships(plan, cancelled, lost)
    steps = range(0, len(new_ids), ROWS_AT_ONCE)
    for start in progress(steps, "Counters"):
        _count(new_ids[start : start + ROWS_AT_ONCE])
    if new_ids:
        add_lines(guests, progress)
        move_a_session(plan)


def showcase(*, at: datetime) -> Showcase | None:
    """Find what the first demo customer can book now, for somebody who tries the API."""
    customer_id = demo_customers().order_by("pk").values_list("pk", flat=True).first()
    if customer_id is None:
        return None
    to_come = ClassSession.objects.scheduled().filter(starts_at__gt=at).order_by("pk")
    rows = [SessionRow._make(row) for row in to_come.values_list(*COLUMNS)[:SHOWN_AT_MOST]]
    by_day: dict[date, list[BookingFacts]] = {}
    for facts, _ in facts_for_page(rows, customer_id=customer_id, at=at):
        # The day's limit comes before a full session, so that one may serve as the second.
        if isinstance(first_refusal(facts), SessionFull | None):
            by_day.setdefault(facts.day, []).append(facts)
    for of_the_day in by_day.values():
        free = [facts.session.id for facts in of_the_day if first_refusal(facts) is None]
        second = [facts.session.id for facts in of_the_day if facts.session.id not in free[:1]]
        if free and second:
            return Showcase(customer_id, free[0], second[0])
    return None


def _add_windows(plan: DemoPlan) -> None:
    segments = dict(Segment.objects.values_list("name", "pk"))
    class_types = dict(ClassType.objects.order_by("-pk").values_list("name", "pk"))
    there = set(BookingWindow.objects.values_list("segment_id", "class_type_id"))
    wanted = [
        BookingWindow(
            segment_id=segment and segments[segment],
            class_type_id=class_type and class_types[class_type],
            opens_before=opens_before,
            unit=unit,
        )
        for segment, class_type, opens_before, unit in WINDOWS
    ]
    new = [one for one in wanted if (one.segment_id, one.class_type_id) not in there]
    plan.add(BookingWindow, new)


def _count(session_ids: Sequence[int]) -> None:
    live = Booking.objects.live().filter(class_session=OuterRef("pk")).order_by()
    counted = live.values("class_session").annotate(number=Count("pk")).values("number")
    ClassSession.objects.filter(pk__in=session_ids).update(
        booked_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


def _tell_of_cancelled_memberships(
    plan: DemoPlan, cancelled: dict[int, datetime], lost: dict[int, list[Booking]]
) -> None:
    ids = list(cancelled)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = Membership.objects.filter(pk__in=ids[start : start + ROWS_AT_ONCE])
        told = []
        for one in some.select_related("customer", "plan").order_by("pk"):
            assert one.cancelled_on is not None
            bookings = sorted(lost.get(one.pk, ()), key=lambda row: row.class_session.starts_at)
            message = about_cancelled_membership(one, one.cancelled_on, bookings)
            told.append(Told(message, cancelled[one.pk]))
        tell(plan, told)


def _bookings(guests: Guests, session_ids: set[int], progress: Progress) -> Iterator[Booking]:
    plan = guests.plan
    for day in progress(days(plan), "Bookings"):
        busy = _busy(day, plan)
        of_the_day = ClassSession.objects.on_day(day, plan.tz).order_by("pk")
        times: Counter[object] = Counter()
        for *row, cancelled_at in of_the_day.values_list(*COLUMNS, "cancelled_at"):
            session = SessionRow._make(row)
            key = (session.class_type_name, session.starts_at.isoformat())
            times[key] += 1
            if session.id in session_ids:
                random = plan.random("bookings", *key, times[key])
                story = Story(session, day, plan.at, random, cancelled_at)
                yield from _bookings_of(session, story, guests, busy)


def _busy(day: date, plan: DemoPlan) -> set[int]:
    """Give whom this run leaves alone that day: what they did then is told already."""
    using_it = Booking.objects.using_a_day().filter(occupied_day=day)
    of_the_day = ClassSession.objects.on_day(day, plan.tz).filter(waitlist_entries__isnull=False)
    return {
        *using_it.values_list("customer_id", flat=True),
        *of_the_day.values_list("waitlist_entries__customer_id", flat=True),
    }


def _bookings_of(
    session: SessionRow, story: Story, guests: Guests, busy: set[int]
) -> Iterator[Booking]:
    plan, random = guests.plan, story.random
    coming = guests.of(session, story.day)
    opens_at: dict[frozenset[int], datetime] = {}
    wanted = _demand(session, plan.at, random) if coming else 0
    for _ in range(wanted * 4):
        if not wanted:
            return
        # Some come far more often than others.
        guest = coming[int(len(coming) * random.random() ** 1.3)]
        is_shown = guest.id == guests.everybody[0].id
        if guest.id in busy or (is_shown and session.starts_at > plan.at):
            continue
        if guest.lost_at is not None and guest.lost_at >= story.open_until:
            continue
        if guest.segment_ids not in opens_at:
            opens_at[guest.segment_ids] = guests.opens_at(session, guest.segment_ids)
        opened_at = max(opens_at[guest.segment_ids], guest.since)
        own = story if guest.lost_at is None else story.until(guest.lost_at)
        created_at = own.moment(opened_at, own.open_until)
        if created_at is None:
            continue
        booking = own.booking(guest.id, created_at)
        if guest.membership_id is not None and booking.cancelled_by == CancelledBy.GYM:
            booking.class_session = session.as_session()
            guests.lost.setdefault(guest.membership_id, []).append(booking)
        busy.add(guest.id)
        wanted -= booking.status in LIVE or booking.cancelled_by == CancelledBy.GYM
        yield booking


def _demand(session: SessionRow, at: datetime, random: Random) -> int:
    """
    Give how many want a spot; every fourth or fifth session with a limit is full.

    So are the favourites of the coming week and what the gym cancels: somebody waits for them.
    """
    in_a_week = at + timedelta(days=7)
    rush = 0.6 if session.starts_at > in_a_week else 1
    if session.capacity is None:
        return round(random.randint(5, 19) * rush)
    if session.status == SessionStatus.CANCELLED:
        return session.capacity
    if session.class_type_name in FAVOURITES and at < session.starts_at <= in_a_week:
        return session.capacity
    return round(session.capacity * min(1, random.uniform(0.35, 1.2) * rush))
