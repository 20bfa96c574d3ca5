"""
Everything that writes workouts.

Whoever writes one holds its customer's row. So two phones of one customer, or one that asks again
before it was answered, come one after the other.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from core.constraints import broken_rule
from core.deleting import NAMED_HOLDERS, delete
from core.errors import Invalid, Protected
from core.keeping import keep
from core.transactions import in_transaction
from customers.models import Customer
from workouts.errors import ClientIdReused, WorkoutRunning
from workouts.models import LONGEST_WORKOUT, Entry, Exercise, Set, Workout
from workouts.rows import EntryRow, SetRow, entries_of, in_order
from workouts.states import NEEDED, POSSIBLE, Kind

# The fields of a set's row that only one of the kinds has, by the API's names.
COLUMN_OF = {
    "reps": "reps",
    "weight_kg": "weight_grams",
    "duration_seconds": "duration_seconds",
    "distance_m": "distance_millimetres",
    "calories": "calories",
}


# --- Workouts -----------------------------------------------------------------------------------


def log_workout(
    *,
    client_id: UUID,
    customer_id: int,
    started_at: datetime,
    ended_at: datetime | None,
    note: str,
    entries: Sequence[EntryRow],
    at: datetime,
) -> tuple[Workout, bool]:
    """
    Write a whole workout, or find the one that the same body wrote before.

    Gives the workout, and whether it was written just now. Entries and sets are in the order in
    which they were sent; their positions say which they are to have.

    :raises Invalid: naming the path of what makes no sense.
    :raises ClientIdReused: when something else was posted with this client_id.
    :raises WorkoutRunning: when it runs, and another of the customer's does.
    """
    header = {"started_at": started_at, "ended_at": ended_at, "note": note}
    attempt = partial(_log, client_id, customer_id, header, entries, at)
    try:
        return attempt()
    except IntegrityError as error:
        if broken_rule(error) != "workout_one_per_client_id":
            raise
    # Another customer's came with the same id at this moment, and is found now.
    return attempt()


@in_transaction
def _log(
    client_id: UUID,
    customer_id: int,
    header: dict[str, Any],
    entries: Sequence[EntryRow],
    at: datetime,
) -> tuple[Workout, bool]:
    _hold(customer_id)
    told = fingerprint(customer_id, header, entries)
    known = Workout.objects.filter(client_id=client_id).first()
    if known is not None:
        if known.fingerprint != told:
            raise ClientIdReused(workout=known.pk)
        return known, False
    workout = Workout(client_id=client_id, customer_id=customer_id, fingerprint=told, **header)
    _refuse_impossible_times(workout, at=at)
    _refuse_unfit_exercises(entries, known_ids=set())
    _refuse_if_another_runs(workout)
    workout.save(force_insert=True)
    _write_entries(workout, in_order(entries))
    return workout, True


@in_transaction
def replace_workout(
    *,
    workout: Workout,
    started_at: datetime,
    ended_at: datetime | None,
    note: str,
    entries: Sequence[EntryRow],
    at: datetime,
) -> Workout:
    """
    Write a workout anew, entries and all.

    :raises Invalid: naming the path of what makes no sense.
    :raises WorkoutRunning: when it is to run, and another of the customer's does.
    """
    workout = _held(workout)
    stored = entries_of([workout.pk])[workout.pk]
    header = {"started_at": started_at, "ended_at": ended_at, "note": note}
    for name, value in header.items():
        setattr(workout, name, value)
    _refuse_impossible_times(workout, at=at)
    # One that was deactivated since may stay where it is.
    _refuse_unfit_exercises(entries, known_ids={entry.exercise_id for entry in stored})
    _refuse_if_another_runs(workout)
    workout.save(update_fields=list(header))
    ordered = in_order(entries)
    if ordered != stored:
        # Their sets go along.
        Entry.objects.filter(workout=workout).delete()
        _write_entries(workout, ordered)
    return workout


@in_transaction
def edit_workout(
    *,
    workout: Workout,
    changes: dict[str, Any],
    entries: Sequence[EntryRow] | None,
    at: datetime,
) -> Workout:
    """
    Write the changed fields of a workout's header, and no other.

    :raises Invalid: when the times make no sense, or `entries` are not those that it has.
    :raises WorkoutRunning: when it is to run, and another of the customer's does.
    """
    workout = _held(workout)
    if entries is not None and in_order(entries) != entries_of([workout.pk])[workout.pk]:
        raise Invalid("entries", "immutable", "This cannot be changed here.")
    for name, value in changes.items():
        setattr(workout, name, value)
    _refuse_impossible_times(workout, at=at)
    _refuse_if_another_runs(workout)
    workout.save(update_fields=list(changes))
    return workout


@in_transaction
def delete_workout(workout: Workout) -> None:
    """Delete a workout with all that is in it, as if it had never been."""
    _held(workout).delete()


def _hold(customer_id: int) -> None:
    customers = Customer.objects.select_for_update(no_key=True)
    if not customers.filter(pk=customer_id).exists():
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")


def _held(workout: Workout) -> Workout:
    """Give the workout as it is once nobody else can write it."""
    _hold(workout.customer_id)
    return Workout.objects.get(pk=workout.pk)


def fingerprint(customer_id: int, header: dict[str, Any], entries: Sequence[EntryRow]) -> str:
    """
    Tell one body from another, by what it means: 5 is 5.0, and a time is the same everywhere.

    Stored, so a change of this form makes another body of every repeated one.
    """
    times = [
        moment and moment.astimezone(UTC).isoformat()
        for moment in (header["started_at"], header["ended_at"])
    ]
    told = json.dumps([customer_id, *times, header["note"], in_order(entries)])
    return sha256(told.encode()).hexdigest()


# --- What makes no sense, and what the gym refuses ----------------------------------------------


def _refuse_impossible_times(workout: Workout, *, at: datetime) -> None:
    started_at, ended_at = workout.started_at, workout.ended_at
    for attr, moment in (("started_at", started_at), ("ended_at", ended_at)):
        if moment is not None and moment > at:
            raise Invalid(attr, "max_value", "This lies in the future.")
    if ended_at is None:
        return
    length = ended_at.astimezone(UTC) - started_at.astimezone(UTC)
    if length <= timedelta():
        raise Invalid("ended_at", "min_value", "A workout ends after it has started.")
    if length > LONGEST_WORKOUT:
        raise Invalid("ended_at", "max_value", "A workout ends within 24 hours.")


def _refuse_if_another_runs(workout: Workout) -> None:
    if workout.ended_at is not None:
        return
    running = Workout.objects.filter(customer=workout.customer_id, ended_at__isnull=True)
    other = running.exclude(pk=workout.pk).values_list("pk", flat=True).first()
    if other is not None:
        raise WorkoutRunning(workout=other)


def _refuse_unfit_exercises(entries: Sequence[EntryRow], *, known_ids: Collection[int]) -> None:
    """
    Look all exercises up, to stay until the transaction ends, and hold the sets to their kinds.

    :raises Invalid: for the first that is unknown or inactive, and for the first unfit set.
    """
    wanted = {entry.exercise_id for entry in entries}
    if not wanted:
        return
    found = {one.pk: one for one in keep(Exercise.objects.filter(pk__in=wanted).order_by("pk"))}
    for index, entry in enumerate(entries):
        path = f"entries.{index}"
        exercise = found.get(entry.exercise_id)
        if exercise is None:
            sentence = f"There is no exercise {entry.exercise_id}."
            raise Invalid(f"{path}.exercise", "does_not_exist", sentence)
        if not exercise.is_active and exercise.pk not in known_ids:
            sentence = f"{exercise.name} is not for further workouts."
            raise Invalid(f"{path}.exercise", "exercise_inactive", sentence)
        for number, each in enumerate(entry.sets):
            for attr, code, sentence in _problems_of(each, Kind(exercise.kind)):
                raise Invalid(f"{path}.sets.{number}.{attr}", code, sentence)


def _problems_of(each: SetRow, kind: Kind) -> Iterator[tuple[str, str, str]]:
    for attr, column in COLUMN_OF.items():
        value = getattr(each, column)
        if value is None and attr in NEEDED[kind]:
            yield attr, "required", f"A set of a {kind} exercise needs this."
        if value is not None and attr not in POSSIBLE[kind]:
            yield attr, "wrong_kind", f"A set of a {kind} exercise has no such value."


# --- Rows ---------------------------------------------------------------------------------------


def _write_entries(workout: Workout, entries: Sequence[EntryRow]) -> None:
    written = Entry.objects.bulk_create(
        Entry(
            workout=workout,
            customer_id=workout.customer_id,
            exercise_id=entry.exercise_id,
            position=entry.position,
            note=entry.note,
        )
        for entry in entries
    )
    Set.objects.bulk_create(
        Set(entry=row, **each._asdict())
        for row, entry in zip(written, entries, strict=True)
        for each in entry.sets
    )


# --- Exercises ----------------------------------------------------------------------------------


@in_transaction
def delete_exercise(exercise: Exercise) -> None:
    """
    Delete an exercise that nobody has trained.

    :raises Protected: naming the workouts that it is in.
    """
    workouts = Entry.objects.filter(exercise=exercise).order_by("workout")
    held = list(workouts.values_list("workout", flat=True).distinct()[:NAMED_HOLDERS])
    if held:
        raise Protected(held_by={"workouts": held})
    delete(exercise)
