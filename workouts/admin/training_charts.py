"""What a customer's training looks like: by week, and by exercise."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core.admin.charts import Bar, Chart, ColumnChart
from core.instants import monday_of
from workouts.admin.lines import LineChart, Point
from workouts.admin.showing import estimate, plain
from workouts.models import Exercise
from workouts.rules import WEEK
from workouts.states import Kind

WEEKS = 26
NEVER = f"Nothing in the last {WEEKS} weeks."


class Kilometres(Bar):
    """A bar of metres."""

    @property
    def figure(self) -> str:
        return f"{self.value / 1000:,.1f}" if self.value else "0"


def last_mondays(today: date) -> list[date]:
    this = monday_of(today)
    return [this - back * WEEK for back in reversed(range(WEEKS))]


def weekly_charts(
    weeks: Iterable[dict[str, Any]], *, customer_id: int, mondays: Sequence[date]
) -> list[Chart]:
    """Draw the weeks of a customer's stats: what was lifted, how long, and how far."""
    by_monday = {week["starts_on"]: week for week in weeks}

    def chart(title: str, name: str, bar: type[Bar] = Bar) -> Chart:
        values = [round(by_monday.get(monday, {}).get(name, 0)) for monday in mondays]
        return ColumnChart(
            title=title,
            empty=NEVER,
            bars=[
                bar(week_of(monday), value, workouts_of(customer_id, monday) if value else "")
                for monday, value in zip(mondays, values, strict=True)
            ],
        )

    return [
        chart("Volume per week, in kg, warm-ups included", "volume_kg"),
        chart("Minutes of training per week", "minutes"),
        chart("Distance per week, in km", "distance_m", Kilometres),
    ]


def exercise_chart(
    exercise: Exercise, progress: Iterable[dict[str, Any]], mondays: Sequence[date]
) -> Chart:
    """Draw a customer's progress in an exercise, the best of each week or the time spent."""
    if exercise.kind == Kind.CARDIO:
        return _minutes(exercise, progress, mondays)
    best = _by_week(progress, "best_estimated_1rm_kg", max)
    return LineChart(
        title=f"{exercise.name}: best estimated 1RM per week, in kg",
        empty=f"No estimate in the last {WEEKS} weeks. It takes a weight lifted at most 12 times.",
        points=[
            Point(week_of(monday), best[monday], f"{best[monday]:.1f}")
            if monday in best
            else Point(week_of(monday), None)
            for monday in mondays
        ],
    )


def _minutes(
    exercise: Exercise, progress: Iterable[dict[str, Any]], mondays: Sequence[date]
) -> Chart:
    seconds = _by_week(progress, "duration_seconds", sum)
    return ColumnChart(
        title=f"{exercise.name}: minutes per week",
        empty=NEVER,
        bars=[Bar(week_of(monday), seconds.get(monday, 0) // 60) for monday in mondays],
    )


def _by_week(
    progress: Iterable[dict[str, Any]], name: str, of_all: Callable[[list[Any]], Any]
) -> dict[date, Any]:
    by_monday = defaultdict(list)
    for workout in progress:
        if workout[name]:
            by_monday[monday_of(workout["date"])].append(workout[name])
    return {monday: of_all(values) for monday, values in by_monday.items()}


def week_of(monday: date) -> str:
    return f"{monday.day} {monday:%b}"


def workouts_of(customer_id: int, monday: date) -> str:
    asked = {
        "customer__id__exact": customer_id,
        "started_at_from": monday,
        "started_at_to": monday + timedelta(days=6),
    }
    return f"{reverse('admin:workouts_workout_changelist')}?{urlencode(asked)}"


def told_progress(exercise: Exercise, progress: Sequence[dict[str, Any]]) -> str:
    """Say how the first time compares with the best, or what all times add up to."""
    if exercise.kind == Kind.CARDIO:
        minutes = sum(workout["duration_seconds"] for workout in progress) // 60
        metres = sum(workout["distance_m"] or 0 for workout in progress)
        return f"In all: {minutes:,} min, {plain(round(metres / 1000, 1))} km."
    name = "best_estimated_1rm_kg"
    estimated = [workout for workout in progress if workout[name]]
    if not estimated:
        return ""
    first, best = estimated[0], max(estimated, key=lambda workout: workout[name])
    return (
        f"First {estimate(first[name])} on {told_day(first['date'])}, "
        f"best {estimate(best[name])} on {told_day(best['date'])}."
    )


def told_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
