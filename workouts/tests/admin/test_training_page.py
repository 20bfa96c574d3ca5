"""A customer's training at a glance: exact figures, by week and by exercise."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin import site
from django.test import RequestFactory

from customers.tests.factories import CustomerFactory
from workouts.models import Workout
from workouts.tests.admin import TRAINING, found_in
from workouts.tests.factories import ExerciseFactory
from workouts.tests.training import lift, log, run

pytestmark = pytest.mark.django_db

# A Thursday; the week began on Monday the 11th at midnight in Berlin, 22:00 in UTC.
NOW = datetime(2026, 5, 14, 12, tzinfo=UTC)
MONDAY = datetime(2026, 5, 10, 22, tzinfo=UTC)
WEEK, TICK = timedelta(weeks=1), timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def today(berlin):
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(client, customer, **asked):
    return client.get(TRAINING, {"customer": customer.pk, **asked})


def context_of(user, customer, **asked):
    """Give what the page would show, without drawing it, which is most of the work."""
    request = RequestFactory().get(TRAINING, {"customer": customer.pk, **asked})
    request.user = user
    return site.get_model_admin(Workout).training_view(request).context_data


def figures_of(chart):
    """Give the figures of a chart that are not 0, by the label of their week."""
    drawn = getattr(chart, "bars", None) or chart.points
    return {each.label: each.figure for each in drawn if each.value}


def test_weeks_add_up_what_was_lifted_how_long_and_how_far(admin_client):
    anna = CustomerFactory()
    press, treadmill = ExerciseFactory(), ExerciseFactory(cardio=True)
    log(anna, MONDAY, (press, lift(10, 100, "warmup"), lift(1, 80.5)), (treadmill, run(600, 1250)))
    log(anna, MONDAY - TICK, (press, lift(1, 40)))
    log(anna, MONDAY - 25 * WEEK + timedelta(hours=2), (press, lift(1, 7)))
    log(anna, MONDAY - 26 * WEEK, (press, lift(1, 9)))
    log(CustomerFactory(), MONDAY, (press, lift(1, 500)))

    answer = page_of(admin_client, anna)

    volume, minutes, distance = answer.context["weekly"]
    assert figures_of(volume) == {"11 May": "1,080", "4 May": "40", "17 Nov": "7"}
    assert figures_of(minutes) == {"11 May": "60", "4 May": "60", "17 Nov": "60"}
    assert figures_of(distance) == {"11 May": "1.2"}
    assert [len(chart.bars) for chart in answer.context["weekly"]] == [26, 26, 26]
    assert volume.bars[-1].label == "11 May"
    assert [(one.label, one.told) for one in answer.context["figures"]] == [
        ("Workouts", "4"),
        ("Active days", "4"),
        ("Time", "4 h 00 min"),
        ("Sets", "6"),
        ("Volume", "1,136 kg"),
        ("Distance", "1.2 km"),
        ("Streak", "2 weeks"),
        ("Longest streak", "2 weeks"),
    ]
    page = answer.content.decode()
    assert all(str(chart) in page for chart in answer.context["weekly"])


def test_a_weeks_figure_leads_to_its_workouts(admin_client):
    anna, press = CustomerFactory(), ExerciseFactory()
    monday, sunday = (log(anna, at, (press, lift(1, 40))) for at in (MONDAY, MONDAY - TICK))
    log(CustomerFactory(), MONDAY, (press, lift(1, 40)))

    volume, *_ = page_of(admin_client, anna).context["weekly"]
    leads_to = [found_in(admin_client.get(bar.link)) for bar in volume.bars[-2:]]

    assert leads_to == [[sunday], [monday]]
    assert volume.bars[0].link == ""


def test_an_exercise_shows_the_best_estimate_of_each_week(admin_client):
    anna, press = CustomerFactory(), ExerciseFactory(name="Press")
    log(anna, MONDAY - 60 * WEEK, (press, lift(10, 60)))
    log(anna, MONDAY - 2 * WEEK, (press, lift(1, 200, "warmup"), lift(10, 75)))
    log(anna, MONDAY, (press, lift(1, 101)))
    log(anna, MONDAY + timedelta(days=1), (press, lift(12, 75), lift(13, 500)))

    [drawn] = page_of(admin_client, anna).context["exercises"]

    assert drawn.chart.title == "Press: best estimated 1RM per week, in kg"
    assert figures_of(drawn.chart) == {"27 Apr": "100.0", "11 May": "105.0"}
    assert drawn.told == "First 80.0 kg on 16 Mar 2025, best 105.0 kg on 12 May 2026."
    assert drawn.chart.line() == "90.38,92.00 98.08,24.00"
    assert "105.0" in str(drawn.chart)


def test_an_exercise_with_the_bodys_own_weight_has_nothing_to_estimate(admin_client):
    anna = CustomerFactory()
    log(anna, MONDAY, (ExerciseFactory(), lift(10, 0)))

    answer = page_of(admin_client, anna)

    [drawn] = answer.context["exercises"]
    assert (drawn.chart.is_empty, drawn.told) == (True, "")
    [[(_, held)], _] = [table.rows for table in answer.context["tables"]]
    assert [record and record["told"] for record in held] == [None, "10", None, None]
    assert "No estimate in the last 26 weeks." in answer.content.decode()


def test_the_most_trained_are_drawn_and_staff_pick_another(admin_user):
    anna = CustomerFactory()
    lifts = [ExerciseFactory(name=f"Lift {number}") for number in range(5)]
    rides = [ExerciseFactory(name=f"Ride {number}", cardio=True) for number in range(2)]
    for times, (heavy, ride) in enumerate(zip(lifts, [*rides, *rides, rides[1]], strict=True)):
        for number in range(times + 1):
            at = MONDAY - times * WEEK - timedelta(days=number)
            log(anna, at, (heavy, lift(5, 80)), (heavy, lift(5, 80)), (ride, run(90)))

    def drawn(**asked):
        found = context_of(admin_user, anna, **asked)["exercises"]
        return [one.chart.title.split(":")[0] for one in found]

    choice = context_of(admin_user, anna)["choice"].fields["exercise"].choices
    assert [name for _, name in choice][:3] == [
        "The most trained",
        "Ride 1 (11 workouts)",
        "Lift 4 (5 workouts)",
    ]
    most = ["Lift 4", "Lift 3", "Lift 2", "Ride 1"]
    assert drawn() == most
    assert drawn(exercise=lifts[0].pk) == ["Lift 0", *most]
    assert drawn(exercise=lifts[3].pk) == ["Lift 3", "Lift 4", "Lift 2", "Ride 1"]
    assert drawn(exercise=ExerciseFactory().pk) == most


def test_cardio_shows_its_minutes(admin_client):
    anna, ride = CustomerFactory(), ExerciseFactory(name="Ride", cardio=True)
    log(anna, MONDAY, (ride, run(90, type="warmup"), run(3570, 20_040)))
    log(anna, MONDAY + timedelta(days=1), (ride, run(60)))

    [drawn] = page_of(admin_client, anna).context["exercises"]

    assert drawn.chart.title == "Ride: minutes per week"
    assert figures_of(drawn.chart) == {"11 May": "62"}
    assert drawn.told == "In all: 62 min, 20 km."


def test_records_stand_with_their_days_and_lead_to_their_workouts(admin_client):
    anna = CustomerFactory()
    press, treadmill = ExerciseFactory(name="Press"), ExerciseFactory(name="Run", cardio=True)
    first = log(anna, MONDAY, (press, lift(12, 0)), (treadmill, run(1500, 5000)))
    warmed_up = (ExerciseFactory(), lift(5, 40, "warmup"))
    second = log(anna, MONDAY + timedelta(days=1), (press, lift(1, 80.125)), warmed_up)

    answer = page_of(admin_client, anna)

    strength, cardio = (
        [
            (str(exercise), [one and (one["told"], one["on"], one["workout"]) for one in held])
            for exercise, held in table.rows
        ]
        for table in answer.context["tables"]
    )
    on_tuesday, on_monday = ("12 May 2026", second.pk), ("11 May 2026", first.pk)
    assert strength == [
        (
            "Press",
            [
                ("80.125 kg", *on_tuesday),
                ("12", *on_monday),
                ("80.1 kg", *on_tuesday),
                ("80.125 kg", *on_tuesday),
            ],
        )
    ]
    assert cardio == [
        ("Run", [("5 km", *on_monday), ("25:00", *on_monday), ("5:00 per km", *on_monday)])
    ]


def test_the_page_costs_the_same_however_much_was_trained(admin_client, queries_in):
    anna = CustomerFactory()
    lifts = [ExerciseFactory() for _ in range(6)]
    rides = [ExerciseFactory(cardio=True) for _ in range(3)]
    entries = [*((one, lift(5, 80)) for one in lifts), *((one, run(60, 900)) for one in rides)]
    log(anna, MONDAY, *entries)
    one = queries_in(lambda: page_of(admin_client, anna))
    for number in range(1, 5):
        log(anna, MONDAY - number * WEEK, *entries, *entries)

    five = queries_in(lambda: page_of(admin_client, anna))

    assert five == one


@pytest.mark.parametrize("text", ["", "1\x00", "9" * 18, "9" * 40, "²"])
def test_the_page_is_there_whatever_its_address_asks_for(admin_client, text):
    anna = CustomerFactory()
    log(anna, MONDAY, (ExerciseFactory(), lift(5, 80)))

    nobodys = admin_client.get(TRAINING, {"customer": text, "exercise": text, "x\x00": text})
    annas = page_of(admin_client, anna, exercise=text)

    assert (nobodys.status_code, annas.status_code) == (200, 200)
    assert nobodys.context["customer"] is None
    assert ("There is no such customer." in nobodys.content.decode()) == bool(text)
    assert len(annas.context["exercises"]) == 1


def test_a_customer_without_a_workout_is_told_of(admin_client):
    anna = CustomerFactory(first_name="Anna", last_name="Weber")

    page = page_of(admin_client, anna).content.decode()

    assert "Anna Weber has logged no workout yet." in page


def test_only_who_may_see_workouts_sees_a_customers_training(viewer):
    may_not = viewer("view_exercise").get(TRAINING)

    assert may_not.status_code == 403
