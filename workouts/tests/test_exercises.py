"""The catalogue of exercises over HTTP."""

from importlib import import_module

import pytest
from django.apps import apps

from workouts.catalogue import CATALOGUE
from workouts.models import Exercise
from workouts.states import Equipment, Kind
from workouts.tests.factories import EntryFactory, ExerciseFactory

pytestmark = pytest.mark.django_db

EXERCISES = "/api/exercises"
begin = import_module("workouts.migrations.0002_begin_with_a_catalogue").begin


def error_of(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["attr"]


@pytest.fixture
def no_exercises():
    Exercise.objects.all().delete()


def test_a_gym_begins_with_exercises_on_all_of_its_equipment(no_exercises):
    ExerciseFactory(name="BENCH press", muscles=["all"])

    begin(apps, None)

    there = Exercise.objects.values_list("name", "equipment", "kind", "muscles")
    own = [row for row in CATALOGUE if row[0] != "Bench press"]
    assert sorted(there) == sorted([*own, ("BENCH press", "dumbbell", "strength", ["all"])])
    assert len(CATALOGUE) >= 60
    assert {equipment for _, equipment, _, _ in CATALOGUE} == set(Equipment)
    assert {kind for _, _, kind, _ in CATALOGUE} == set(Kind)


def test_staff_add_an_exercise(api):
    sent = {"name": "Zercher carry", "equipment": "kettlebell", "kind": "cardio"}

    made = api.post(EXERCISES, sent | {"muscles": ["abdominals", "glutes"]})
    bare = api.post(EXERCISES, sent | {"name": "Suitcase carry"})

    assert made.status_code == bare.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        **sent,
        "muscles": ["abdominals", "glutes"],
        "is_active": True,
    }
    assert bare.json()["muscles"] == []


def test_a_name_is_given_once_in_any_case(api):
    squat = ExerciseFactory(name="Sissy squat")
    other = ExerciseFactory(name="Cossack squat")
    sent = {"name": "SISSY squat", "equipment": "bodyweight", "kind": "strength"}

    assert error_of(api.post(EXERCISES, sent)) == (400, "unique", "name")
    renamed = api.patch(f"{EXERCISES}/{other.pk}", {"name": "sissy Squat"})
    assert error_of(renamed) == (400, "unique", "name")
    assert api.patch(f"{EXERCISES}/{squat.pk}", {"name": "Sissy Squat"}).status_code == 200


def test_exercises_are_filtered_and_searched(api, no_exercises):
    press = ExerciseFactory(name="Floor press")
    run = ExerciseFactory(name="Run", cardio=True)
    swing = ExerciseFactory(name="Swing press", equipment="kettlebell", is_active=False)

    def found(**asked):
        return [row["id"] for row in api.get(EXERCISES, asked).json()["results"]]

    assert found(equipment="dumbbell,kettlebell") == [press.pk, swing.pk]
    assert found(kind="cardio") == [run.pk]
    assert found(is_active="true") == [press.pk, run.pk]
    assert found(search="press") == [press.pk, swing.pk]


def test_an_exercise_that_was_trained_is_not_deleted_and_names_the_workouts(api):
    exercise = ExerciseFactory()
    first = EntryFactory(exercise=exercise)
    EntryFactory(exercise=exercise, workout=first.workout, position=2)
    second = EntryFactory(exercise=exercise)

    refused = api.delete(f"{EXERCISES}/{exercise.pk}")

    assert refused.status_code == 409
    [error] = refused.json()["errors"]
    assert error["code"] == "protected"
    assert error["facts"] == {"held_by": {"workouts": [first.workout_id, second.workout_id]}}
    assert Exercise.objects.filter(pk=exercise.pk).exists()
