"""Workouts at the desk: found, looked into, corrected in their header, and deleted."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone
from zeal import zeal_ignore

from core.tests.listing import listed
from customers.tests.factories import CustomerFactory
from workouts.models import Entry, Set, Workout
from workouts.rows import entries_of
from workouts.tests.admin import WORKOUTS, change, errors_on, found_in, said_in
from workouts.tests.factories import HOUR, NOON, ExerciseFactory, WorkoutFactory
from workouts.tests.training import lift, log, run

pytestmark = pytest.mark.django_db

TEN = datetime(2026, 5, 14, 10, tzinfo=UTC)


def header(started_at, ended_at, note=""):
    """Give the form of a header on the gym's clock."""
    body = {"note": note}
    for name, moment in (("started_at", started_at), ("ended_at", ended_at)):
        local = moment and timezone.localtime(moment)
        body[f"{name}_0"] = f"{local:%Y-%m-%d}" if local else ""
        body[f"{name}_1"] = f"{local:%H:%M:%S}" if local else ""
    return body


def shown_of(answer, workout):
    page = answer.context["cl"].model_admin
    [row] = [one for one in found_in(answer) if one == workout]
    told = (page.started(row), page.show_length(row), page.show_sets(row), page.show_volume(row))
    return [_text(each) for each in told]


def _text(value):
    return value.split(">")[1].split("<")[0].strip() if "<" in str(value) else value


# --- The list -----------------------------------------------------------------------------------


def test_the_list_tells_start_and_length_in_the_gym_and_what_was_done(admin_client, berlin):
    press, treadmill = ExerciseFactory(), ExerciseFactory(cardio=True)
    anna = CustomerFactory()
    long = log(
        anna,
        TEN,
        (press, lift(10, 20, "warmup"), lift(5, 80.125)),
        (press, lift(12, 0)),
        (treadmill, run(60)),
        lasted=timedelta(hours=1, minutes=5, seconds=59),
    )
    short = log(anna, TEN - timedelta(days=1), (treadmill, run(60)), lasted=timedelta(seconds=90))
    running = log(anna, TEN + HOUR * 2, lasted=None)

    answer = admin_client.get(WORKOUTS)

    assert found_in(answer) == [running, long, short]
    assert shown_of(answer, long) == ["Thu 14 May 2026, 12:00", "1 h 05 min", 4, "600.625 kg"]
    assert shown_of(answer, short) == ["Wed 13 May 2026, 12:00", "1 min", 1, None]
    assert shown_of(answer, running) == ["Thu 14 May 2026, 14:00", "Running", 0, None]


def test_workouts_are_found_by_customer_exercise_day_and_whether_they_run(admin_user):
    anna = CustomerFactory(first_name="Anna", last_name="Weber", email="weber@example.org")
    press = ExerciseFactory()
    early = log(CustomerFactory(), TEN - timedelta(days=1), (press, lift(5, 80)))
    running = log(anna, TEN, lasted=None)

    asked = {
        "q=anna+weber": [running],
        f"customer__id__exact={anna.pk}": [running],
        f"exercise={press.pk}": [early],
        "exercise=0": [],
        "started_at_to=2026-05-13": [early],
        "running=yes": [running],
        "running=no": [early],
        "running=perhaps": [running, early],
    }

    assert {query: listed(Workout, admin_user, query) for query in asked} == asked


def test_a_name_that_too_many_have_is_to_be_typed_in_full(admin_client, monkeypatch):
    monkeypatch.setattr("workouts.admin.workouts.MOST_FOUND", 1)
    for name in ("Anna", "Annabel"):
        WorkoutFactory(customer__first_name=name)

    answer = admin_client.get(WORKOUTS, {"q": "anna"})

    assert found_in(answer) == []
    assert said_in(answer) == ["More than 1 are called so. Type more of the name, please."]


@pytest.mark.parametrize("text", ["x", "1\x00", "9" * 40])
def test_the_list_is_there_whatever_its_address_asks_for(admin_client, text):
    for name in ("customer__id__exact", "exercise"):
        answer = admin_client.get(WORKOUTS, {name: text, "running": text}, follow=True)

        assert answer.status_code == 200


def test_lists_and_pages_cost_the_same_however_much_was_trained(admin_client, queries_in):
    def costs_of(workout):
        urls = (WORKOUTS, change(WORKOUTS, workout))
        return [queries_in(partial(admin_client.get, url)) for url in urls]

    small = costs_of(log(CustomerFactory(), TEN, (ExerciseFactory(), lift(5, 80))))
    for _ in range(4):
        big = log(CustomerFactory(), TEN, *[(ExerciseFactory(), lift(5, 80), lift(5, 80))] * 3)

    large = costs_of(big)

    assert large == small


# --- The page of one ----------------------------------------------------------------------------


def test_its_page_shows_every_set_in_order(admin_client):
    press, treadmill = ExerciseFactory(name="Press"), ExerciseFactory(name="Run", cardio=True)
    workout = log(
        CustomerFactory(),
        TEN,
        (press, lift(10, 20, "warmup"), lift(5, 80.5)._replace(rpe_halves=17)),
        (treadmill, run(3725, 5250.5)._replace(calories=1300), run(90)),
        (press, lift(12, 0, "failure")),
        (press,),
    )

    answer = admin_client.get(change(WORKOUTS, workout))

    told = [
        (entry["exercise"], [(one["done"], one["type"], one["effort"]) for one in entry["sets"]])
        for entry in answer.context["entries"]
    ]
    assert told == [
        ("Press", [("10 × 20 kg", "Warm-up", ""), ("5 × 80.5 kg", "Normal", "8.5")]),
        ("Run", [("1:02:05, 5.25 km, 1,300 kcal", "Normal", ""), ("1:30", "Normal", "")]),
        ("Press", [("12 × body weight", "To failure", "")]),
        ("Press", []),
    ]
    page = answer.content.decode()
    assert all(done in page for _, sets in told for done, *_ in sets)
    assert "No sets" in page


def test_staff_end_a_workout_that_a_phone_forgot_and_its_sets_stay(admin_client, berlin):
    workout = log(CustomerFactory(), TEN, (ExerciseFactory(), lift(5, 80)), lasted=None)
    sets = entries_of([workout.pk])

    answer = admin_client.post(
        change(WORKOUTS, workout), header(TEN, TEN + HOUR, "Ended at the desk.")
    )

    assert answer.status_code == 302
    workout.refresh_from_db()
    assert (workout.started_at, workout.ended_at) == (TEN, TEN + HOUR)
    assert workout.note == "Ended at the desk."
    assert entries_of([workout.pk]) == sets


@pytest.mark.parametrize(
    ("started_at", "ended_at", "errors"),
    [
        pytest.param(TEN, TEN - HOUR, ["ended_at"], id="an end before the start"),
        pytest.param(TEN, TEN + 25 * HOUR, ["ended_at"], id="longer than a day"),
        pytest.param(NOON + 876_000 * HOUR, None, ["started_at"], id="in the future"),
        pytest.param(TEN, None, ["__all__"], id="running beside another"),
    ],
)
def test_a_correction_that_the_service_refuses_is_a_sentence_on_the_form(
    admin_client, started_at, ended_at, errors
):
    anna = CustomerFactory()
    workout = log(anna, TEN, (ExerciseFactory(), lift(5, 80)))
    log(anna, TEN + 2 * HOUR, lasted=None)

    answer = admin_client.post(change(WORKOUTS, workout), header(started_at, ended_at, "Changed"))

    assert answer.status_code == 200
    assert list(errors_on(answer)) == errors
    stored = Workout.objects.get(pk=workout.pk)
    assert (stored.started_at, stored.ended_at, stored.note) == (TEN, TEN + HOUR, "")


def test_one_or_several_workouts_are_deleted_with_their_sets(admin_client):
    press = ExerciseFactory()
    one, *two, kept = (log(CustomerFactory(), TEN, (press, lift(5, 80))) for _ in range(4))
    body = {
        "action": "delete_selected",
        "_selected_action": [workout.pk for workout in two],
        "post": "yes",
    }

    admin_client.post(f"{WORKOUTS}{one.pk}/delete/", {"post": "yes"})
    # Each is held and deleted by itself, as the service says.
    with zeal_ignore():
        admin_client.post(WORKOUTS, body)

    assert [workout.pk for workout in Workout.objects.all()] == [kept.pk]
    assert (Entry.objects.count(), Set.objects.count()) == (1, 1)


def test_a_customers_page_leads_to_their_workouts_and_these_to_their_training(admin_client):
    workout = log(CustomerFactory(), TEN)
    WorkoutFactory()

    of_customer = dict(
        admin_client.get(f"/admin/customers/customer/{workout.customer_id}/change/").context[
            "elsewhere"
        ]
    )
    narrowed = admin_client.get(of_customer["Workouts"])
    training = admin_client.get(narrowed.context["training"])
    [(_, of_workout)] = admin_client.get(change(WORKOUTS, workout)).context["elsewhere"]

    assert found_in(narrowed) == [workout]
    assert narrowed.context["training"] in narrowed.content.decode()
    assert of_workout == narrowed.context["training"]
    assert training.context["customer"] == workout.customer
