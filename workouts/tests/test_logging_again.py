"""A phone that sends a workout again does no harm."""

from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from customers.tests.factories import CustomerFactory
from workouts import services
from workouts.models import Entry, Set, Workout
from workouts.tests.factories import NOON, ExerciseFactory
from workouts.tests.training import body, entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

WORKOUTS = "/api/workouts"
FIVES = {"reps": 5, "weight_kg": 80}


@pytest.fixture
def anna():
    return CustomerFactory()


@pytest.fixture
def press():
    return ExerciseFactory()


def error_of(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"], error["facts"]


def counts():
    return Workout.objects.count(), Entry.objects.count(), Set.objects.count()


def test_the_same_body_again_is_the_same_workout(api, anna, press):
    sent = body(anna, entry(press, FIVES))
    first = api.post(WORKOUTS, sent)

    again = api.post(WORKOUTS, sent)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert counts() == (1, 1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"client_id": str(UUID(int=1)).upper()}, id="the client_id in capitals"),
        pytest.param({"started_at": "2026-05-14T12:00:00+02:00"}, id="the time in another zone"),
        pytest.param({"note": "  "}, id="a note of blanks"),
        pytest.param({"id": 17, "new_records": []}, id="what the server makes"),
    ],
)
def test_a_body_that_means_the_same_is_the_same(api, anna, press, changes):
    sent = body(anna, entry(press, FIVES))
    first = api.post(WORKOUTS, sent)

    again = api.post(WORKOUTS, sent | changes)

    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


def test_a_time_is_the_same_in_every_zone(anna):
    log = partial(
        services.log_workout,
        client_id=UUID(int=1),
        customer_id=anna.pk,
        ended_at=None,
        note="",
        entries=[],
        at=NOON,
    )
    workout, _ = log(started_at=NOON)

    again = log(started_at=NOON.astimezone(ZoneInfo("Europe/Berlin")))

    assert again == (workout, False)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"reps": 5.0, "weight_kg": 80.0}, id="numbers with a point"),
        pytest.param({"reps": 5, "weight_kg": "80.000"}, id="a decimal string"),
        pytest.param(FIVES | {"type": "normal", "rpe": None}, id="defaults that are sent"),
        pytest.param(FIVES | {"position": 17}, id="positions in the same order"),
        pytest.param(FIVES | {"calories": None}, id="nothing of the other kind"),
    ],
)
def test_a_set_that_means_the_same_is_the_same(api, anna, press, other):
    api.post(WORKOUTS, body(anna, entry(press, FIVES)))

    assert api.post(WORKOUTS, body(anna, entry(press, other))).status_code == 200


def test_the_same_again_is_answered_as_the_workout_is_by_then(api, anna, press):
    sent = body(anna, entry(press, FIVES))
    workout = api.post(WORKOUTS, sent).json()
    api.put(f"{WORKOUTS}/{workout['id']}", sent | {"note": "edited", "entries": []})
    api.delete(f"/api/exercises/{press.pk}")

    again = api.post(WORKOUTS, sent)

    assert again.status_code == 200
    assert again.json() == workout | {"note": "edited", "entries": [], "new_records": []}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"note": "Slept badly"}, id="a note"),
        pytest.param({"ended_at": None}, id="no end"),
        pytest.param({"started_at": "2026-05-14T10:00:00.000001Z"}, id="a microsecond later"),
        pytest.param({"entries": []}, id="no entries"),
        pytest.param({"customer": "another"}, id="another customer"),
    ],
)
def test_another_body_under_a_known_client_id_is_refused(api, anna, press, changes):
    first = api.post(WORKOUTS, body(anna, entry(press, FIVES))).json()
    if "customer" in changes:
        changes = {"customer": CustomerFactory().pk}

    refused = api.post(WORKOUTS, body(anna, entry(press, FIVES)) | changes)

    assert error_of(refused) == (409, "client_id_reused", None, {"workout": first["id"]})
    assert counts() == (1, 1, 1)
