"""
A workout as light tuples: what was sent, what is stored, and what is answered.

Making instances of a page of workouts and all of their sets costs more than fetching them.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import Case, F, Q, TextField, Value, When

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
# A workout is a row for each of its sets, and a note is sent with the first of them.
NOTE = Case(
    When(entries__sets__position__gt=1, then=Value("")),
    default=F("entries__note"),
    output_field=TextField(),
)
HEADER_NOTE = Case(
    When(Q(entries__position__gt=1) | Q(entries__sets__position__gt=1), then=Value("")),
    default=F("note"),
    output_field=TextField(),
)


class Stored(NamedTuple):
    """What of a workout can change, as it was at one moment."""

    started_at: datetime
    ended_at: datetime | None
    note: str
    entries: list[EntryRow]


def stored(workout_ids: Collection[int]) -> dict[int, Stored]:
    """
    Give what workouts have in them; one that was deleted by now is left out.

    One query, so no header is read with the entries that somebody else wrote a moment later.
    """
    found: dict[int, Stored] = {}
    rows = (
        Workout.objects.filter(pk__in=workout_ids)
        .order_by("pk", "entries__position", "entries__sets__position")
        .values_list(
            "pk",
            "started_at",
            "ended_at",
            HEADER_NOTE,
            "entries__position",
            "entries__exercise",
            NOTE,
            *SET_COLUMNS,
        )
    )
    for pk, started_at, ended_at, header_note, position, exercise_id, note, *columns in rows:
        if pk not in found:
            found[pk] = Stored(started_at, ended_at, header_note, [])
        entries = found[pk].entries
        # What has nothing in it is one row all the same, of an outer join.
        if position is None:
            continue
        if not entries or entries[-1].position != position:
            entries.append(EntryRow(position, exercise_id, note, []))
        if columns[0] is not None:
            entries[-1].sets.append(SetRow._make(columns))
    return found


def entries_of(workout_ids: Collection[int]) -> dict[int, list[EntryRow]]:
    return {pk: one.entries for pk, one in stored(workout_ids).items()}


def workout_row(workout_id: int) -> WorkoutRow | None:
    row = Workout.objects.filter(pk=workout_id).values_list(*WorkoutRow._fields).first()
    return WorkoutRow._make(row) if row else None
