"""Replacing, editing and deleting workouts, and reading them in lists."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from core.errors import Invalid
from customers.tests.factories import CustomerFactory
from workouts import services
from workouts.models import Entry, Set, Workout
from workouts.tests.factories import (
    HOUR,
    NOON,
    EntryFactory,
    ExerciseFactory,
    SetFactory,
    WorkoutFactory,
)
from workouts.tests.training import body, entry, log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

WORKOUTS = "/api/workouts"
FIVES = {"reps": 5, "weight_kg": 80}
TRIPLES = {"reps": 3, "weight_kg": 90}


def error_of(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"]


def edit_workout(workout, **changes):
    services.edit_workout(workout=workout, changes=changes, entries=None, at=NOON)


@pytest.fixture
def press():
    return ExerciseFactory()


@pytest.fixture
def anna():
    return CustomerFactory()


# --- One workout --------------------------------------------------------------------------------


def test_a_put_replaces_all_of_a_workout(api, anna, press):
    other = ExerciseFactory(cardio=True)
    made = api.post(WORKOUTS, body(anna, entry(press, FIVES, FIVES), note="Slept badly")).json()
    path = f"{WORKOUTS}/{made['id']}"

    put = api.put(
        path,
        {
            "client_id": made["client_id"],
            "customer": anna.pk,
            "started_at": "2026-05-14T09:00:00Z",
            "entries": [entry(other, {"duration_seconds": 60}), entry(press, TRIPLES)],
        },
    )

    assert put.status_code == 200
    answer = put.json()
    assert {one["record"] for one in answer.pop("new_records") if one["exercise"] == other.pk} == {
        "longest_duration_seconds"
    }
    assert api.get(path).json() == answer
    header = {name: answer[name] for name in ("started_at", "ended_at", "note")}
    assert header == {"started_at": "2026-05-14T09:00:00Z", "ended_at": None, "note": ""}
    assert [one["exercise"] for one in answer["entries"]] == [other.pk, press.pk]
    assert (Entry.objects.count(), Set.objects.count()) == (2, 2)


def test_a_put_costs_as_many_statements_for_25_sets_as_for_5(api, queries_in, anna, press):
    made = api.post(WORKOUTS, body(anna, entry(press, FIVES))).json()
    path = f"{WORKOUTS}/{made['id']}"
    for_one = queries_in(lambda: api.put(path, body(anna, entry(press, TRIPLES))))
    many = body(anna, *[entry(ExerciseFactory(), *[FIVES] * 5) for _ in range(5)])

    assert queries_in(lambda: api.put(path, many)) == for_one
    assert queries_in(lambda: api.put(path, body(anna, entry(press, FIVES)))) == for_one


def test_a_put_of_the_same_entries_leaves_their_rows_alone(api, anna, press):
    made = api.post(WORKOUTS, body(anna, entry(press, FIVES))).json()
    kept = Set.objects.get()

    api.put(f"{WORKOUTS}/{made['id']}", body(anna, entry(press, FIVES), note="edited"))

    assert Set.objects.get() == kept
    assert Workout.objects.get().note == "edited"


def test_a_patch_is_of_the_header_and_takes_the_rest_as_it_is(api, anna, press):
    made = api.post(WORKOUTS, body(anna, entry(press, FIVES, TRIPLES))).json()
    path = f"{WORKOUTS}/{made['id']}"
    # As the phone has sent it, without what was filled in.
    same = [entry(press, FIVES | {"position": 4}, TRIPLES | {"position": 8})]

    patched = api.patch(path, {"started_at": "2026-05-14T10:30:00Z", "entries": same})
    whole = api.patch(path, {**made, "note": "edited", "started_at": "2026-05-14T10:30:00Z"})

    assert (patched.status_code, whole.status_code) == (200, 200)
    del made["new_records"]
    assert whole.json() == made | {"started_at": "2026-05-14T10:30:00Z", "note": "edited"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda sets: sets[:1], id="a set less"),
        pytest.param(lambda sets: [*sets, FIVES], id="a set more"),
        pytest.param(lambda sets: sets[::-1], id="another order"),
        pytest.param(lambda sets: [sets[0] | {"rpe": 8}, sets[1]], id="another value"),
    ],
)
def test_a_patch_changes_no_entries(api, anna, press, change):
    made = api.post(WORKOUTS, body(anna, entry(press, FIVES, TRIPLES))).json()
    path = f"{WORKOUTS}/{made['id']}"
    entries = [entry(press, *change([FIVES, TRIPLES]))]

    refused = api.patch(path, {"note": "edited", "entries": entries})

    assert error_of(refused) == (400, "immutable", "entries")
    assert api.get(path).json() == {name: made[name] for name in made if name != "new_records"}


def test_a_patch_of_one_time_is_judged_with_the_other_as_it_stands(api, anna):
    path = f"{WORKOUTS}/{api.post(WORKOUTS, body(anna)).json()['id']}"

    assert error_of(api.patch(path, {"started_at": "2026-05-14T11:00:00Z"})) == (
        400,
        "min_value",
        "ended_at",
    )
    assert error_of(api.patch(path, {"started_at": "2026-05-13T10:59:59Z"})) == (
        400,
        "max_value",
        "ended_at",
    )
    assert api.patch(path, {"started_at": "2026-05-13T11:00:00Z"}).status_code == 200


def test_an_edit_is_judged_by_what_stands_by_then(anna):
    workout = log(anna, NOON - 3 * HOUR)
    Workout.objects.filter(pk=workout.pk).update(started_at=NOON - HOUR, ended_at=NOON)

    with pytest.raises(Invalid) as refused:
        edit_workout(workout, ended_at=NOON - 2 * HOUR)

    assert (refused.value.attr, refused.value.code) == ("ended_at", "min_value")
    assert Workout.objects.get().ended_at == NOON


def test_24_hours_on_the_gyms_clock_may_be_25(anna):
    berlin = ZoneInfo("Europe/Berlin")
    evening = datetime(2025, 10, 25, 18, tzinfo=berlin)
    workout = log(anna, evening)

    with pytest.raises(Invalid) as refused:
        edit_workout(workout, started_at=evening, ended_at=evening + timedelta(days=1))

    assert (refused.value.attr, refused.value.code) == ("ended_at", "max_value")
    assert Workout.objects.get().ended_at == workout.ended_at


def test_a_workout_is_deleted_with_all_that_is_in_it(api, queries_in):
    kept, small, large = SetFactory(), SetFactory(), SetFactory()
    for position in range(2, 7):
        SetFactory(entry=large.entry, position=position)
        SetFactory(entry=EntryFactory(workout=large.entry.workout, position=position))

    paths = [f"{WORKOUTS}/{one.entry.workout_id}" for one in (small, large)]
    costs = [queries_in(partial(api.delete, path)) for path in paths]

    assert costs[0] == costs[1]
    assert [api.delete(path).status_code for path in paths] == [404, 404]
    assert Set.objects.get() == kept
    assert (Entry.objects.get(), Workout.objects.get()) == (kept.entry, kept.entry.workout)


@pytest.mark.parametrize(
    ("address", "code"), [("", 200), ("/{pk}", 404)], ids=["in a list", "by itself"]
)
def test_a_workout_that_is_deleted_while_it_is_read_is_not_there(api, anna, address, code):
    workout = log(anna, NOON)

    def deleting(execute, sql, *args):
        if "workouts_set" in sql:
            Workout.objects.all()._raw_delete("default")
        return execute(sql, *args)

    with connection.execute_wrapper(deleting):
        answer = api.get(WORKOUTS + address.format(pk=workout.pk))

    assert answer.status_code == code
    assert answer.json().get("results", []) == []


@pytest.mark.parametrize("address", ["", "/{pk}"], ids=["in a list", "by itself"])
def test_a_workout_that_is_replaced_while_it_is_read_is_no_mixture(api, anna, address):
    workout = log(anna, NOON)

    def replacing(execute, sql, *args):
        if "workouts_set" in sql:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE workouts_workout SET note = 'after'")
        return execute(sql, *args)

    with connection.execute_wrapper(replacing):
        answer = api.get(WORKOUTS + address.format(pk=workout.pk)).json()

    [read] = answer.get("results", [answer])
    assert read["note"] == "after"


# --- Lists --------------------------------------------------------------------------------------


def test_workouts_are_listed_last_first_and_filtered(api, anna, press):
    def found(**asked):
        return [row["id"] for row in api.get(WORKOUTS, asked).json()["results"]]

    def at(moment, **values):
        return WorkoutFactory(started_at=moment, **values)

    early, late = at(NOON - 3 * HOUR, customer=anna), at(NOON - HOUR, customer=anna)
    tied = at(NOON - HOUR)
    running = at(NOON - 2 * HOUR, customer=anna, ended_at=None)
    EntryFactory(workout=early, exercise=press)
    EntryFactory(workout=early, exercise=press, position=2)
    EntryFactory(workout=tied, exercise=press)
    EntryFactory(workout=late)
    hour = (NOON - 2 * HOUR).isoformat()

    assert found() == [tied.pk, late.pk, running.pk, early.pk]
    assert found(ordering="started_at") == [early.pk, running.pk, late.pk, tied.pk]
    assert found(customer=anna.pk) == [late.pk, running.pk, early.pk]
    assert found(exercise=press.pk) == [tied.pk, early.pk]
    assert found(customer=anna.pk, exercise=press.pk) == [early.pk]
    assert found(running="true") == [running.pk]
    assert found(running="false") == [tied.pk, late.pk, early.pk]
    assert found(started_at_after=hour) == [tied.pk, late.pk, running.pk]
    assert found(started_at_before=hour) == [early.pk]


def test_a_list_costs_the_same_however_much_was_trained(api, queries_in):
    SetFactory()
    one = queries_in(lambda: api.get(WORKOUTS))
    for number in range(3):
        each = EntryFactory(workout__started_at=NOON - timedelta(days=number))
        SetFactory(entry=each)
        SetFactory(entry=EntryFactory(workout=each.workout, position=2))

    rows = api.get(WORKOUTS).json()["results"]

    assert queries_in(lambda: api.get(WORKOUTS)) == one
    assert sorted(len(row["entries"]) for row in rows) == [1, 2, 2, 2]
