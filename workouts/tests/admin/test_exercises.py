"""The catalogue at the desk: names, muscles as text, the kind that stays, who has trained it."""

import pytest
from django.core.exceptions import ValidationError

from core.tests.listing import listed
from workouts.admin import exercises
from workouts.admin.exercises import MusclesField
from workouts.models import Entry, Exercise
from workouts.tests.admin import (
    EXERCISES,
    WORKOUTS,
    change,
    errors_on,
    found_in,
    said_in,
)
from workouts.tests.factories import EntryFactory, ExerciseFactory

pytestmark = pytest.mark.django_db

FORM = {"name": "Sled push", "equipment": "bodyweight", "kind": "strength", "is_active": "on"}


@pytest.mark.parametrize(
    ("typed", "muscles"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("chest", ["chest"], id="one"),
        pytest.param(" chest ,, upper back,", ["chest", "upper back"], id="with commas"),
        pytest.param("chest\r\nupper back", ["chest", "upper back"], id="on lines"),
        pytest.param("ä" * 50, ["ä" * 50], id="as long as may be"),
        pytest.param(", ".join(["chest"] * 20), ["chest"] * 20, id="as many as may be"),
    ],
)
def test_muscles_are_typed_as_text(typed, muscles):
    assert MusclesField(required=False).clean(typed) == muscles


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("ä" * 51, id="one that is too long"),
        pytest.param(",".join(["chest"] * 21), id="too many"),
        pytest.param("che\x00st", id="a null character"),
    ],
)
def test_muscles_that_the_api_refuses_are_a_mistake_of_the_form(typed):
    with pytest.raises(ValidationError):
        MusclesField(required=False).clean(typed)


def test_staff_add_an_exercise(admin_client):
    admin_client.post(f"{EXERCISES}add/", FORM | {"muscles": "quadriceps, glutes"})

    made = Exercise.objects.get(name="Sled push")
    assert (made.kind, made.muscles) == ("strength", ["quadriceps", "glutes"])


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        pytest.param({"muscles": "che\x00st"}, ["muscles"], id="a null character"),
        pytest.param({"name": "bench PRESS"}, ["__all__"], id="a name that is taken"),
        pytest.param({"equipment": "rope"}, ["equipment"], id="unknown equipment"),
    ],
)
def test_what_the_api_refuses_is_no_exercise(admin_client, changes, errors):
    before = Exercise.objects.count()

    answer = admin_client.post(f"{EXERCISES}add/", FORM | changes)

    assert answer.status_code == 200
    assert list(errors_on(answer)) == errors
    assert Exercise.objects.count() == before


def test_the_kind_stays_and_what_a_colleague_wrote_meanwhile_stays_too(admin_client):
    exercise = ExerciseFactory(muscles=["chest", "back"])
    shown = {"initial-muscles": "chest, back", "initial-name": exercise.name}
    typed = {"name": exercise.name, "equipment": "kettlebell", "muscles": "chest, back"}
    Exercise.objects.filter(pk=exercise.pk).update(muscles=["glutes"])

    admin_client.post(
        change(EXERCISES, exercise),
        shown | typed | {"initial-equipment": "dumbbell", "kind": "cardio", "is_active": "on"},
    )

    exercise.refresh_from_db()
    assert (exercise.equipment, exercise.kind) == ("kettlebell", "strength")
    assert exercise.muscles == ["glutes"]


def test_muscles_with_a_comma_in_one_are_what_the_form_showed(admin_client):
    exercise = ExerciseFactory(muscles=["quadriceps, outer"])
    form = {"name": exercise.name, "equipment": "dumbbell", "is_active": "on"}
    shown = {f"initial-{name}": value for name, value in form.items()}
    shown["initial-muscles"] = "quadriceps, outer"

    admin_client.post(change(EXERCISES, exercise), form | shown | {"muscles": "quadriceps"})

    exercise.refresh_from_db()
    assert exercise.muscles == ["quadriceps"]


def test_an_exercise_that_somebody_trained_is_not_deleted(admin_client):
    trained, idle = EntryFactory().exercise, ExerciseFactory()
    body = {"action": "delete_selected", "_selected_action": [trained.pk, idle.pk], "post": "yes"}

    one = admin_client.post(f"{EXERCISES}{trained.pk}/delete/", {"post": "yes"}, follow=True)
    both = admin_client.post(EXERCISES, body, follow=True)
    other = admin_client.post(f"{EXERCISES}{idle.pk}/delete/", {"post": "yes"})

    sentence = "This cannot be deleted: workout entries refer to it."
    assert (said_in(one), said_in(both)) == ([sentence], [sentence])
    assert other.status_code == 302
    left = Exercise.objects.filter(pk__in=[trained.pk, idle.pk])
    assert list(left) == [trained]


def test_the_list_says_in_how_many_workouts_each_is_and_leads_to_them(admin_client, monkeypatch):
    monkeypatch.setattr(exercises, "MOST_COUNTED", 2)
    Exercise.objects.all().delete()
    often, twice, never = (ExerciseFactory(name=name) for name in ("A", "B", "C"))
    for _ in range(3):
        EntryFactory(exercise=often)
    first, second = EntryFactory(exercise=twice), EntryFactory(exercise=twice)
    EntryFactory(exercise=twice, workout=second.workout, position=2)

    answer = admin_client.get(EXERCISES)
    workouts = admin_client.get(WORKOUTS, {"exercise": twice.pk})

    its_admin = answer.context["cl"].model_admin
    told = [its_admin.show_workouts(one) for one in found_in(answer)]
    assert found_in(answer) == [often, twice, never]
    assert [text.split(">")[-2].removesuffix("</a") for text in told[:2]] == ["More than 2", "2"]
    assert told[2] == "None"
    assert {one.pk for one in found_in(workouts)} == {first.workout_id, second.workout_id}
    assert workouts.context["cl"].result_count == 2


def test_who_may_not_see_workouts_is_led_to_none(viewer):
    page = viewer("view_exercise").get(change(EXERCISES, ExerciseFactory()))

    assert (page.status_code, page.context["elsewhere"]) == (200, [])


def test_exercises_are_found_by_name_equipment_kind_and_whether_they_are_active(admin_user):
    Exercise.objects.all().delete()
    run = ExerciseFactory(name="Treadmill run", cardio=True)
    old = ExerciseFactory(name="Old press", is_active=False)

    asked = {
        "q=mill": [run],
        "equipment__exact=treadmill": [run],
        "kind__exact=strength": [old],
        "is_active__exact=0": [old],
    }

    assert {query: listed(Exercise, admin_user, query) for query in asked} == asked


def test_the_list_of_exercises_costs_the_same_however_often_they_are_trained(
    admin_client, queries_in
):
    Exercise.objects.all().delete()
    EntryFactory()
    one = queries_in(lambda: admin_client.get(EXERCISES))
    for _ in range(4):
        EntryFactory()

    five = queries_in(lambda: admin_client.get(EXERCISES))

    assert five == one
    assert Entry.objects.count() == 5
