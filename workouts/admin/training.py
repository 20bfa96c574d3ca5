"""The page of a customer's training: totals, charts, records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.widgets import UnfoldAdminSelectWidget

from core.admin import GymAdmin
from core.admin.charts import Chart
from core.admin.picking import ID, PickedForm
from customers.models import Customer
from workouts import reports
from workouts.admin.showing import clock, estimate, kilometres, plain
from workouts.admin.training_charts import (
    exercise_chart,
    last_mondays,
    told_progress,
    weekly_charts,
)
from workouts.models import Exercise, Workout
from workouts.states import Kind

# How many exercises of each kind are drawn, beside the one that was asked for.
DRAWN = {Kind.STRENGTH: 3, Kind.CARDIO: 1}
PAGE = "admin:workouts_workout_training"


def _kilograms(value: float) -> str:
    return f"{plain(value)} kg"


# A heading for each record of the reports, and how its value is written.
RECORDS: dict[Kind, dict[str, tuple[str, Any]]] = {
    Kind.STRENGTH: {
        "heaviest_weight_kg": ("Heaviest weight", _kilograms),
        "most_reps": ("Most repetitions", plain),
        "best_estimated_1rm_kg": ("Best estimated 1RM", estimate),
        "best_set_volume_kg": ("Best volume of a set", _kilograms),
    },
    Kind.CARDIO: {
        "longest_distance_m": ("Longest distance", kilometres),
        "longest_duration_seconds": ("Longest time", clock),
        "fastest_pace_seconds_per_km": ("Fastest pace", lambda pace: f"{clock(pace)} per km"),
    },
}


class Figure(NamedTuple):
    label: str
    told: str


class Drawn(NamedTuple):
    chart: Chart
    told: str


class Table(NamedTuple):
    title: str
    headings: list[str]
    rows: list[tuple[Exercise, list[dict[str, Any] | None]]]


def training_address(customer_id: Any) -> str:
    return f"{reverse(PAGE)}?{urlencode({'customer': customer_id})}"


def training_page(page: GymAdmin, request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("customer", "")
    customer = Customer.objects.filter(pk=asked).first() if ID.fullmatch(asked) else None
    picker = PickedForm(
        request=request,
        name="customer",
        label="Customer",
        choices=(),
        field=Workout._meta.get_field("customer"),
        model_admin=page,
        initial={"customer": customer and customer.pk},
    )
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "title": "A customer's training",
        "media": page.media + picker.media,
        "picker": picker,
        "is_unknown": bool(asked) and customer is None,
        "customer": customer,
    }
    if customer is not None:
        context["subtitle"] = str(customer)
        context |= _training(customer.pk, request.GET.get("exercise", ""), timezone.now())
    return TemplateResponse(request, "workouts/training.html", context)


def _training(customer_id: int, asked: str, at: datetime) -> dict[str, Any]:
    exercises = _most_trained_first(customer_id)
    latest = Workout.objects.filter(customer=customer_id).order_by("-started_at", "-pk").first()
    if latest is None:
        return {}
    stats = reports.workout_stats(customer_id=customer_id, from_day=None, to_day=None, at=at)
    mondays = last_mondays(timezone.localdate(at))
    chosen = next((one for one in exercises if str(one.pk) == asked), None)
    return {
        "latest": latest,
        "figures": _figures(stats),
        "weekly": weekly_charts(stats["weeks"], customer_id=customer_id, mondays=mondays),
        "choice": _choice(exercises, chosen),
        "exercises": [_drawn(one, customer_id, mondays) for one in _to_draw(exercises, chosen)],
        "tables": _tables(customer_id, exercises),
    }


def _most_trained_first(customer_id: int) -> list[Any]:
    trained = Exercise.objects.filter(entries__customer=customer_id)
    counted = trained.annotate(workout_count=Count("entries__workout", distinct=True))
    return list(counted.order_by("-workout_count", "pk"))


def _to_draw(exercises: Sequence[Exercise], chosen: Exercise | None) -> list[Exercise]:
    most = [
        one
        for kind, number in DRAWN.items()
        for one in [each for each in exercises if each.kind == kind][:number]
    ]
    return most if chosen is None else [chosen, *(one for one in most if one != chosen)]


def _drawn(exercise: Exercise, customer_id: int, mondays: Any) -> Drawn:
    progress = reports.progress(exercise=exercise, customer_id=customer_id)
    return Drawn(exercise_chart(exercise, progress, mondays), told_progress(exercise, progress))


def _choice(exercises: Sequence[Any], chosen: Exercise | None) -> forms.Form:
    form = forms.Form(initial={"exercise": chosen and chosen.pk})
    form.fields["exercise"] = forms.ChoiceField(
        label="Exercise",
        choices=[("", "The most trained"), *((one.pk, _name(one)) for one in exercises)],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    return form


def _name(exercise: Any) -> str:
    number = exercise.workout_count
    return f"{exercise.name} ({number:,} workout{'' if number == 1 else 's'})"


def _figures(stats: dict[str, Any]) -> list[Figure]:
    def weeks(number: int) -> str:
        return "One week" if number == 1 else f"{number:,} weeks"

    return [
        Figure("Workouts", f"{stats['workouts']:,}"),
        Figure("Active days", f"{stats['active_days']:,}"),
        Figure("Time", f"{stats['minutes'] // 60:,} h {stats['minutes'] % 60:02} min"),
        Figure("Sets", f"{stats['sets']:,}"),
        Figure("Volume", f"{stats['volume_kg']:,.0f} kg"),
        Figure("Distance", f"{stats['distance_m'] / 1000:,.1f} km"),
        Figure("Streak", weeks(stats["current_streak_weeks"])),
        Figure("Longest streak", weeks(stats["longest_streak_weeks"])),
    ]


def _tables(customer_id: int, exercises: Sequence[Exercise]) -> list[Table]:
    held = {row["exercise"]: row for row in reports.records(customer_id=customer_id)}
    by_name = sorted(
        (one for one in exercises if one.pk in held), key=lambda one: (one.name.lower(), one.pk)
    )
    return [
        Table(
            f"Records, {kind.label.lower()}",
            [heading for heading, _ in columns.values()],
            [
                (
                    one,
                    [_record(held[one.pk][name], told) for name, (_, told) in columns.items()],
                )
                for one in by_name
                if one.kind == kind
            ],
        )
        for kind, columns in RECORDS.items()
    ]


def _record(record: dict[str, Any] | None, told: Any) -> dict[str, Any] | None:
    # With the body's own weight alone there are no kilograms to tell.
    if record is None or not record["value"]:
        return None
    return {
        "told": told(record["value"]),
        "on": date_format(record["date"]),
        "workout": record["workout"],
    }
