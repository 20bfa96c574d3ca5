from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.fields import (
    IdField,
    InstantField,
    StrictCharField,
    StrictChoiceField,
    StrictIntegerField,
)
from core.api.serializers import StrictModelSerializer, StrictSerializer
from workouts.fields import EffortField, KilogramsField, MetresField, UuidField
from workouts.models import Exercise, Workout
from workouts.reports import RECORDS
from workouts.rows import EntryRow, SetRow, WorkoutRow
from workouts.states import (
    LONGEST_NOTE,
    MOST_CALORIES,
    MOST_ENTRIES,
    MOST_REPS,
    MOST_SECONDS,
    MOST_SETS,
    SetType,
)

HIGHEST_POSITION = 10_000
# What is wrong with forty thousand values took 14 seconds to say.
MOST_WRONG_ROWS = 10
LONGEST_MUSCLE, MOST_MUSCLES = 50, 20


class ExerciseSerializer(StrictModelSerializer[Exercise]):
    muscles = serializers.ListField(
        child=StrictCharField(max_length=LONGEST_MUSCLE), max_length=MOST_MUSCLES, required=False
    )

    class Meta:
        model = Exercise
        fields = ["id", "name", "equipment", "kind", "muscles", "is_active"]
        # Sets were written by it.
        fixed = ["kind"]
        # The name's constraint has no field name that DRF could put into `attr`.
        validators: list[Any] = []

    def validate_name(self, name: str) -> str:
        others = Exercise.objects.with_name(name)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError("There is an exercise with this name already.", "unique")
        return name


# --- Workouts -----------------------------------------------------------------------------------


class InOrderSerializer(serializers.ListSerializer[Any]):
    """
    A list whose rows stand in the order sent, or all of them say their position in another.

    The numbers mean nothing but the order. Gives the rows as sent, each with a position.
    """

    wrong_rows = 0

    def run_child_validation(self, data: Any) -> Any:
        if self.wrong_rows >= MOST_WRONG_ROWS:
            return {}
        try:
            return super().run_child_validation(data)
        except ValidationError:
            self.wrong_rows += 1
            raise

    def to_internal_value(self, data: Any) -> list[Any]:
        self.wrong_rows = 0
        rows = super().to_internal_value(data)
        told = [row.get("position") for row in rows]
        if all(position is None for position in told):
            return [row | {"position": place} for place, row in enumerate(rows)]
        problems: dict[Any, ErrorDetail] = {}
        for place, position in enumerate(told):
            if position is None:
                problems[place] = ErrorDetail("All rows of a list have one, or none.", "required")
            elif position in told[:place]:
                problems[place] = ErrorDetail("Another row has this position.", "unique")
        if problems:
            raise ValidationError(
                {place: {"position": [problem]} for place, problem in problems.items()}
            )
        return rows


class SetSerializer(StrictSerializer):
    """Either `reps` and `weight_kg`, or `duration_seconds`: as the exercise is."""

    position = StrictIntegerField(min_value=0, max_value=HIGHEST_POSITION, required=False)
    type = StrictChoiceField(choices=SetType.choices, default=SetType.NORMAL)
    reps = StrictIntegerField(min_value=1, max_value=MOST_REPS, allow_null=True, default=None)
    weight_kg = KilogramsField(allow_null=True, default=None)
    duration_seconds = StrictIntegerField(
        min_value=1, max_value=MOST_SECONDS, allow_null=True, default=None
    )
    distance_m = MetresField(allow_null=True, default=None)
    calories = StrictIntegerField(
        min_value=0, max_value=MOST_CALORIES, allow_null=True, default=None
    )
    rpe = EffortField(allow_null=True, default=None)


class EntrySerializer(StrictSerializer):
    exercise = IdField()
    position = StrictIntegerField(min_value=0, max_value=HIGHEST_POSITION, required=False)
    note = StrictCharField(max_length=LONGEST_NOTE, allow_blank=True, default="")
    sets = InOrderSerializer(child=SetSerializer(), max_length=MOST_SETS, default=list)


class NewRecordSerializer(serializers.Serializer[Any]):
    exercise = serializers.IntegerField()
    record = serializers.ChoiceField(
        choices=[name for of_kind in RECORDS.values() for name in of_kind]
    )
    value = serializers.FloatField()
    previous = serializers.FloatField(allow_null=True)


class WorkoutSerializer(StrictModelSerializer[Workout]):
    """A whole workout. Entries and sets without positions stand in the order sent."""

    # Only reads: `workout_json` writes the same fields.

    client_id = UuidField(help_text="Made by the phone: the same one again is no second workout.")
    customer = IdField(source="customer_id")
    entries = InOrderSerializer(child=EntrySerializer(), max_length=MOST_ENTRIES, required=False)
    new_records = NewRecordSerializer(
        many=True, read_only=True, help_text="Only in the answer to POST and PUT."
    )

    class Meta:
        model = Workout
        fields = [
            "id",
            "client_id",
            "customer",
            "started_at",
            "ended_at",
            "note",
            "entries",
            "new_records",
        ]
        fixed = ["client_id", "customer"]
        sometimes = ["new_records"]
        # The rules on clients' ids and on running workouts are the service's to refuse by.
        validators: list[Any] = []

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        # Who replaces a workout and leaves its entries out has hardly meant to delete them.
        fields["entries"].required = self.instance is not None
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "entries" in attrs:
            attrs["entries"] = [_entry_row(entry) for entry in attrs["entries"]]
        return attrs


# A PATCH fills no defaults in.


def _entry_row(sent: Mapping[str, Any]) -> EntryRow:
    sets = [_set_row(each) for each in sent.get("sets", ())]
    return EntryRow(sent["position"], sent.get("exercise", 0), sent.get("note", ""), sets)


def _set_row(sent: Mapping[str, Any]) -> SetRow:
    return SetRow(
        position=sent["position"],
        type=sent.get("type", SetType.NORMAL.value),
        reps=sent.get("reps"),
        weight_grams=sent.get("weight_kg"),
        duration_seconds=sent.get("duration_seconds"),
        distance_millimetres=sent.get("distance_m"),
        calories=sent.get("calories"),
        rpe_halves=sent.get("rpe"),
    )


def workout_json(row: WorkoutRow, entries: Iterable[EntryRow]) -> dict[str, Any]:
    return {
        "id": row.id,
        "client_id": str(row.client_id),
        "customer": row.customer_id,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "note": row.note,
        "entries": [
            {
                "exercise": entry.exercise_id,
                "position": entry.position,
                "note": entry.note,
                "sets": [_set_json(each) for each in entry.sets],
            }
            for entry in entries
        ],
    }


def _set_json(row: SetRow) -> dict[str, Any]:
    grams, millimetres = row.weight_grams, row.distance_millimetres
    return {
        "position": row.position,
        "type": row.type,
        "reps": row.reps,
        "weight_kg": None if grams is None else grams / 1000,
        "duration_seconds": row.duration_seconds,
        "distance_m": None if millimetres is None else millimetres / 1000,
        "calories": row.calories,
        "rpe": None if row.rpe_halves is None else row.rpe_halves / 2,
    }


# --- Progress -----------------------------------------------------------------------------------
# These describe what the reports give.


class RecordSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    workout = serializers.IntegerField()
    date = serializers.DateField()


class RecordsSerializer(serializers.Serializer[Any]):
    """The records of the exercise's kind, and not those of the other."""

    exercise = serializers.IntegerField()

    class Meta:
        sometimes = [name for of_kind in RECORDS.values() for name in of_kind]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        return fields | {name: RecordSerializer(allow_null=True) for name in self.Meta.sometimes}


class ProgressSerializer(serializers.Serializer[Any]):
    """The last fields are those of the exercise's kind, and not those of the other."""

    workout = serializers.IntegerField()
    date = serializers.DateField()
    started_at = InstantField()
    best_weight_kg = serializers.FloatField(allow_null=True)
    best_estimated_1rm_kg = serializers.FloatField(allow_null=True)
    volume_kg = serializers.FloatField()
    distance_m = serializers.FloatField(allow_null=True)
    duration_seconds = serializers.IntegerField()
    pace_seconds_per_km = serializers.FloatField(allow_null=True)

    class Meta:
        sometimes: Sequence[str] = [
            *("best_weight_kg", "best_estimated_1rm_kg", "volume_kg"),
            *("distance_m", "duration_seconds", "pace_seconds_per_km"),
        ]


class TrainingSerializer(serializers.Serializer[Any]):
    workouts = serializers.IntegerField()
    active_days = serializers.IntegerField()
    minutes = serializers.IntegerField()
    sets = serializers.IntegerField()
    volume_kg = serializers.FloatField()
    distance_m = serializers.FloatField()


class WeekOfTrainingSerializer(TrainingSerializer):
    week = serializers.CharField(help_text="An ISO week, such as 2026-W47.")
    starts_on = serializers.DateField()


class WorkoutStatsSerializer(TrainingSerializer):
    current_streak_weeks = serializers.IntegerField()
    longest_streak_weeks = serializers.IntegerField()
    weeks = WeekOfTrainingSerializer(many=True)
