"""Demo bookings and booking windows, such as `bookings.services` would have left them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bookings.demo_stories import Story
from bookings.errors import SessionFull
from bookings.facts import facts_for_page
from bookings.models import Booking, BookingWindow
from bookings.notices import about_cancelled_membership
from bookings.rules import BookingFacts, first_refusal
from bookings.states import LIVE, CancelledBy, WindowUnit
from bookings.windows import Window, Windows, earliest
from classes.demo import days
from classes.models import ClassSession, ClassType
from classes.rows import COLUMNS, SessionRow
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from customers.demo import FOUNDING_MEMBERS, TRIAL_MEMBERS, demo_customers
from customers.models import Segment
from customers.segment_rules import members_of
from memberships.demo import cancelled_now, holders
from memberships.models import Membership
from notifications.demo import Told, tell

# Segment, class type, how long before. The gym's default is there after `migrate`.
WINDOWS = (
    (None, "Spinning", 7, WindowUnit.DAYS),
    (FOUNDING_MEMBERS, None, 21, WindowUnit.DAYS),
    (TRIAL_MEMBERS, None, 72, WindowUnit.HOURS),
)
SHOWN_AT_MOST = 200


class Guest(NamedTuple):
    id: int
    # From when on the guest could book, were booking open.
    since: datetime
    segment_ids: frozenset[int]
    # The membership that opened a premium session until it was cancelled.
    membership_id: int | None = None
    lost_at: datetime | None = None


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
        house = _House(plan, cancelled)
        plan.add(Booking, house.bookings(set(new_ids), progress))
        lost = house.lost
    _tell_of_cancelled_memberships(plan, cancelled, lost)
    steps = range(0, len(new_ids), ROWS_AT_ONCE)
    for start in progress(steps, "Counters"):
        _count(new_ids[start : start + ROWS_AT_ONCE])


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


class _House:
    """
    The demo's customers, the windows that say from when on each of them may book, and the
    memberships that open the premium sessions.

    `cancelled` are those of this run and when; `lost` then has what was booked with them.
    """

    def __init__(self, plan: DemoPlan, cancelled: dict[int, datetime]) -> None:
        self.plan, self.cancelled = plan, cancelled
        self.lost: dict[int, list[Booking]] = {}
        self.windows = [Window(*row) for row in BookingWindow.objects.values_list(*Window._fields)]
        segment_ids: dict[int, frozenset[int]] = {}
        for segment in Segment.objects.filter(booking_windows__isnull=False).distinct():
            members = members_of(segment, at=plan.at).values_list("customer_id", flat=True)
            for customer_id in members.iterator():
                known = segment_ids.get(customer_id, frozenset())
                segment_ids[customer_id] = known | {segment.pk}
        rows = demo_customers().order_by("pk").values_list("pk", "created_at").iterator()
        nowhere: frozenset[int] = frozenset()
        self.guests = [Guest(pk, since, segment_ids.get(pk, nowhere)) for pk, since in rows]

    def bookings(self, session_ids: set[int], progress: Progress) -> Iterator[Booking]:
        for day in progress(days(self.plan), "Bookings"):
            using_it = Booking.objects.using_a_day().filter(occupied_day=day)
            busy = set(using_it.values_list("customer_id", flat=True))
            of_the_day = ClassSession.objects.on_day(day, self.plan.tz).order_by("pk")
            times: Counter[object] = Counter()
            members: dict[int, list[Guest]] = {}
            for row in of_the_day.values_list(*COLUMNS):
                session = SessionRow._make(row)
                key = (session.class_type_name, session.starts_at.isoformat())
                times[key] += 1
                if session.id not in session_ids:
                    continue
                guests, kind = self.guests, session.class_type_id
                if session.is_premium:
                    if kind not in members:
                        members[kind] = list(self._members(kind, day))
                    guests = members[kind]
                random = self.plan.random("bookings", *key, times[key])
                yield from self._bookings_of(session, day, guests, busy, random)

    def _members(self, class_type_id: int, day: date) -> Iterator[Guest]:
        """Give whom a membership opens the class on that day, or did until it was cancelled."""
        for one in holders(class_type_id, day):
            index = bisect_left(self.guests, one.customer_id, key=lambda guest: guest.id)
            if index == len(self.guests) or self.guests[index].id != one.customer_id:
                continue
            guest = self.guests[index]._replace(since=one.sold_at)
            if one.cancelled_on is None or day < one.cancelled_on:
                yield guest
            elif one.membership_id in self.cancelled:
                lost_at = self.cancelled[one.membership_id]
                yield guest._replace(membership_id=one.membership_id, lost_at=lost_at)

    def _bookings_of(
        self,
        session: SessionRow,
        day: date,
        guests: Sequence[Guest],
        busy: set[int],
        random: Random,
    ) -> Iterator[Booking]:
        story = Story(session, day, self.plan.at, random)
        opens_at: dict[frozenset[int], datetime] = {}
        wanted = _demand(session, self.plan.at, random) if guests else 0
        for _ in range(wanted * 4):
            if not wanted:
                return
            # Some come far more often than others.
            guest = guests[int(len(guests) * random.random() ** 1.3)]
            is_shown = guest.id == self.guests[0].id
            if guest.id in busy or (is_shown and session.starts_at > self.plan.at):
                continue
            if guest.lost_at is not None and guest.lost_at >= story.open_until:
                continue
            if guest.segment_ids not in opens_at:
                opens_at[guest.segment_ids] = self._opens_at(session, guest.segment_ids)
            opened_at = max(opens_at[guest.segment_ids], guest.since)
            own = story if guest.lost_at is None else story.until(guest.lost_at)
            created_at = own.moment(opened_at, own.open_until)
            if created_at is None:
                continue
            booking = own.booking(guest.id, created_at)
            if guest.membership_id is not None and booking.cancelled_by == CancelledBy.GYM:
                booking.class_session = session.as_session()
                self.lost.setdefault(guest.membership_id, []).append(booking)
            busy.add(guest.id)
            wanted -= booking.status in LIVE or booking.cancelled_by == CancelledBy.GYM
            yield booking

    def _opens_at(self, session: SessionRow, segment_ids: frozenset[int]) -> datetime:
        candidates = Windows(self.windows, segment_ids).candidates(session.class_type_id)
        return earliest(candidates, session.starts_at, self.plan.tz)[0]


def _demand(session: SessionRow, at: datetime, random: Random) -> int:
    """Give how many want a spot; every fourth or fifth session with a limit is full."""
    rush = 0.6 if session.starts_at > at + timedelta(days=7) else 1
    if session.capacity is None:
        return round(random.randint(5, 19) * rush)
    return round(session.capacity * min(1, random.uniform(0.35, 1.2) * rush))
