from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Catalogue, GymViewSet, QuerySerializers, Refusals, StrictParameters
from core.errors import Invalid
from core.transactions import in_transaction
from customers.models import Customer
from workouts import reports, services
from workouts.errors import ClientIdReused, WorkoutRunning
from workouts.filters import ExerciseFilters, WorkoutFilters
from workouts.models import Exercise, Workout
from workouts.parameters import ProgressQuery, WorkoutStatsQuery
from workouts.rows import WorkoutRow, stored, workout_row
from workouts.serializers import (
    ExerciseSerializer,
    ProgressSerializer,
    RecordsSerializer,
    WorkoutSerializer,
    WorkoutStatsSerializer,
    workout_json,
)

DEFAULTS: dict[str, Any] = {"ended_at": None, "note": "", "entries": []}


class ExerciseViewSet(Catalogue[Exercise]):
    """What customers train, on the gym's equipment. What somebody has trained is not deleted."""

    queryset = Exercise.objects.order_by("pk")
    serializer_class = ExerciseSerializer
    filterset_class = ExerciseFilters
    search_fields: ClassVar[list[str]] = ["name"]
    ordering_fields = ("id", "name")
    query_serializers: ClassVar[QuerySerializers] = {"progress": ProgressQuery}

    def perform_destroy(self, instance: Exercise) -> None:
        services.delete_exercise(instance)

    @extend_schema(responses=ProgressSerializer(many=True))
    @action(detail=True, pagination_class=None, filter_backends=[])
    def progress(self, request: Request, **kwargs: Any) -> Response:
        """What each workout of a customer brought in the exercise, the oldest first."""
        exercise = self.get_object()
        customer_id = self.query()["customer"]
        if not Customer.objects.filter(pk=customer_id).exists():
            raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
        return Response(reports.progress(exercise=exercise, customer_id=customer_id))


class WorkoutViewSet(GymViewSet[Workout]):
    """What customers have trained, each workout in one request with all of its sets."""

    queryset = Workout.objects.order_by("-started_at", "-pk")
    serializer_class = WorkoutSerializer
    filterset_class = WorkoutFilters
    ordering_fields = ("id", "started_at")
    refusals: ClassVar[Refusals] = {
        "create": [ClientIdReused, WorkoutRunning],
        "update": [WorkoutRunning],
        "partial_update": [WorkoutRunning],
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        chosen = self.filter_queryset(self.get_queryset())
        page = self.page_of_rows(chosen, WorkoutRow._fields)
        return self.get_paginated_response(_told([WorkoutRow._make(row) for row in page]))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = workout_row(int(kwargs["pk"]))
        told = _told([row] if row else [])
        if not told:
            raise NotFound
        return Response(told[0])

    @extend_schema(responses={200: WorkoutSerializer, 201: WorkoutSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Log a workout. The same `client_id` with the same body again answers 200."""
        answer, is_new = self._log(self._read(request))
        return Response(answer, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a workout anew; what is left out is as if it had been posted without it."""
        workout = self.get_object()
        return Response(self._replace(workout, self._read(request, workout)))

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change when a workout was, or its note; its entries are replaced by PUT."""
        workout = self.get_object()
        return Response(self._edit(workout, self._read(request, workout, partial=True)))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        services.delete_workout(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _read(
        self, request: Request, workout: Workout | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        serializer = self.get_serializer(workout, data=request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        if workout is not None:
            for name in ("client_id", "customer_id"):
                values.pop(name, None)
        return values

    # Each is answered in the transaction that writes it, so it tells what was written.

    @in_transaction
    def _log(self, values: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        workout, is_new = services.log_workout(**(DEFAULTS | values), at=self.at)
        return _told_with_records(workout), is_new

    @in_transaction
    def _replace(self, workout: Workout, values: dict[str, Any]) -> dict[str, Any]:
        workout = services.replace_workout(workout=workout, **(DEFAULTS | values), at=self.at)
        return _told_with_records(workout)

    @in_transaction
    def _edit(self, workout: Workout, values: dict[str, Any]) -> dict[str, Any]:
        changes = dict(values)
        entries = changes.pop("entries", None)
        workout = services.edit_workout(
            workout=workout, changes=changes, entries=entries, at=self.at
        )
        return _told([WorkoutRow.of(workout)])[0]


def _told(rows: Sequence[WorkoutRow]) -> list[dict[str, Any]]:
    found = stored([row.id for row in rows])
    answers = []
    for row in rows:
        # Not those that somebody deletes between the two questions.
        if row.id in found:
            started_at, ended_at, note, entries = found[row.id]
            header = row._replace(started_at=started_at, ended_at=ended_at, note=note)
            answers.append(workout_json(header, entries))
    return answers


def _told_with_records(workout: Workout) -> dict[str, Any]:
    told = _told([WorkoutRow.of(workout)])[0]
    found = reports.new_records(
        workout_id=workout.pk,
        customer_id=workout.customer_id,
        exercise_ids={entry["exercise"] for entry in told["entries"]},
    )
    return told | {"new_records": found}


class OfCustomer(StrictParameters):
    def customer_id(self) -> int:
        if not Customer.objects.filter(pk=self.kwargs["pk"]).exists():
            raise NotFound
        return int(self.kwargs["pk"])


class CustomerWorkoutStats(OfCustomer):
    """How much and how regularly a customer trains, in all and by ISO week."""

    query_serializers: ClassVar[QuerySerializers] = {"get": WorkoutStatsQuery}

    @extend_schema(responses=WorkoutStatsSerializer)
    def get(self, request: Request, pk: str) -> Response:
        customer_id, asked = self.customer_id(), self.query()
        stats = reports.workout_stats(
            customer_id=customer_id, from_day=asked.get("from"), to_day=asked.get("to"), at=self.at
        )
        return Response(stats)


class CustomerRecords(OfCustomer):
    """A customer's records in every exercise; of equal ones the earlier holds."""

    @extend_schema(responses=RecordsSerializer(many=True))
    def get(self, request: Request, pk: str) -> Response:
        return Response(reports.records(customer_id=self.customer_id()))
