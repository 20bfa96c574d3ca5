"""How much and how regularly a customer trains."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from customers.tests.factories import CustomerFactory
from workouts import reports
from workouts.tests.factories import HOUR, NOON, ExerciseFactory
from workouts.tests.training import lift, log, run

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WEEK = 7 * DAY
MINUTE = timedelta(minutes=1)


@pytest.fixture
def anna():
    return CustomerFactory()


def stats_of(customer, first=None, last=None, at=NOON):
    return reports.workout_stats(customer_id=customer.pk, from_day=first, to_day=last, at=at)


def weeks_of(customer, **asked):
    return {one["week"]: one["workouts"] for one in stats_of(customer, **asked)["weeks"]}


def streaks_of(customer, at=NOON):
    stats = stats_of(customer, at=at)
    return stats["current_streak_weeks"], stats["longest_streak_weeks"]


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_was_trained_is_added_up_in_all_and_by_week(api, anna):
    press, treadmill = ExerciseFactory(), ExerciseFactory(cardio=True)
    log(
        anna,
        NOON,
        (press, lift(10, 40, "warmup"), lift(5, 82.5)),
        (treadmill, run(60, 0.5), run(60)),
        lasted=90.5 * MINUTE,
    )
    log(anna, NOON + 6 * HOUR, lasted=None)
    log(anna, NOON - WEEK, (press, lift(1, 100)), lasted=30.5 * MINUTE)
    log(CustomerFactory(), NOON, (press, lift(5, 80)))

    with time_machine.travel(NOON + DAY, tick=False):
        answer = api.get(f"/api/customers/{anna.pk}/workout_stats")

    week = {"workouts": 1, "active_days": 1, "sets": 1, "volume_kg": 100.0, "distance_m": 0.0}
    this_week = {"workouts": 2, "active_days": 1, "sets": 4, "volume_kg": 812.5, "distance_m": 0.5}
    assert answer.json() == {
        "workouts": 3,
        "active_days": 2,
        "minutes": 121,
        "sets": 5,
        "volume_kg": 912.5,
        "distance_m": 0.5,
        "current_streak_weeks": 2,
        "longest_streak_weeks": 2,
        "weeks": [
            {"week": "2026-W19", "starts_on": "2026-05-04", "minutes": 30, **week},
            {"week": "2026-W20", "starts_on": "2026-05-11", "minutes": 90, **this_week},
        ],
    }


def test_who_has_not_trained_has_nothing_to_show(api, anna):
    assert api.get(f"/api/customers/{anna.pk}/workout_stats").json() == {
        "workouts": 0,
        "active_days": 0,
        "minutes": 0,
        "sets": 0,
        "volume_kg": 0.0,
        "distance_m": 0.0,
        "current_streak_weeks": 0,
        "longest_streak_weeks": 0,
        "weeks": [],
    }


def test_a_span_is_of_local_days_the_last_one_excluded(berlin, anna):
    for moment in ("2026-03-28 22:59:59", "2026-03-28 23:00", "2026-03-29 21:59:59"):
        log(anna, utc(moment))
    log(anna, utc("2026-03-29 22:00"))
    the_shortest_day = date(2026, 3, 29)

    assert stats_of(anna, the_shortest_day, the_shortest_day + DAY)["workouts"] == 2
    assert stats_of(anna, the_shortest_day)["workouts"] == 3
    assert stats_of(anna, None, the_shortest_day)["workouts"] == 1
    assert stats_of(anna)["workouts"] == 4


def test_a_workout_is_of_the_day_and_the_week_on_which_it_starts(berlin, anna):
    # Monday begins at 22:00 in summer and at 23:00 in winter.
    log(anna, utc("2026-10-25 22:59:59"), lasted=3 * HOUR)
    log(anna, utc("2026-10-25 23:00"))
    log(anna, utc("2026-10-18 21:59:59"))
    log(anna, utc("2026-10-18 22:00"))

    assert weeks_of(anna) == {"2026-W42": 1, "2026-W43": 2, "2026-W44": 1}
    assert stats_of(anna)["active_days"] == 4


@pytest.mark.parametrize(
    ("day", "week", "monday"),
    [
        pytest.param("2020-12-31", "2020-W53", "2020-12-28", id="a year of 53 weeks"),
        pytest.param("2021-01-03", "2020-W53", "2020-12-28", id="week 53 in the next year"),
        pytest.param("2021-01-04", "2021-W01", "2021-01-04", id="the first week after it"),
        pytest.param("2019-12-30", "2020-W01", "2019-12-30", id="week 1 in the year before"),
        pytest.param("2023-01-01", "2022-W52", "2022-12-26", id="a year of 52 weeks"),
    ],
)
def test_weeks_at_the_turn_of_a_year_are_iso_weeks(anna, day, week, monday):
    log(anna, utc(f"{day} 12:00"))

    [found] = stats_of(anna)["weeks"]

    assert (found["week"], str(found["starts_on"])) == (week, monday)


def test_a_streak_goes_on_over_the_turn_of_a_year_and_until_the_week_is_over(berlin, anna):
    for day in ("2020-12-27", "2021-01-03", "2021-01-04"):
        log(anna, utc(f"{day} 12:00"))
    sunday_night = utc("2021-01-17 22:59:59")

    assert streaks_of(anna, at=sunday_night) == (3, 3)
    assert streaks_of(anna, at=sunday_night + timedelta(seconds=1)) == (0, 3)


def test_streaks_are_of_all_time_whatever_the_span(anna):
    for ago in (0, 1, 2):
        log(anna, NOON - ago * WEEK)

    stats = stats_of(anna, date(2026, 5, 14), date(2026, 5, 15))

    assert stats["workouts"] == 1
    assert (stats["current_streak_weeks"], stats["longest_streak_weeks"]) == (3, 3)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        pytest.param({"from": "2026-05-14", "to": "2026-05-15"}, None, id="one day"),
        pytest.param({"from": "2026-05-14", "to": "2026-05-14"}, ("min_value", "to"), id="none"),
        pytest.param({"from": "2026-05-14", "to": "2026-05-13"}, ("min_value", "to"), id="back"),
        pytest.param({"from": "1900-01-01", "to": "2199-12-31"}, None, id="all there is"),
        pytest.param({"from": "today"}, ("invalid", "from"), id="a word"),
        pytest.param({"to": "2200-01-01"}, ("invalid", "to"), id="too late a day"),
        pytest.param({"week": "1"}, ("unknown_parameter", "week"), id="something else"),
    ],
)
def test_a_span_has_a_day_at_least(api, anna, asked, problem):
    answer = api.get(f"/api/customers/{anna.pk}/workout_stats", asked)

    if problem is None:
        assert answer.status_code == 200
    else:
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"], error["attr"]) == (400, *problem)


def test_stats_of_nobody_are_not_there(api):
    assert api.get("/api/customers/999999/workout_stats").status_code == 404
