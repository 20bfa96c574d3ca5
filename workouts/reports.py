"""
What a customer sees of getting better. All of it is read only, each in one or two queries.

Every answer follows from the sets as they are, so an edited or deleted workout needs no repair.
The database adds up and finds the best of each workout, on whole numbers; what remains is a row
a workout, whose day and week in the gym's zone Python tells, alike on every database.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Q,
    QuerySet,
    Sum,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from core.instants import local_day, local_midnight, monday_of
from workouts.models import Exercise, Set, Workout
from workouts.querysets import COUNTED, SetQuerySet
from workouts.rules import (
    MOST_REPS_OF_AN_ESTIMATE,
    SHORTEST_MILLIMETRES,
    epley,
    pace,
    pace_of,
    streaks,
    thousandths,
)
from workouts.states import Kind

MINUTE = timedelta(minutes=1)
EARLIEST = ("started_at", "workout")


class Best(NamedTuple):
    """What of a set can be a record: more is better, and `told` gives the API's value of it."""

    of_set: Any
    told: Callable[[Any], float]


def kilograms(grams: int) -> float:
    return thousandths(grams, 1000)


def metres(millimetres: int) -> float:
    return thousandths(millimetres, 1000)


def kilograms_of_estimate(thirtieths: int) -> float:
    return thousandths(thirtieths, 30_000)


# A thousand kilograms a thousand times are a billion grams: that fits 32 bits. Sums have 64.
VOLUME = F("reps") * F("weight_grams")
ESTIMATE = Case(
    When(reps=1, then=F("weight_grams") * 30),
    When(reps__lte=MOST_REPS_OF_AN_ESTIMATE, then=epley(F("weight_grams"), F("reps"))),
)
SPEED = Case(
    When(
        distance_millimetres__gte=SHORTEST_MILLIMETRES,
        then=Cast("distance_millimetres", FloatField()) / Cast("duration_seconds", FloatField()),
    )
)
RECORDS = {
    Kind.STRENGTH: {
        "heaviest_weight_kg": Best(F("weight_grams"), kilograms),
        "most_reps": Best(F("reps"), int),
        "best_estimated_1rm_kg": Best(ESTIMATE, kilograms_of_estimate),
        "best_set_volume_kg": Best(VOLUME, kilograms),
    },
    Kind.CARDIO: {
        "longest_distance_m": Best(F("distance_millimetres"), metres),
        "longest_duration_seconds": Best(F("duration_seconds"), int),
        "fastest_pace_seconds_per_km": Best(SPEED, pace_of),
    },
}
MAXIMA = {name: Max(best.of_set) for of_kind in RECORDS.values() for name, best in of_kind.items()}

# --- Records ------------------------------------------------------------------------------------


def records(*, customer_id: int) -> list[dict[str, Any]]:
    """
    Give a customer's records by exercise, each with its value, workout and local day, or None.

    Warm-ups never count, and an exercise without any other set has no records. Of equal ones the
    earlier holds the record.
    """
    tz = timezone.get_default_timezone()
    workout, started_at = F("entry__workout"), F("entry__workout__started_at")
    # By the workout's customer: by the entry's, which is for one exercise, PostgreSQL takes
    # parallel workers for the entries, and 60 ms of CPU for 26,000 sets instead of 30.
    sets = Set.objects.filter(entry__workout__customer=customer_id)
    rows = _maxima(sets, workout=workout, started_at=started_at)
    found = []
    for (exercise_id, kind), group in _by_exercise(rows):
        its = list(group)
        held = {name: _held_by(its, name, best, tz) for name, best in RECORDS[kind].items()}
        found.append({"exercise": exercise_id, **held})
    return found


def _held_by(
    rows: list[dict[str, Any]], name: str, best: Best, tz: tzinfo
) -> dict[str, Any] | None:
    most = max((row[name] for row in rows if row[name] is not None), default=None)
    if most is None:
        return None
    holder = min((row for row in rows if row[name] == most), key=itemgetter(*EARLIEST))
    return {
        "value": best.told(most),
        "workout": holder["workout"],
        "date": local_day(holder["started_at"], tz),
    }


def new_records(
    *, workout_id: int, customer_id: int, exercise_ids: Collection[int]
) -> list[dict[str, Any]]:
    """
    Give the records in which a workout is better than all others of its customer.

    By exercise; `previous` is the best of the others, None where there is none.

    :param exercise_ids: the workout's. Where the database is to find them it goes back and forth
        in the customer's entries, and takes 12.5 ms among 26,000 sets instead of 8.
    """
    sets = Set.objects.of_customer(customer_id).filter(entry__exercise__in=exercise_ids)
    is_own = ExpressionWrapper(Q(entry__workout=workout_id), output_field=BooleanField())
    found = []
    for (exercise_id, kind), group in _by_exercise(_maxima(sets, is_own=is_own)):
        by_whose = {row["is_own"]: row for row in group}
        for name, best in RECORDS[kind].items():
            value, previous = (by_whose.get(whose, {}).get(name) for whose in (True, False))
            if value is not None and (previous is None or value > previous):
                found.append(
                    {
                        "exercise": exercise_id,
                        "record": name,
                        "value": best.told(value),
                        "previous": None if previous is None else best.told(previous),
                    }
                )
    return found


def _maxima(sets: SetQuerySet, **by: Any) -> "QuerySet[Any, Any]":
    """Give the best of what can be a record, by exercise and by what else is named, unordered."""
    groups = {"exercise": F("entry__exercise"), "kind": F("entry__exercise__kind"), **by}
    rows: QuerySet[Any, Any] = sets.counted().values(**groups)
    return rows.annotate(**MAXIMA)


def _by_exercise(
    rows: "QuerySet[Any, Any]",
) -> Iterator[tuple[tuple[int, Kind], Iterator[dict[str, Any]]]]:
    # Sorted here: PostgreSQL would sort every set for it, and take 20 ms more for 26,000.
    ordered = sorted(rows, key=itemgetter("exercise"))
    for (exercise_id, kind), group in groupby(ordered, key=itemgetter("exercise", "kind")):
        yield (exercise_id, Kind(kind)), group


# --- Progress -----------------------------------------------------------------------------------


def progress(*, exercise: Exercise, customer_id: int) -> list[dict[str, Any]]:
    """
    Give what each workout of a customer brought in an exercise, the oldest first.

    Warm-ups count in volume, distance and duration, and not in the bests.
    """
    tz = timezone.get_default_timezone()
    told = _strength if exercise.kind == Kind.STRENGTH else _cardio
    rows: QuerySet[Any, Any] = (
        Set.objects.of_customer(customer_id)
        .filter(entry__exercise=exercise)
        .values(workout=F("entry__workout"), started_at=F("entry__workout__started_at"))
        .annotate(
            weight=Max("weight_grams", filter=COUNTED),
            estimate=Max(ESTIMATE, filter=COUNTED),
            volume=Sum(VOLUME),
            distance=Sum("distance_millimetres"),
            duration=Sum("duration_seconds"),
            measured=Sum("duration_seconds", filter=Q(distance_millimetres__isnull=False)),
        )
        .order_by(*EARLIEST)
    )
    return [
        {
            "workout": row["workout"],
            "date": local_day(row["started_at"], tz),
            "started_at": row["started_at"],
            **told(row),
        }
        for row in rows
    ]


def _strength(row: dict[str, Any]) -> dict[str, Any]:
    weight, estimate = row["weight"], row["estimate"]
    return {
        "best_weight_kg": None if weight is None else kilograms(weight),
        "best_estimated_1rm_kg": None if estimate is None else kilograms_of_estimate(estimate),
        "volume_kg": kilograms(row["volume"]),
    }


def _cardio(row: dict[str, Any]) -> dict[str, Any]:
    distance = row["distance"]
    is_measured = distance is not None
    return {
        "distance_m": metres(distance) if is_measured else None,
        "duration_seconds": row["duration"],
        "pace_seconds_per_km": pace(seconds=row["measured"], millimetres=distance)
        if is_measured
        else None,
    }


# --- Stats --------------------------------------------------------------------------------------


class Trained(NamedTuple):
    """One workout, as the stats add it up."""

    day: date
    lasted: timedelta
    sets: int
    volume: int
    distance: int


def workout_stats(
    *, customer_id: int, from_day: date | None, to_day: date | None, at: datetime
) -> dict[str, Any]:
    """
    Add up a customer's workouts that start on [from_day, to_day), in all and by ISO week.

    Days and weeks are the gym's; without one of the two the span is open on that side. Streaks
    are over everything, whatever the span.
    """
    tz = timezone.get_default_timezone()
    workouts = Workout.objects.filter(customer=customer_id)
    starts = workouts.values_list("started_at", flat=True)
    mondays = {monday_of(local_day(started_at, tz)) for started_at in starts}
    streak = streaks(mondays, monday_of(local_day(at, tz)))
    if from_day is not None:
        workouts = workouts.filter(started_at__gte=local_midnight(from_day, tz))
    if to_day is not None:
        workouts = workouts.filter(started_at__lt=local_midnight(to_day, tz))
    trained = _trained(workouts, tz)
    return {
        **_added_up(trained),
        "current_streak_weeks": streak.current,
        "longest_streak_weeks": streak.longest,
        "weeks": [
            {"week": f"{monday:%G-W%V}", "starts_on": monday, **_added_up(list(its))}
            for monday, its in groupby(trained, key=lambda one: monday_of(one.day))
        ],
    }


def _trained(workouts: "QuerySet[Workout]", tz: tzinfo) -> list[Trained]:
    volume = F("entries__sets__reps") * F("entries__sets__weight_grams")
    rows = (
        workouts.values_list("pk", "started_at", "ended_at")
        .annotate(
            number=Count("entries__sets"),
            volume=Sum(volume, default=0),
            distance=Sum("entries__sets__distance_millimetres", default=0),
        )
        .order_by("started_at", "pk")
    )
    return [
        Trained(
            local_day(started_at, tz),
            (ended_at or started_at) - started_at,
            number,
            volume,
            distance,
        )
        for _, started_at, ended_at, number, volume, distance in rows
    ]


def _added_up(trained: list[Trained]) -> dict[str, Any]:
    return {
        "workouts": len(trained),
        "active_days": len({one.day for one in trained}),
        # Of a workout that still runs nobody knows yet how long it takes.
        "minutes": sum((one.lasted for one in trained), timedelta()) // MINUTE,
        "sets": sum(one.sets for one in trained),
        "volume_kg": kilograms(sum(one.volume for one in trained)),
        "distance_m": metres(sum(one.distance for one in trained)),
    }
