"""Records, of all time and of one workout, and the progress in an exercise."""

from datetime import date, timedelta
from functools import partial

import pytest

from customers.tests.factories import CustomerFactory
from workouts import reports, services
from workouts.tests.factories import NOON, ExerciseFactory
from workouts.tests.training import lift, log, replace, run

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def anna():
    return CustomerFactory()


@pytest.fixture
def press():
    return ExerciseFactory()


@pytest.fixture
def treadmill():
    return ExerciseFactory(cardio=True)


def records_of(customer):
    return reports.records(customer_id=customer.pk)


def values_of(customer):
    """Give what the records of the customer's only exercise amount to."""
    [its] = records_of(customer)
    return {name: held and held["value"] for name, held in its.items() if name != "exercise"}


def holders_of(customer):
    [its] = records_of(customer)
    return {name: held["workout"] for name, held in its.items() if name != "exercise" and held}


def new_in(workout):
    found = reports.new_records(
        workout_id=workout.pk,
        customer_id=workout.customer_id,
        exercise_ids=[entry.exercise_id for entry in workout.entries.all()],
    )
    return [(one["exercise"], one["record"], one["value"], one["previous"]) for one in found]


# --- What a record is ---------------------------------------------------------------------------


def test_each_record_has_its_value_workout_and_day(anna, press):
    heavy = log(anna, NOON, (press, lift(2, 100), lift(8, 60)))
    light = log(anna, NOON + DAY, (press, lift(20, 40)))
    log(CustomerFactory(), NOON, (press, lift(30, 300)))

    heaviest = {"workout": heavy.pk, "date": date(2026, 5, 14)}
    assert records_of(anna) == [
        {
            "exercise": press.pk,
            "heaviest_weight_kg": {"value": 100.0, **heaviest},
            "most_reps": {"value": 20, "workout": light.pk, "date": date(2026, 5, 15)},
            "best_estimated_1rm_kg": {"value": 106.667, **heaviest},
            "best_set_volume_kg": {"value": 800.0, "workout": light.pk, "date": date(2026, 5, 15)},
        }
    ]


def test_records_of_cardio(anna, treadmill):
    far = log(anna, NOON, (treadmill, run(3600, 10_000)))
    fast = log(anna, NOON + DAY, (treadmill, run(299, 1_000), run(100, 999.999), run(3601)))

    [its] = records_of(anna)

    its_day, next_day = date(2026, 5, 14), date(2026, 5, 15)
    assert its == {
        "exercise": treadmill.pk,
        "longest_distance_m": {"value": 10_000.0, "workout": far.pk, "date": its_day},
        "longest_duration_seconds": {"value": 3601, "workout": fast.pk, "date": next_day},
        "fastest_pace_seconds_per_km": {"value": 299.0, "workout": fast.pk, "date": next_day},
    }


def test_records_stand_by_exercise_each_with_those_of_its_kind(anna, press, treadmill):
    log(anna, NOON, (treadmill, run(60)), (press, lift(1, 0)), (press, lift(13, 0)))

    by_exercise = {one.pop("exercise"): one for one in records_of(anna)}

    assert list(by_exercise) == sorted([press.pk, treadmill.pk])
    assert by_exercise[press.pk]["heaviest_weight_kg"]["value"] == 0
    assert by_exercise[press.pk]["most_reps"]["value"] == 13
    assert by_exercise[treadmill.pk]["longest_distance_m"] is None
    assert by_exercise[treadmill.pk]["fastest_pace_seconds_per_km"] is None


@pytest.mark.parametrize(
    ("reps", "estimate"),
    [
        pytest.param(1, 81.5, id="one repetition is the weight itself"),
        pytest.param(2, 86.933, id="two repetitions"),
        pytest.param(12, 114.1, id="twelve repetitions"),
        pytest.param(13, None, id="thirteen repetitions are too many"),
    ],
)
def test_the_most_that_can_be_lifted_once_is_estimated(anna, press, reps, estimate):
    log(anna, NOON, (press, lift(reps, 81.5)))

    assert values_of(anna)["best_estimated_1rm_kg"] == estimate


def test_an_estimate_is_compared_exactly(anna, press):
    # 75.000 × (1 + 10/30) and 90.909 × (1 + 3/30) both read 100.000; the first is more.
    log(anna, NOON, (press, lift(3, 90.909)))
    more = log(anna, NOON + DAY, (press, lift(10, 75)))

    assert new_in(more)[-1] == (press.pk, "best_set_volume_kg", 750.0, 272.727)
    assert (press.pk, "best_estimated_1rm_kg", 100.0, 100.0) in new_in(more)
    assert holders_of(anna)["best_estimated_1rm_kg"] == more.pk


def test_a_pace_is_compared_exactly(anna, treadmill):
    # A millimetre in a thousand kilometres.
    log(anna, NOON, (treadmill, run(86_399, 999_999.998)))
    faster = log(anna, NOON + DAY, (treadmill, run(86_399, 999_999.999)))

    assert holders_of(anna)["fastest_pace_seconds_per_km"] == faster.pk
    assert (treadmill.pk, "fastest_pace_seconds_per_km", 86.399, 86.399) in new_in(faster)


def test_warm_ups_are_no_records(anna, press, treadmill):
    log(
        anna,
        NOON,
        (press, lift(50, 200, "warmup"), lift(5, 80, "failure"), lift(4, 85, "drop")),
        (treadmill, run(9000, 50_000, "warmup")),
    )

    assert values_of(anna) == {
        "heaviest_weight_kg": 85.0,
        "most_reps": 5,
        "best_estimated_1rm_kg": 96.333,
        "best_set_volume_kg": 400.0,
    }


# --- Who holds it -------------------------------------------------------------------------------


def test_of_equal_ones_the_earlier_holds_the_record(anna, press):
    log(anna, NOON, (press, lift(5, 80)))
    first = log(anna, NOON - DAY, (press, lift(5, 80)))
    log(anna, NOON - DAY, (press, lift(5, 80)))

    assert set(holders_of(anna).values()) == {first.pk}


def test_records_follow_edits_and_deletions_at_once(anna, press):
    low, high = log(anna, NOON, (press, lift(5, 80))), log(anna, NOON + DAY, (press, lift(5, 90)))

    replace(high, (press, lift(5, 70)))
    assert set(holders_of(anna).values()) == {low.pk}
    replace(high, (press, lift(5, 80)), started_at=NOON - DAY, ended_at=NOON - DAY / 2)
    assert set(holders_of(anna).values()) == {high.pk}
    services.delete_workout(high)
    assert set(holders_of(anna).values()) == {low.pk}
    services.delete_workout(low)
    assert records_of(anna) == []


def test_a_workouts_records_are_better_than_all_others_of_the_customer(anna, press, treadmill):
    log(CustomerFactory(), NOON, (press, lift(50, 500)))
    first = log(anna, NOON, (press, lift(5, 80)), (treadmill, run(60)))
    # As heavy as the first, and a day before it: a record of neither.
    other = log(anna, NOON - DAY, (press, lift(5, 80), lift(6, 70)))
    warm = log(anna, NOON + DAY, (press, lift(99, 99, "warmup")))

    assert new_in(first) == [(treadmill.pk, "longest_duration_seconds", 60, None)]
    assert new_in(other) == [
        (press.pk, "most_reps", 6, 5),
        (press.pk, "best_set_volume_kg", 420.0, 400.0),
    ]
    assert new_in(warm) == []


# --- Progress -----------------------------------------------------------------------------------


def test_progress_is_what_each_workout_brought_the_oldest_first(anna, press, treadmill):
    def progress(exercise):
        found = reports.progress(exercise=exercise, customer_id=anna.pk)
        return [tuple(row.values()) for row in found]

    last = log(
        anna,
        NOON,
        (press, lift(10, 40, "warmup"), lift(5, 80)),
        (treadmill, run(60), run(600, 2_000, "warmup")),
        (press, lift(20, 50)),
    )
    log(anna, NOON + DAY, (treadmill, run(90)))
    first = log(anna, NOON - DAY, (press, lift(9, 99, "warmup")), (press,))
    log(anna, NOON - 2 * DAY, (press,))
    log(CustomerFactory(), NOON, (press, lift(5, 80)))

    assert progress(press) == [
        (first.pk, date(2026, 5, 13), NOON - DAY, None, None, 891.0),
        (last.pk, date(2026, 5, 14), NOON, 80.0, 93.333, 1800.0),
    ]
    [run_and_walk, walk] = progress(treadmill)
    assert run_and_walk == (last.pk, date(2026, 5, 14), NOON, 2000.0, 660, 300.0)
    assert walk[3:] == (None, 90, None)


def test_days_of_records_and_of_progress_are_the_gyms(berlin, anna, press):
    log(anna, NOON.replace(hour=22), (press, lift(5, 80)))

    [its] = records_of(anna)
    [row] = reports.progress(exercise=press, customer_id=anna.pk)

    assert its["most_reps"]["date"] == row["date"] == date(2026, 5, 15)


# --- Over HTTP ----------------------------------------------------------------------------------


def test_records_and_progress_are_plain_lists(api, anna, press):
    workout = log(anna, NOON, (press, lift(13, 82.5)))
    held = {"workout": workout.pk, "date": "2026-05-14"}
    address = f"/api/exercises/{press.pk}/progress"

    records = api.get(f"/api/customers/{anna.pk}/records")
    progress = api.get(address, {"customer": anna.pk})

    assert records.json() == [
        {
            "exercise": press.pk,
            "heaviest_weight_kg": {"value": 82.5, **held},
            "most_reps": {"value": 13, **held},
            "best_estimated_1rm_kg": None,
            "best_set_volume_kg": {"value": 1072.5, **held},
        }
    ]
    assert progress.json() == [
        {
            **held,
            "started_at": "2026-05-14T12:00:00Z",
            "best_weight_kg": 82.5,
            "best_estimated_1rm_kg": None,
            "volume_kg": 1072.5,
        }
    ]
    for asked, code in [(999_999, "does_not_exist"), ("x", "invalid"), (None, "required")]:
        refused = api.get(address, {"customer": asked} if asked else {})
        [error] = refused.json()["errors"]
        assert (refused.status_code, error["code"], error["attr"]) == (400, code, "customer")
    assert api.get("/api/exercises/999999/progress", {"customer": anna.pk}).status_code == 404
    assert api.get("/api/customers/999999/records").status_code == 404


def test_what_reports_cost_does_not_depend_on_what_was_trained(api, queries_in, anna, press):
    addresses = (
        f"/api/customers/{anna.pk}/records",
        f"/api/customers/{anna.pk}/workout_stats",
        f"/api/exercises/{press.pk}/progress?customer={anna.pk}",
    )

    def costs():
        return [queries_in(partial(api.get, address)) for address in addresses]

    log(anna, NOON, (press, lift(5, 80)))
    for_one = costs()
    for number in range(1, 4):
        log(anna, NOON - number * DAY, (press, lift(5, 80)), (ExerciseFactory(), lift(5, 80)))

    assert costs() == for_one
