"""Demo class types and a timetable that repeats every week."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from classes.models import ClassSession, ClassType
from classes.states import SessionStatus
from core.demo import DemoPlan, Progress
from core.instants import day_bounds

# Five whole weeks, so every slot of the week comes five times.
DAYS_BACK, DAYS_AHEAD = 21, 14

TYPE_COLUMNS = (
    *("name", "description", "duration_minutes", "capacity"),
    *("late_cancel_cutoff_minutes", "is_premium"),
)
CLASS_TYPES = (
    ("Open Training", "The whole floor, a coach at hand.", 90, None, 0, False),
    ("Yoga", "Vinyasa at a calm pace, for every level.", 60, 16, 120, False),
    ("Spinning", "Intervals to loud music.", 45, 12, 240, False),
    ("Boxing", "Technique and conditioning, gloves provided.", 60, 14, 60, False),
    ("Pilates", "Core strength on the mat.", 50, 10, 720, False),
    ("Aerial Yoga", "In a hammock, in a very small group.", 75, 6, 1440, True),
)


class Slot(NamedTuple):
    weekday: int
    starts: time
    class_type: str


MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
WEEK = (
    Slot(MON, time(7), "Open Training"),
    Slot(MON, time(18, 30), "Yoga"),
    Slot(TUE, time(19), "Boxing"),
    Slot(WED, time(12), "Open Training"),
    Slot(WED, time(18), "Spinning"),
    Slot(THU, time(18, 30), "Aerial Yoga"),
    Slot(FRI, time(17), "Open Training"),
    Slot(FRI, time(18, 30), "Pilates"),
    Slot(SAT, time(10), "Yoga"),
    Slot(SUN, time(11), "Spinning"),
)
OPENING_HOURS = [time(hour, minute) for hour in range(6, 21) for minute in (0, 15, 30, 45)]
# Boxing falls through every fifth week.
CANCELLED_SLOT, CANCELLED_EVERY_WEEKS = WEEK.index(Slot(TUE, time(19), "Boxing")), 5
REASON = "The coach has a tournament."
# Time enough for the worker to mail it before the present.
A_WHILE = timedelta(minutes=1)


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        there = set(ClassType.objects.values_list("name", flat=True))
        wanted = [one for one in CLASS_TYPES if one[0] not in there]
        plan.add(
            ClassType, [ClassType(**dict(zip(TYPE_COLUMNS, one, strict=True))) for one in wanted]
        )
    names = [name for name, *_ in CLASS_TYPES]
    # Of several with the same name the oldest comes last and stays.
    types = {one.name: one for one in ClassType.objects.filter(name__in=names).order_by("-pk")}
    plan.add(ClassSession, _sessions(plan, types, progress))


def days(plan: DemoPlan) -> list[date]:
    """Give the days of the demo's timetable, in the gym's zone and in order."""
    numbers = range(-DAYS_BACK, DAYS_AHEAD)
    return [plan.today + timedelta(days=number) for number in numbers]


def _sessions(
    plan: DemoPlan, types: dict[str, ClassType], progress: Progress
) -> Iterator[ClassSession]:
    slots = list(enumerate(_slots(plan)))
    last_day = _last_day(plan, types)
    for day in progress(_in_order_of_ids(plan), "Sessions"):
        is_there = last_day is not None and day <= last_day
        first = plan.reached * len(WEEK) if is_there else 0
        for number, slot in slots[first:]:
            if slot.weekday == day.weekday() and slot.class_type in types:
                yield _session(types[slot.class_type], day, number, slot, plan)


def _slots(plan: DemoPlan) -> Iterator[Slot]:
    """Give the week's slots; a smaller scale's are the first of a larger one's."""
    yield from WEEK
    for number in range(len(WEEK), plan.scale * len(WEEK)):
        random = plan.random("slot", number)
        class_type = WEEK[number % len(WEEK)].class_type
        yield Slot(random.randrange(7), random.choice(OPENING_HOURS), class_type)


def _in_order_of_ids(plan: DemoPlan) -> list[date]:
    """
    Put the next day with two sessions that anybody may book first.

    So on a fresh database they have the ids 1 and 2, whatever day it is.
    """
    in_order = days(plan)
    weekdays = {slot.weekday for slot in WEEK if slot.class_type == "Open Training"}
    ahead = range(DAYS_BACK + 1, len(in_order))
    first = next(index for index in ahead if in_order[index].weekday() in weekdays)
    return in_order[first:] + in_order[:first]


def _last_day(plan: DemoPlan, types: dict[str, ClassType]) -> date | None:
    """Give the last day of the timetable that earlier runs came to."""
    in_order = days(plan)
    begins, _ = day_bounds(in_order[0], plan.tz)
    _, ends = day_bounds(in_order[-1], plan.tz)
    there = ClassSession.objects.filter(class_type__in=types.values())
    within = there.filter(starts_at__gte=begins, starts_at__lt=ends)
    latest = within.order_by("starts_at", "pk").values_list("starts_at", flat=True).last()
    return latest.astimezone(plan.tz).date() if latest and plan.reached else None


def _session(
    class_type: ClassType, day: date, number: int, slot: Slot, plan: DemoPlan
) -> ClassSession:
    week = day.toordinal() // 7
    is_cancelled = number % len(WEEK) == CANCELLED_SLOT and week % CANCELLED_EVERY_WEEKS == 0
    session = ClassSession(
        class_type=class_type,
        starts_at=datetime.combine(day, slot.starts, tzinfo=plan.tz).astimezone(UTC),
        duration_minutes=class_type.duration_minutes,
        capacity=class_type.capacity,
    )
    if is_cancelled:
        session.status, session.cancellation_reason = SessionStatus.CANCELLED, REASON
        session.cancelled_at = _cancelled_at(session.starts_at, number, plan)
    return session


def _cancelled_at(starts_at: datetime, number: int, plan: DemoPlan) -> datetime:
    """Let the gym cancel within the two days before the start, or before the present."""
    before = min(plan.at.replace(microsecond=0), starts_at) - A_WHILE
    random = plan.random("cancelled", starts_at.isoformat(), number)
    return before - timedelta(seconds=random.randrange(2 * 86_400))
