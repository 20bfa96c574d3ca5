"""
Is a workout logged once, and does one run, when phones ask at the same instant?

Real threads over the API, on the database of the run.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.tests.factories import CustomerFactory
from tests.racing import at_once, outcomes
from workouts import checks
from workouts.models import Entry, Exercise, Set, Workout
from workouts.tests.factories import ExerciseFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 8
RUNNING = (409, "workout_running")
REUSED = (409, "client_id_reused")


@pytest.fixture
def rounds(race_rounds, transactional_db):
    """Begin each round with nothing, and end it by proving what is stored twice."""

    def begin():
        for _ in range(race_rounds):
            yield
            assert list(checks.differences()) == []
            for model in (Set, Entry, Workout, Exercise, Customer):
                model.objects.all().delete()

    return begin


def body(customer, *exercises, number=1, hours=1, **changes):
    now = timezone.now()
    return {
        "client_id": str(UUID(int=number)),
        "customer": customer.pk,
        "started_at": (now - timedelta(hours=hours)).isoformat(),
        "ended_at": (now - timedelta(minutes=1)).isoformat(),
        "entries": [
            {"exercise": exercise.pk, "sets": [{"reps": 5, "weight_kg": 80}] * 5}
            for exercise in exercises
        ],
    } | changes


def post(sent):
    return "post", "/api/workouts", sent


def path_of(workout):
    return f"/api/workouts/{workout.pk}"


def test_the_same_workout_from_twenty_phones_is_one_workout_and_twenty_equal_answers(rounds):
    for _ in rounds():
        sent = body(CustomerFactory(), *ExerciseFactory.create_batch(2))

        responses = at_once(*[post(sent)] * 20)

        assert outcomes(responses) == {201: 1, 200: 19}
        answers = [response.json() for response in responses]
        assert answers == [answers[0]] * 20
        assert len(answers[0]["new_records"]) == 8
        workout = Workout.objects.get()
        assert workout.pk == answers[0]["id"]
        assert (Entry.objects.count(), Set.objects.count()) == (2, 10)


def test_of_different_workouts_under_one_client_id_one_is_logged(rounds):
    for _ in rounds():
        press = ExerciseFactory()
        sent = [body(customer, press) for customer in CustomerFactory.create_batch(RIVALS)]

        responses = at_once(*map(post, sent))

        assert outcomes(responses) == {201: 1, REUSED: RIVALS - 1}
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["workout"] for error in refused} == {Workout.objects.get().pk}
        assert Set.objects.count() == 5


def test_of_several_workouts_that_are_begun_at_once_one_runs(rounds):
    for _ in rounds():
        customer, press = CustomerFactory(), ExerciseFactory()
        sent = [body(customer, press, number=number, ended_at=None) for number in range(RIVALS)]

        responses = at_once(*map(post, sent))

        assert outcomes(responses) == {201: 1, RUNNING: RIVALS - 1}
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["workout"] for error in refused} == {Workout.objects.get().pk}


def test_of_several_workouts_that_go_on_at_once_one_runs(rounds):
    for _ in rounds():
        customer = CustomerFactory()
        at_once(*(post(body(customer, number=number)) for number in range(RIVALS)))
        workouts = Workout.objects.order_by("pk")

        responses = at_once(
            *(("patch", path_of(workout), {"ended_at": None}) for workout in workouts)
        )

        assert outcomes(responses) == {200: 1, RUNNING: RIVALS - 1}
        assert workouts.filter(ended_at=None).count() == 1


def test_a_workout_that_is_replaced_edited_read_and_deleted_at_once_is_always_whole(rounds):
    for _ in rounds():
        customer = CustomerFactory()
        first, second, third = ExerciseFactory.create_batch(3)
        at_once(post(body(customer, first)))
        workout = Workout.objects.get()
        path = path_of(workout)
        reads = [("get", "/api/workouts", None), ("get", path, None)] * 2

        deleted, *responses = at_once(
            ("delete", path, None),
            *(("put", path, body(customer, *each)) for each in [(second,), (third, first)] * 2),
            ("patch", path, {"note": "edited"}),
            *reads,
        )

        assert deleted.status_code == 204
        assert set(outcomes(responses)) <= {200, (404, "not_found")}
        found = [answer.json() for answer in responses if answer.status_code == 200]
        for each in found:
            for told in each.get("results", [each]):
                assert all(len(entry["sets"]) == 5 for entry in told["entries"])
                trained = [entry["exercise"] for entry in told["entries"]]
                assert trained in [[first.pk], [second.pk], [third.pk, first.pk]]
        assert not Workout.objects.exists()


def test_an_exercise_that_is_deleted_while_it_is_trained_is_held_or_gone(rounds):
    for _ in rounds():
        press = ExerciseFactory()
        sent = [
            body(customer, press, number=number)
            for number, customer in enumerate(CustomerFactory.create_batch(RIVALS))
        ]

        deleted, *responses = at_once(
            ("delete", f"/api/exercises/{press.pk}", None), *map(post, sent)
        )

        if deleted.status_code == 204:
            assert outcomes(responses) == {(400, "does_not_exist"): RIVALS}
            assert not Exercise.objects.exists()
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert outcomes(responses)[201] > 0
            assert Exercise.objects.get() == press
        assert Set.objects.count() == 5 * Workout.objects.count()


def test_a_customer_who_is_deleted_while_training_is_held_or_gone(rounds):
    for _ in rounds():
        customer, press = CustomerFactory(), ExerciseFactory()

        deleted, *responses = at_once(
            ("delete", f"/api/customers/{customer.pk}", None),
            *(post(body(customer, press, number=number)) for number in range(RIVALS)),
        )

        if deleted.status_code == 204:
            assert outcomes(responses) == {(400, "does_not_exist"): RIVALS}
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert outcomes(responses) == {201: RIVALS}
