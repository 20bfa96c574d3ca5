"""
A workout as light tuples: what was sent, what is stored, and what is answered.

Making instances of a page of workouts and all of their sets costs more than fetching them.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import Case, F, TextField, Value, When

from workouts.models import Workout


class SetRow(NamedTuple):
    position: int
    type: str
    reps: int | None
    weight_grams: int | None
    duration_seconds: int | None
    distance_millimetres: int | None
    calories: int | None
    rpe_halves: int | None


class EntryRow(NamedTuple):
    position: int
    exercise_id: int
    note: str
    sets: list[SetRow]


class WorkoutRow(NamedTuple):
    id: int
    client_id: UUID
    customer_id: int
    started_at: datetime
    ended_at: datetime | None
    note: str

    @classmethod
    def of(cls, workout: Workout) -> Self:
        return cls(*(getattr(workout, name) for name in cls._fields))


def in_order(entries: Iterable[EntryRow]) -> list[EntryRow]:
    """Sort entries and their sets by position and number them from 1."""
    ordered = enumerate(sorted(entries, key=lambda entry: entry.position), start=1)
    return [
        entry._replace(
            position=position,
            sets=[
                each._replace(position=number)
                for number, each in enumerate(sorted(entry.sets), start=1)
            ],
        )
        for position, entry in ordered
    ]


SET_COLUMNS = tuple(f"entries__sets__{name}" for name in SetRow._fields)
# An entry is a row for each of its sets, and its note is sent with the first.
NOTE = Case(
    When(entries__sets__position__gt=1, then=Value("")),
    default=F("entries__note"),
    output_field=TextField(),
)


def entries_of(workout_ids: Collection[int]) -> dict[int, list[EntryRow]]:
    """
    Give the entries of workouts with their sets; a workout that was deleted by now is left out.

    One query, so no entry is read without the sets that it had.
    """
    found: dict[int, list[EntryRow]] = {}
    rows = (
        Workout.objects.filter(pk__in=workout_ids)
        .order_by("pk", "entries__position", "entries__sets__position")
        .values_list("pk", "entries__position", "entries__exercise", NOTE, *SET_COLUMNS)
    )
    for workout_id, position, exercise_id, note, *columns in rows:
        entries = found.setdefault(workout_id, [])
        # What has nothing in it is one row all the same, of an outer join.
        if position is None:
            continue
        if not entries or entries[-1].position != position:
            entries.append(EntryRow(position, exercise_id, note, []))
        if columns[0] is not None:
            entries[-1].sets.append(SetRow._make(columns))
    return found


def workout_row(workout_id: int) -> WorkoutRow | None:
    row = Workout.objects.filter(pk=workout_id).values_list(*WorkoutRow._fields).first()
    return WorkoutRow._make(row) if row else None
