"""
Demo workouts, such as `workouts.services` would have written them.

The fingerprint is worked out by the service's own function from what is written, so a phone that
posts one of them again finds it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Min

from core.demo import DemoPlan, Progress
from core.instants import local_day
from customers.demo import CUSTOMERS, DOMAIN, demo_customers
from workouts.demo_routines import (
    KEEN,
    LIFTER,
    RIDER,
    RUNNER,
    SECONDS_A_SET,
    SWINGER,
    Part,
    Routine,
)
from workouts.models import Entry, Exercise, Set, Workout
from workouts.rows import EntryRow
from workouts.services import fingerprint

DAY = timedelta(days=1)
NUMBERED = re.compile(rf".+\.(\d+){re.escape(DOMAIN)}")
# Of each hundred customers those at these places train, and one of the first hundred for years.
ROUTINES = {1: LIFTER, 18: RUNNER, 34: SWINGER, 50: RIDER, 67: LIFTER, 84: RUNNER}
RUNNING_PLACE, RUNNING_FOR, RUNNING_PARTS = 67, timedelta(minutes=25), 2

# After so many days half of all that there is to gain is gained.
HALF_LIFE = 200
KEPT_PART = 0.85
# Everybody is away for some weeks, not all at once.
AWAY_EVERY, AWAY_FOR, APART = 23, 2, 5
NOTES, NOTED_PART = ("Felt strong today.", "Slept badly.", "Everything felt heavy."), 0.06
SECONDS_BETWEEN = (60, 180)


class Span(NamedTuple):
    """The local days of a customer's first and last workout, apart from one that runs."""

    first: date
    last: date


class Trainee(NamedTuple):
    number: int
    customer_id: int
    routine: Routine
    first_day: date


class Logged(NamedTuple):
    workout: Workout
    entries: list[EntryRow]


def generate(plan: DemoPlan, progress: Progress) -> None:
    spans = _spans(plan)
    # Demo data may be older than its workouts.
    reached = min(plan.reached, plan.scale) if spans else 0
    last_day = max((span.last for span in spans.values()), default=date.min)
    trainees = _trainees(plan, spans)
    floor = _Floor(plan)
    for block in progress(range(plan.scale), "Workouts"):
        after = last_day if block < reached else date.min
        own = trainees.get(block, [])
        floor.write([logged for one in own for logged in floor.past(one, after=after)])
    for one in trainees.get(0, []):
        running = Workout.objects.filter(customer=one.customer_id, ended_at=None)
        if one.number == RUNNING_PLACE and not running.exists():
            floor.write([floor.running(one)])


def _spans(plan: DemoPlan) -> dict[int, Span]:
    ended = Workout.objects.filter(customer__in=demo_customers(), ended_at__isnull=False)
    rows = ended.values_list("customer").annotate(Min("started_at"), Max("started_at"))
    return {
        customer_id: Span(*(local_day(moment, plan.tz) for moment in moments))
        for customer_id, *moments in rows.order_by()
    }


def _trainees(plan: DemoPlan, spans: dict[int, Span]) -> dict[int, list[Trainee]]:
    """Give who trains, by block of customers."""
    people: dict[int, tuple[int, datetime]] = {}
    rows = demo_customers().order_by("pk").values_list("email", "pk", "created_at")
    for email, customer_id, created_at in rows.iterator():
        found = NUMBERED.fullmatch(email)
        number = int(found[1]) if found else 0
        if 0 < number <= CUSTOMERS or _place(number) in ROUTINES:
            people.setdefault(number, (customer_id, created_at))
    routines = {number: ROUTINES[_place(number)] for number in people if _place(number) in ROUTINES}
    others = [number for number in people if number not in routines]
    if others:
        # Who came first has trained for the longest time.
        routines[min(others, key=lambda number: (people[number][1], number))] = KEEN
    trainees: dict[int, list[Trainee]] = {}
    for number in sorted(routines):
        block = (number - 1) // CUSTOMERS
        if block < plan.scale:
            customer_id, created_at = people[number]
            span = spans.get(customer_id)
            first = span.first if span else _first_day(plan, number, routines[number], created_at)
            trainee = Trainee(number, customer_id, routines[number], first)
            trainees.setdefault(block, []).append(trainee)
    return trainees


def _place(number: int) -> int:
    return (number - 1) % CUSTOMERS + 1


def _first_day(plan: DemoPlan, number: int, routine: Routine, created_at: datetime) -> date:
    weeks = plan.random("routine", number).randint(*routine.weeks)
    return max(local_day(created_at, plan.tz) + DAY, plan.today - timedelta(weeks=weeks))


class _Floor:
    """
    Lets the demo's trainees work out, day by day.

    What one does on a day depends on nothing but that, so it is the same in every run.
    """

    def __init__(self, plan: DemoPlan) -> None:
        self.plan = plan
        routines = (KEEN, *ROUTINES.values())
        wanted = {part.exercise for one in routines for part in one.parts()}
        # Without those that staff renamed, or keep from further workouts.
        there = Exercise.objects.filter(name__in=wanted, is_active=True)
        self.ids = dict(there.values_list("name", "pk"))

    def past(self, one: Trainee, *, after: date) -> Iterator[Logged]:
        """Give the workouts of all whole days after one, up to yesterday."""
        day = max(one.first_day, after + DAY)
        while day < self.plan.today:
            session = one.routine.sessions.get(day.weekday())
            random = self.plan.random("workout", one.number, day)
            is_away = (day.toordinal() // 7 + one.number * APART) % AWAY_EVERY < AWAY_FOR
            if session and not is_away and random.random() < KEPT_PART:
                starts = datetime.combine(day, one.routine.starts, self.plan.tz).astimezone(UTC)
                started_at = starts + timedelta(seconds=random.randrange(5400))
                yield self._logged(one, day, started_at, session, random)
            day += DAY

    def running(self, one: Trainee) -> Logged:
        started_at = self.plan.at.replace(microsecond=0) - RUNNING_FOR
        random = self.plan.random("running", one.number, self.plan.today)
        session = next(iter(one.routine.sessions.values()))[:RUNNING_PARTS]
        logged = self._logged(one, self.plan.today, started_at, session, random)
        logged.workout.ended_at = None
        return logged

    def _logged(
        self,
        one: Trainee,
        day: date,
        started_at: datetime,
        session: Sequence[Part],
        random: Random,
    ) -> Logged:
        client_id = UUID(int=random.getrandbits(128), version=4)
        gained = 1 - 0.5 ** ((day - one.first_day).days / HALF_LIFE)
        strength = self.plan.random("strength", one.number).uniform(0.8, 1.2)
        entries: list[EntryRow] = []
        seconds = 0
        for part in session:
            sets = list(part.sets_of(gained, strength, random))
            times = [each.duration_seconds or random.randint(*SECONDS_A_SET) for each in sets]
            seconds += sum(times) + random.randint(*SECONDS_BETWEEN)
            if part.exercise in self.ids:
                position = len(entries) + 1
                entries.append(EntryRow(position, self.ids[part.exercise], "", sets))
        workout = Workout(
            client_id=client_id,
            customer_id=one.customer_id,
            started_at=started_at,
            ended_at=started_at + timedelta(seconds=seconds),
            note=random.choice(NOTES) if random.random() < NOTED_PART else "",
        )
        return Logged(workout, entries)

    def write(self, all_logged: Sequence[Logged]) -> None:
        """Write what is not there yet, in the order of time."""
        client_ids = [one.workout.client_id for one in all_logged]
        known = Workout.objects.filter(client_id__in=client_ids)
        there = set(known.values_list("client_id", flat=True))
        fresh = [one for one in all_logged if one.workout.client_id not in there]
        fresh.sort(key=lambda one: (one.workout.started_at, one.workout.customer_id))
        for workout, entries in fresh:
            header = {name: getattr(workout, name) for name in ("started_at", "ended_at", "note")}
            workout.fingerprint = fingerprint(workout.customer_id, header, entries)
        self.plan.add(Workout, [one.workout for one in fresh])
        pairs = [
            (
                Entry(
                    workout=workout,
                    customer_id=workout.customer_id,
                    exercise_id=row.exercise_id,
                    position=row.position,
                    note=row.note,
                ),
                row.sets,
            )
            for workout, entries in fresh
            for row in entries
        ]
        self.plan.add(Entry, [entry for entry, _ in pairs])
        sets = (Set(entry=entry, **each._asdict()) for entry, rows in pairs for each in rows)
        self.plan.add(Set, sets)
