"""Demo bookings and booking windows, such as `bookings.services` would have left them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bookings.errors import SessionFull
from bookings.facts import facts_for_page
from bookings.models import Booking, BookingWindow
from bookings.rules import CHECK_IN_OPENS, BookingFacts, first_refusal
from bookings.states import LIVE, BookingStatus, CancelledBy, WindowUnit
from bookings.windows import Window, Windows, earliest
from classes.demo import days
from classes.models import ClassSession, ClassType
from classes.rows import COLUMNS, SessionRow
from classes.states import SessionStatus
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from customers.demo import FOUNDING_MEMBERS, TRIAL_MEMBERS, demo_customers
from customers.models import Segment
from customers.segment_rules import members_of

# Segment, class type, how long before. The gym's default is there after `migrate`.
WINDOWS = (
    (None, "Spinning", 7, WindowUnit.DAYS),
    (FOUNDING_MEMBERS, None, 21, WindowUnit.DAYS),
    (TRIAL_MEMBERS, None, 72, WindowUnit.HOURS),
)
FORGIVING = ("Petra", "The train stood still.")
SHOWN_AT_MOST = 200


class Guest(NamedTuple):
    id: int
    created_at: datetime
    segment_ids: frozenset[int]


class Showcase(NamedTuple):
    """A customer who can book either of two sessions of one day, but not both."""

    customer_id: int
    first_id: int
    second_id: int


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        _add_windows(plan)
    new_ids: Sequence[int] = plan.added.get(ClassSession, ())
    if new_ids:
        plan.add(Booking, _House(plan).bookings(set(new_ids), progress))
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


class _House:
    """The demo's customers and the windows that say from when on each of them may book."""

    def __init__(self, plan: DemoPlan) -> None:
        self.plan = plan
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
            for row in of_the_day.values_list(*COLUMNS):
                session = SessionRow._make(row)
                key = (session.class_type_name, session.starts_at.isoformat())
                times[key] += 1
                if session.id in session_ids:
                    random = self.plan.random("bookings", *key, times[key])
                    yield from self._bookings_of(session, day, busy, random)

    def _bookings_of(
        self, session: SessionRow, day: date, busy: set[int], random: Random
    ) -> Iterator[Booking]:
        story = _Story(session, day, self.plan.at, random)
        opens_at: dict[frozenset[int], datetime] = {}
        wanted = _demand(session, self.plan.at, random)
        for _ in range(wanted * 4):
            if not wanted:
                return
            # Some come far more often than others.
            guest = self.guests[int(len(self.guests) * random.random() ** 1.3)]
            if guest.id in busy or (guest is self.guests[0] and session.starts_at > self.plan.at):
                continue
            if guest.segment_ids not in opens_at:
                opens_at[guest.segment_ids] = self._opens_at(session, guest.segment_ids)
            created_at = story.moment(
                max(opens_at[guest.segment_ids], guest.created_at), story.open_until
            )
            if created_at is None:
                continue
            booking = story.booking(guest.id, created_at)
            busy.add(guest.id)
            wanted -= booking.status in LIVE or booking.cancelled_by == CancelledBy.GYM
            yield booking

    def _opens_at(self, session: SessionRow, segment_ids: frozenset[int]) -> datetime:
        candidates = Windows(self.windows, segment_ids).candidates(session.class_type_id)
        return earliest(candidates, session.starts_at, self.plan.tz)[0]


def _demand(session: SessionRow, at: datetime, random: Random) -> int:
    """Give how many want a spot; every fourth or fifth session with a limit is full."""
    # Nobody can book a premium class without a membership.
    if session.is_premium:
        return 0
    rush = 0.6 if session.starts_at > at + timedelta(days=7) else 1
    if session.capacity is None:
        return round(random.randint(5, 19) * rush)
    return round(session.capacity * min(1, random.uniform(0.35, 1.2) * rush))


class _Story:
    """What becomes of the bookings of one session until `at`."""

    def __init__(self, session: SessionRow, day: date, at: datetime, random: Random) -> None:
        self.session, self.day, self.at, self.random = session, day, at, random
        self.open_until = min(at, session.starts_at)
        self.gym_cancels_at: datetime | None = None
        if session.status == SessionStatus.CANCELLED:
            since = self.open_until - timedelta(days=2)
            self.gym_cancels_at = self.moment(since.replace(microsecond=0), self.open_until)
            self.open_until = self.gym_cancels_at or self.open_until

    def moment(self, after: datetime, before: datetime) -> datetime | None:
        """Give a whole second strictly between the two, None where there is none."""
        seconds = int((before - after).total_seconds())
        return after + timedelta(seconds=self.random.randrange(1, seconds)) if seconds > 1 else None

    def booking(self, customer_id: int, created_at: datetime) -> Booking:
        booking = Booking(
            customer_id=customer_id,
            class_session_id=self.session.id,
            occupied_day=self.day,
            cutoff_at=self.session.cutoff_at,
            created_at=created_at,
            updated_at=created_at,
        )
        fate = self.random.random()
        if fate < 0.1:
            self._cancel(booking, created_at, min(booking.cutoff_at, self.open_until))
        elif fate < 0.18:
            self._cancel(booking, max(created_at, booking.cutoff_at), self.open_until)
        if booking.status == BookingStatus.LATE_CANCELLED and self.random.random() < 0.2:
            self._forgive(booking)
        if booking.status == BookingStatus.BOOKED:
            self._end(booking)
        return booking

    def _cancel(self, booking: Booking, after: datetime, before: datetime) -> None:
        moment = self.moment(after, before)
        if moment is None:
            return
        is_late = moment > booking.cutoff_at
        booking.status = BookingStatus.LATE_CANCELLED if is_late else BookingStatus.CANCELLED
        booking.cancelled_at = booking.updated_at = moment
        booking.cancelled_by = CancelledBy.CUSTOMER
        if not is_late or settings.LATE_CANCEL_FREES_THE_DAY:
            booking.occupied_day = None

    def _forgive(self, booking: Booking) -> None:
        assert booking.cancelled_at is not None
        moment = self.moment(booking.cancelled_at, self.at)
        if moment is None:
            return
        booking.status, booking.occupied_day = BookingStatus.CANCELLED, None
        booking.forgiven_at = booking.updated_at = moment
        booking.forgiven_by, booking.forgiven_reason = FORGIVING

    def _end(self, booking: Booking) -> None:
        """Let the gym cancel it, or the customer come, or not, or nobody check it in."""
        if self.gym_cancels_at:
            booking.status, booking.occupied_day = BookingStatus.CANCELLED, None
            booking.cancelled_at = booking.updated_at = self.gym_cancels_at
            booking.cancelled_by = CancelledBy.GYM
            return
        starts_at = self.session.starts_at
        fate = self.random.random()
        if starts_at >= self.at or fate < 0.03:
            return
        came = fate < 0.9
        since = max(booking.created_at, starts_at - CHECK_IN_OPENS) if came else starts_at
        checked_in_at = self.moment(since, min(self.at, self.session.ends_at))
        if checked_in_at:
            booking.status = BookingStatus.ATTENDED if came else BookingStatus.NO_SHOW
            booking.updated_at = checked_in_at
