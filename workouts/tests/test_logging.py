"""Logging a whole workout in one request, once and again."""

from datetime import timedelta

import pytest
import time_machine

from customers.tests.factories import CustomerFactory
from workouts.models import Entry, Set, Workout
from workouts.tests.factories import NOON, ExerciseFactory, WorkoutFactory
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


@pytest.fixture
def treadmill():
    return ExerciseFactory(cardio=True)


def error_of(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"], error["facts"]


def counts():
    return Workout.objects.count(), Entry.objects.count(), Set.objects.count()


# --- What is written ----------------------------------------------------------------------------


def test_a_workout_is_logged_with_all_that_is_in_it(api, anna, press, treadmill):
    sets = [{"type": "warmup", "reps": 8, "weight_kg": 40, "rpe": 6.5}, FIVES]
    jog = {"duration_seconds": 1800, "distance_m": "5000.5", "calories": 300}

    made = api.post(WORKOUTS, body(anna, entry(press, *sets, note="slowly"), entry(treadmill, jog)))

    assert made.status_code == 201
    records = made.json().pop("new_records")
    workout = Workout.objects.get()
    nothing = dict.fromkeys(
        ("reps", "weight_kg", "duration_seconds", "distance_m", "calories", "rpe")
    )
    assert api.get(f"{WORKOUTS}/{workout.pk}").json() == {
        "id": workout.pk,
        "client_id": "00000000-0000-0000-0000-000000000001",
        "customer": anna.pk,
        "started_at": "2026-05-14T10:00:00Z",
        "ended_at": "2026-05-14T11:00:00Z",
        "note": "",
        "entries": [
            {
                "exercise": press.pk,
                "position": 1,
                "note": "slowly",
                "sets": [
                    {"position": 1, **nothing, **sets[0]},
                    {"position": 2, "type": "normal", **nothing, **FIVES},
                ],
            },
            {
                "exercise": treadmill.pk,
                "position": 2,
                "note": "",
                "sets": [{"position": 1, "type": "normal", **nothing, **jog, "distance_m": 5000.5}],
            },
        ],
    }
    assert {one["record"] for one in records if one["exercise"] == press.pk} == {
        "heaviest_weight_kg",
        "most_reps",
        "best_estimated_1rm_kg",
        "best_set_volume_kg",
    }


def test_a_workout_may_have_no_entries_yet_and_an_entry_no_sets(api, anna, press):
    bare = body(anna)
    del bare["entries"], bare["ended_at"]

    assert api.post(WORKOUTS, bare).json()["entries"] == []
    made = api.post(WORKOUTS, body(anna, {"exercise": press.pk}, number=2))

    assert (made.status_code, made.json()["new_records"]) == (201, [])
    assert made.json()["entries"] == [{"exercise": press.pk, "position": 1, "note": "", "sets": []}]


def test_positions_say_the_order_and_are_answered_as_1_to_n(api, anna, press, treadmill):
    sets = [FIVES | {"position": 10_000}, FIVES | {"reps": 3, "position": 0}]
    first = entry(press, *sets, position=7)
    second = entry(treadmill, {"duration_seconds": 60}, position=2)

    entries = api.post(WORKOUTS, body(anna, first, second)).json()["entries"]

    assert [(one["exercise"], one["position"]) for one in entries] == [
        (treadmill.pk, 1),
        (press.pk, 2),
    ]
    assert [(one["position"], one["reps"]) for one in entries[1]["sets"]] == [(1, 3), (2, 5)]


def test_the_most_that_fits_is_50_entries_and_100_sets_and_every_highest_value(
    api, anna, press, treadmill
):
    heavy = {"reps": 1000, "weight_kg": "1000.000", "rpe": 10}
    long = {"duration_seconds": 86_400, "distance_m": 1_000_000, "calories": 100_000, "rpe": 1}
    short = {"duration_seconds": 1, "distance_m": 0.001, "calories": 0, "reps": None}
    full = entry(press, *[heavy] * 100, note="a" * 2000)

    made = api.post(WORKOUTS, body(anna, full, entry(treadmill, long, short), *[entry(press)] * 48))

    assert made.status_code == 201
    assert counts() == (1, 50, 102)
    assert made.json()["entries"][0]["sets"][99]["weight_kg"] == 1000
    assert [one["distance_m"] for one in made.json()["entries"][1]["sets"]] == [1_000_000, 0.001]


def test_25_sets_cost_as_many_statements_as_5(api, queries_in, anna, press):
    fives = [body(anna, entry(press, FIVES), number=number) for number in (1, 2)]
    many = body(anna, *[entry(ExerciseFactory(), *[FIVES] * 5) for _ in range(5)], number=3)
    api.post(WORKOUTS, fives[0])

    for_one = queries_in(lambda: api.post(WORKOUTS, fives[1]))

    assert queries_in(lambda: api.post(WORKOUTS, many)) == for_one
    assert counts() == (3, 7, 27)


# --- When it was --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started_at", "ended_at", "problem"),
    [
        pytest.param("2026-05-14T12:00:00Z", None, None, id="it starts now"),
        pytest.param(
            "2026-05-14T12:00:00.000001Z", None, ("max_value", "started_at"), id="it starts later"
        ),
        pytest.param("2026-05-14T11:00:00Z", "2026-05-14T12:00:00Z", None, id="it ends now"),
        pytest.param(
            "2026-05-14T11:00:00Z",
            "2026-05-14T12:00:00.000001Z",
            ("max_value", "ended_at"),
            id="it ends later",
        ),
        pytest.param(
            "2026-05-14T11:00:00Z", "2026-05-14T11:00:00.000001Z", None, id="it takes a moment"
        ),
        pytest.param(
            "2026-05-14T11:00:00Z",
            "2026-05-14T11:00:00Z",
            ("min_value", "ended_at"),
            id="it takes no time",
        ),
        pytest.param(
            "2026-05-14T11:00:00Z",
            "2026-05-14T10:59:59.999999Z",
            ("min_value", "ended_at"),
            id="it ends before it starts",
        ),
        pytest.param("2026-05-13T11:00:00Z", "2026-05-14T11:00:00Z", None, id="it takes a day"),
        pytest.param(
            "2026-05-13T11:00:00Z",
            "2026-05-14T11:00:00.000001Z",
            ("max_value", "ended_at"),
            id="it takes more than a day",
        ),
        pytest.param(
            "2026-03-28T18:00:00+01:00",
            "2026-03-29T19:00:00+02:00",
            None,
            id="24 hours across the change to summer time",
        ),
        pytest.param(
            "2026-03-28T18:00:00+01:00",
            "2026-03-29T19:00:01+02:00",
            ("max_value", "ended_at"),
            id="a second more than 24 hours across the change to summer time",
        ),
    ],
)
def test_a_workout_lies_in_the_past_and_takes_24_hours_at_most(
    berlin, api, anna, started_at, ended_at, problem
):
    answer = api.post(WORKOUTS, body(anna, started_at=started_at, ended_at=ended_at))

    if problem is None:
        assert answer.status_code == 201
    else:
        assert error_of(answer) == (400, *problem, {})
    assert counts() == (int(problem is None), 0, 0)


def test_a_customer_has_one_workout_that_runs(api, anna):
    running = api.post(WORKOUTS, body(anna, ended_at=None)).json()

    refused = api.post(WORKOUTS, body(anna, ended_at=None, number=2))
    ended = api.post(WORKOUTS, body(anna, number=3))
    of_somebody_else = api.post(WORKOUTS, body(CustomerFactory(), ended_at=None, number=4))

    assert error_of(refused) == (409, "workout_running", None, {"workout": running["id"]})
    assert (ended.status_code, of_somebody_else.status_code) == (201, 201)
    assert Workout.objects.count() == 3


def test_a_running_workout_is_ended_and_the_next_can_run(api, anna):
    first = api.post(WORKOUTS, body(anna, ended_at=None)).json()
    other = WorkoutFactory(customer=anna)
    path = f"{WORKOUTS}/{first['id']}"

    for method in (api.patch, api.put):
        ran_on = method(f"{WORKOUTS}/{other.pk}", body(anna, ended_at=None) | _header_of(other))
        assert error_of(ran_on) == (409, "workout_running", None, {"workout": first["id"]})
    noted = api.patch(path, {"note": "Still at it"})
    ended = api.patch(path, {"ended_at": "2026-05-14T12:00:00Z"})

    assert (noted.status_code, noted.json()["ended_at"]) == (200, None)
    assert (ended.status_code, ended.json()["ended_at"]) == (200, "2026-05-14T12:00:00Z")
    assert api.patch(f"{WORKOUTS}/{other.pk}", {"ended_at": None}).status_code == 200


def _header_of(workout):
    return {"client_id": str(workout.client_id)}


# --- Exercises that are there no more -----------------------------------------------------------


def test_a_deactivated_exercise_is_not_for_further_workouts(api, anna, press):
    kept = api.post(WORKOUTS, body(anna, entry(press, FIVES))).json()
    without = api.post(WORKOUTS, body(anna, number=2)).json()
    api.patch(f"/api/exercises/{press.pk}", {"is_active": False})
    inactive = (400, "exercise_inactive", "entries.0.exercise", {})

    posted = api.post(WORKOUTS, body(anna, entry(press, FIVES), number=3))
    put = api.put(f"{WORKOUTS}/{without['id']}", body(anna, entry(press, FIVES), number=2))
    stays = api.put(f"{WORKOUTS}/{kept['id']}", body(anna, entry(press, FIVES, FIVES)))

    assert error_of(posted) == error_of(put) == inactive
    assert (stays.status_code, len(stays.json()["entries"][0]["sets"])) == (200, 2)
    assert counts() == (2, 1, 2)


def test_a_phone_whose_workout_ended_a_moment_ago_may_ask_again_later(api, anna):
    sent = body(anna, ended_at="2026-05-14T12:00:00Z")
    api.post(WORKOUTS, sent)

    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        assert api.post(WORKOUTS, sent).status_code == 200
