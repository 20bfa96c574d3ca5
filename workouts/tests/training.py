"""Workouts as phones send them, and as the services write them."""

from datetime import timedelta
from itertools import count
from uuid import UUID

from workouts import services
from workouts.rows import EntryRow, SetRow
from workouts.tests.factories import HOUR

CLIENT_IDS = count(1_000_000)
CENTURY = timedelta(days=36_500)


# --- In JSON ------------------------------------------------------------------------------------


def body(customer, *entries, number=1, **changes):
    """Give the body of a POST, of an hour before noon."""
    return {
        "client_id": str(UUID(int=number)),
        "customer": customer.pk,
        "started_at": "2026-05-14T10:00:00Z",
        "ended_at": "2026-05-14T11:00:00Z",
        "entries": list(entries),
    } | changes


def entry(exercise, *sets, **more):
    return {"exercise": exercise.pk, "sets": list(sets), **more}


# --- In rows ------------------------------------------------------------------------------------


def lift(reps, kg, type="normal"):  # noqa: A002
    return SetRow(0, type, reps, round(kg * 1000), None, None, None, None)


def run(seconds, metres=None, type="normal"):  # noqa: A002
    millimetres = None if metres is None else round(metres * 1000)
    return SetRow(0, type, None, None, seconds, millimetres, None, None)


def numbered(entries):
    """Give entries, each an exercise and its sets, as the services take them."""
    return [
        EntryRow(
            place,
            exercise.pk,
            "",
            [each._replace(position=number) for number, each in enumerate(sets, start=1)],
        )
        for place, (exercise, *sets) in enumerate(entries, start=1)
    ]


def log(customer, started_at, *entries, lasted=HOUR):
    """Log a workout; one that lasted None still runs."""
    workout, _ = services.log_workout(
        client_id=UUID(int=next(CLIENT_IDS)),
        customer_id=customer.pk,
        started_at=started_at,
        ended_at=None if lasted is None else started_at + lasted,
        note="",
        entries=numbered(entries),
        at=started_at + CENTURY,
    )
    return workout


def replace(workout, *entries, **changes):
    """Replace a workout's entries, and what else is named."""
    header = {name: getattr(workout, name) for name in ("started_at", "ended_at", "note")}
    return services.replace_workout(
        workout=workout,
        **(header | changes),
        entries=numbered(entries),
        at=workout.started_at + CENTURY,
    )
