"""Records, progress and stats once more: plainly, slowly, one set after the other."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

WEEK = timedelta(weeks=1)


class Logged(NamedTuple):
    """A workout as it is by now. `entries` are an exercise's id and its sets."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    entries: list[tuple[int, list[Any]]]

    def sets(self, exercise: int) -> list[Any]:
        return [each for its, sets in self.entries if its == exercise for each in sets]

    def counted(self, exercise: int) -> list[Any]:
        return [each for each in self.sets(exercise) if each.type != "warmup"]


def one_rep_max(each: Any) -> Fraction | None:
    if each.reps > 12:
        return None
    kilograms = Fraction(each.weight_grams, 1000)
    return kilograms if each.reps == 1 else kilograms * (1 + Fraction(each.reps, 30))


def negative_pace(each: Any) -> Fraction | None:
    if each.distance_millimetres is None or each.distance_millimetres < 1_000_000:
        return None
    return -Fraction(each.duration_seconds * 1_000_000, each.distance_millimetres)


def metres(each: Any) -> Fraction | None:
    millimetres = each.distance_millimetres
    return None if millimetres is None else Fraction(millimetres, 1000)


# More is better.
STRENGTH: dict[str, Any] = {
    "heaviest_weight_kg": lambda each: Fraction(each.weight_grams, 1000),
    "most_reps": lambda each: Fraction(each.reps),
    "best_estimated_1rm_kg": one_rep_max,
    "best_set_volume_kg": lambda each: Fraction(each.reps * each.weight_grams, 1000),
}
CARDIO: dict[str, Any] = {
    "longest_distance_m": metres,
    "longest_duration_seconds": lambda each: Fraction(each.duration_seconds),
    "fastest_pace_seconds_per_km": negative_pace,
}


def rounded(value: Fraction | None) -> float | None:
    if value is None:
        return None
    exact = Decimal(abs(value).numerator) / Decimal(abs(value).denominator)
    return float(exact.quantize(Decimal("0.001"), ROUND_HALF_UP))


def best(workout: Logged, exercise: int, measure: Any) -> Fraction | None:
    found = [measure(each) for each in workout.counted(exercise)]
    return max((value for value in found if value is not None), default=None)


def exercises_in(workouts: list[Logged], kinds: dict[int, str]) -> list[tuple[int, dict]]:
    return [
        (exercise, STRENGTH if kind == "strength" else CARDIO)
        for exercise, kind in sorted(kinds.items())
        if any(workout.counted(exercise) for workout in workouts)
    ]


def records(workouts: list[Logged], kinds: dict[int, str], tz: tzinfo) -> list[dict[str, Any]]:
    found = []
    for exercise, measures in exercises_in(workouts, kinds):
        its: dict[str, Any] = {"exercise": exercise}
        for name, measure in measures.items():
            its[name], most = None, None
            for workout in sorted(workouts, key=lambda one: (one.started_at, one.id)):
                value = best(workout, exercise, measure)
                if value is not None and (most is None or value > most):
                    most = value
                    its[name] = {
                        "value": rounded(value),
                        "workout": workout.id,
                        "date": workout.started_at.astimezone(tz).date(),
                    }
        found.append(its)
    return found


def new_records(
    workout: Logged, workouts: list[Logged], kinds: dict[int, str]
) -> list[dict[str, Any]]:
    found = []
    for exercise, measures in exercises_in([workout], kinds):
        for name, measure in measures.items():
            value = best(workout, exercise, measure)
            others = [best(one, exercise, measure) for one in workouts if one.id != workout.id]
            previous = max((other for other in others if other is not None), default=None)
            if value is not None and (previous is None or previous < value):
                found.append(
                    {
                        "exercise": exercise,
                        "record": name,
                        "value": rounded(value),
                        "previous": rounded(previous),
                    }
                )
    return found


def progress(workouts: list[Logged], exercise: int, kind: str, tz: tzinfo) -> list[dict[str, Any]]:
    found = []
    for workout in sorted(workouts, key=lambda one: (one.started_at, one.id)):
        sets = workout.sets(exercise)
        measured = [each for each in sets if each.distance_millimetres is not None]
        far = sum(each.distance_millimetres for each in measured)
        its: dict[str, Any]
        if kind == "strength":
            its = {
                "best_weight_kg": rounded(best(workout, exercise, STRENGTH["heaviest_weight_kg"])),
                "best_estimated_1rm_kg": rounded(best(workout, exercise, one_rep_max)),
                "volume_kg": sum(each.reps * each.weight_grams for each in sets) / 1000,
            }
        else:
            seconds = sum(each.duration_seconds for each in measured)
            its = {
                "distance_m": far / 1000 if measured else None,
                "duration_seconds": sum(each.duration_seconds for each in sets),
                "pace_seconds_per_km": rounded(Fraction(seconds * 1_000_000, far))
                if measured
                else None,
            }
        if sets:
            header = {"workout": workout.id, "started_at": workout.started_at}
            day = workout.started_at.astimezone(tz).date()
            found.append({**header, "date": day, **its})
    return found


def added_up(workouts: list[Logged], tz: tzinfo) -> dict[str, Any]:
    sets = [each for workout in workouts for _, its in workout.entries for each in its]
    lasted = timedelta()
    for workout in workouts:
        if workout.ended_at is not None:
            lasted += workout.ended_at - workout.started_at
    return {
        "workouts": len(workouts),
        "active_days": len({workout.started_at.astimezone(tz).date() for workout in workouts}),
        "minutes": int(lasted.total_seconds() // 60),
        "sets": len(sets),
        "volume_kg": sum((each.reps or 0) * (each.weight_grams or 0) for each in sets) / 1000,
        "distance_m": sum(each.distance_millimetres or 0 for each in sets) / 1000,
    }


def stats(
    workouts: list[Logged], first: date | None, last: date | None, at: datetime, tz: tzinfo
) -> dict[str, Any]:
    trained: dict[tuple[int, int], list[Logged]] = {}
    for workout in workouts:
        year, week, _ = workout.started_at.astimezone(tz).date().isocalendar()
        trained.setdefault((year, week), []).append(workout)
    inside = [
        workout
        for workout in workouts
        if (first is None or first <= workout.started_at.astimezone(tz).date())
        and (last is None or workout.started_at.astimezone(tz).date() < last)
    ]
    weeks = [
        {
            "week": f"{year}-W{week:02}",
            "starts_on": date.fromisocalendar(year, week, 1),
            **added_up([one for one in its if one in inside], tz),
        }
        for (year, week), its in sorted(trained.items())
        if any(one in inside for one in its)
    ]
    today = at.astimezone(tz).date()
    return {
        **added_up(inside, tz),
        "current_streak_weeks": max(
            _streak_up_to(today, trained), _streak_up_to(today - WEEK, trained)
        ),
        "longest_streak_weeks": max(
            (_streak_up_to(date.fromisocalendar(*week, 1), trained) for week in trained), default=0
        ),
        "weeks": weeks,
    }


def _streak_up_to(day: date, trained: dict[tuple[int, int], Any]) -> int:
    length = 0
    while tuple((day - length * WEEK).isocalendar())[:2] in trained:
        length += 1
    return length
