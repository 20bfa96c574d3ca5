from django.db.models import Exists, OuterRef, QuerySet

from core.api.filters import (
    IdFilter,
    SeveralFilter,
    StrictFilterSet,
    TrueOrFalseFilter,
    after,
    before,
)
from customers.models import Customer
from workouts.models import Entry, Exercise, Workout
from workouts.states import Equipment, Kind


class ExerciseFilters(StrictFilterSet):
    equipment = SeveralFilter(choices=Equipment.choices)
    kind = SeveralFilter(choices=Kind.choices)
    is_active = TrueOrFalseFilter()


class WorkoutFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    exercise = IdFilter(queryset=Exercise.objects.all(), method="with_exercise")
    started_at_after = after("started_at")
    started_at_before = before("started_at")
    running = TrueOrFalseFilter(field_name="ended_at", lookup_expr="isnull")

    def with_exercise(
        self, workouts: "QuerySet[Workout]", name: str, exercise: Exercise
    ) -> "QuerySet[Workout]":
        # Not a join: a workout may have the exercise twice.
        entries = Entry.objects.filter(exercise=exercise, workout=OuterRef("pk"))
        return workouts.filter(Exists(entries))
