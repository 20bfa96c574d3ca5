"""A class every week, on the gym's wall clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings import services
from bookings.tests.memberships import every_row
from bookings.tests.schedule import cancel
from classes.models import ClassSession
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory

pytestmark = pytest.mark.django_db

URL = "/api/class_sessions"


@pytest.fixture
def yoga():
    return ClassTypeFactory(duration_minutes=75, capacity=12)


def series(api, yoga, **changes):
    body = {
        "class_type": yoga.pk,
        "starts_on": "2030-05-13",
        "ends_on": "2030-05-27",
        "weekdays": [1, 4],
        "local_time": "18:30",
    }
    return api.post(f"{URL}/series", body | changes)


def starts():
    return [one.isoformat() for one in ClassSession.objects.values_list("starts_at", flat=True)]


def test_both_dates_are_included_and_weekdays_begin_with_monday(api, berlin, yoga):
    answer = series(api, yoga)

    rows = api.get(URL).json()["results"]
    assert answer.status_code == 201
    assert answer.json() == {"created": [row["id"] for row in rows], "existing": []}
    assert [row["starts_at"] for row in rows] == [
        "2030-05-13T16:30:00Z",
        "2030-05-16T16:30:00Z",
        "2030-05-20T16:30:00Z",
        "2030-05-23T16:30:00Z",
        "2030-05-27T16:30:00Z",
    ]
    assert {(row["duration_minutes"], row["capacity"]) for row in rows} == {(75, 12)}


@pytest.mark.parametrize("weekday", range(1, 8))
def test_each_weekday_is_its_iso_number(api, yoga, weekday):
    series(api, yoga, starts_on="2030-05-13", ends_on="2030-05-19", weekdays=[weekday])

    assert ClassSession.objects.get().starts_at.isoweekday() == weekday


@pytest.mark.parametrize(
    ("month", "listed"),
    [
        pytest.param(
            "2030-03",
            ["2030-03-30T17:30:00Z", "2030-03-31T16:30:00Z", "2030-04-01T16:30:00Z"],
            id="into summer time",
        ),
        pytest.param(
            "2030-10",
            ["2030-10-26T16:30:00Z", "2030-10-27T17:30:00Z", "2030-10-28T17:30:00Z"],
            id="into winter time",
        ),
    ],
)
def test_half_past_six_stays_half_past_six_across_a_dst_change(api, berlin, yoga, month, listed):
    first = date.fromisoformat(listed[0][:10])
    last = first + timedelta(days=2)

    series(api, yoga, starts_on=str(first), ends_on=str(last), weekdays=[1, 6, 7])

    rows = api.get(URL, {"starts_at_after": f"{first}T18:30"}).json()["results"]
    assert [row["starts_at"] for row in rows] == listed
    # Each is found on its own day, by the gym's wall clock.
    for row in rows:
        [found] = api.get(URL, {"date": row["starts_at"][:10]}).json()["results"]
        assert found == row


@pytest.mark.parametrize(
    ("day", "starts_at"),
    [
        pytest.param("2030-03-31", "2030-03-31T01:30:00+00:00", id="does not exist: 03:30"),
        pytest.param("2030-10-27", "2030-10-27T00:30:00+00:00", id="exists twice: the first"),
    ],
)
def test_half_past_two_on_the_night_of_a_dst_change(api, berlin, yoga, day, starts_at):
    series(api, yoga, starts_on=day, ends_on=day, weekdays=[7], local_time="02:30")

    assert starts() == [starts_at]


@pytest.mark.parametrize(
    ("weeks", "status"),
    [pytest.param(399, 201, id="400 sessions"), pytest.param(400, 400, id="401 sessions")],
)
def test_a_series_has_at_most_400_sessions(api, yoga, weeks, status):
    last = date(2030, 5, 13) + timedelta(weeks=weeks)

    # It begins six days before its first Monday and ends six days after its last one.
    answer = series(
        api,
        yoga,
        starts_on="2030-05-07",
        ends_on=str(last + timedelta(days=6)),
        weekdays=[1],
    )

    assert answer.status_code == status
    assert ClassSession.objects.count() == (400 if status == 201 else 0)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param(
            {"starts_on": "1900-01-01", "ends_on": "2199-12-31"},
            ("too_many", "ends_on"),
            id="three centuries",
        ),
        pytest.param(
            {"ends_on": "2031-06-17", "weekdays": [1, 2, 3, 4, 5, 6, 7]},
            ("too_many", "ends_on"),
            id="401 days",
        ),
        pytest.param(
            {"ends_on": "2030-05-14", "weekdays": [3]},
            ("never", "weekdays"),
            id="a weekday that never occurs",
        ),
        pytest.param(
            {"ends_on": "2030-05-12"}, ("invalid", "ends_on"), id="its end before its start"
        ),
        pytest.param({"ends_on": "9999-12-31"}, ("invalid", "ends_on"), id="an absurd end"),
        pytest.param({"ends_on": None}, ("null", "ends_on"), id="no end"),
        pytest.param({"weekdays": []}, ("empty", "weekdays"), id="no weekdays"),
        pytest.param({"weekdays": [0]}, ("min_value", "weekdays.0"), id="weekday 0"),
        pytest.param({"weekdays": [1, 8]}, ("max_value", "weekdays.1"), id="weekday 8"),
        pytest.param({"weekdays": ["1"]}, ("invalid", "weekdays.0"), id="a weekday as text"),
        pytest.param({"weekdays": [True]}, ("invalid", "weekdays.0"), id="a weekday as a truth"),
        pytest.param({"weekdays": 1}, ("not_a_list", "weekdays"), id="one weekday and no list"),
        pytest.param({"weekdays": [1] * 8}, ("max_length", "weekdays"), id="eight weekdays"),
        pytest.param({"local_time": "24:00"}, ("invalid", "local_time"), id="24 o'clock"),
        pytest.param({"local_time": "18:30Z"}, ("invalid", "local_time"), id="a time with a zone"),
        pytest.param({"local_time": 1830}, ("invalid", "local_time"), id="a time as a number"),
        pytest.param({"local_time": "१८:३०"}, ("invalid", "local_time"), id="foreign digits"),
        pytest.param({"class_type": 404}, ("does_not_exist", "class_type"), id="no such class"),
        pytest.param({"capacity": 5}, ("unknown_field", "capacity"), id="a field too many"),
    ],
)
def test_what_makes_no_sense_makes_no_session(api, yoga, changes, error):
    before = every_row()

    answer = series(api, yoga, **changes)

    assert answer.status_code == 400
    [told] = answer.json()["errors"]
    assert (told["code"], told["attr"]) == error
    assert every_row() == before


@pytest.mark.parametrize(
    ("zone", "day", "local_time"),
    [
        pytest.param("Europe/Berlin", "1900-01-01", "00:00", id="still 1899 in UTC"),
        pytest.param("America/New_York", "2199-12-31", "19:00", id="already 2200 in UTC"),
    ],
)
def test_a_series_lies_within_the_years_that_the_schedule_knows(
    api, settings, yoga, zone, day, local_time
):
    settings.TIME_ZONE = zone
    weekdays = [date.fromisoformat(day).isoweekday()]

    answer = series(api, yoga, starts_on=day, ends_on=day, weekdays=weekdays, local_time=local_time)

    [told] = answer.json()["errors"]
    assert (answer.status_code, told["code"], told["attr"]) == (400, "invalid", "starts_on")
    assert not ClassSession.objects.exists()


@pytest.mark.parametrize(
    "missing", ["class_type", "starts_on", "ends_on", "weekdays", "local_time"]
)
def test_a_series_needs_all_of_its_fields(api, missing):
    body = {
        "class_type": ClassTypeFactory().pk,
        "starts_on": "2030-05-13",
        "ends_on": "2030-05-13",
        "weekdays": [1],
        "local_time": "18:30",
    }
    del body[missing]

    answer = api.post(f"{URL}/series", body)

    [told] = answer.json()["errors"]
    assert (answer.status_code, told["code"], told["attr"]) == (400, "required", missing)


def test_a_weekday_named_twice_counts_once(api, yoga):
    answer = series(api, yoga, ends_on="2030-05-19", weekdays=[1, 1])

    assert len(answer.json()["created"]) == ClassSession.objects.count() == 1


def test_repeating_the_call_adds_none(api, yoga):
    made = series(api, yoga).json()["created"]
    before = every_row()

    again = series(api, yoga)

    assert again.status_code == 201
    assert again.json() == {"created": [], "existing": made}
    assert every_row() == before


def test_of_an_overlapping_series_only_what_is_missing_is_made(api, yoga):
    first = series(api, yoga, ends_on="2030-05-20", weekdays=[1]).json()["created"]

    second = series(api, yoga, starts_on="2030-05-20", ends_on="2030-06-03", weekdays=[1]).json()

    assert second["existing"] == first[1:]
    assert len(second["created"]) == 2
    assert ClassSession.objects.count() == 4


def test_a_cancelled_session_is_left_cancelled_and_not_made_again(api, yoga):
    made = series(api, yoga, weekdays=[1]).json()["created"]
    cancel(api, ClassSession.objects.get(pk=made[1]))

    again = series(api, yoga, weekdays=[1])

    assert again.json() == {"created": [], "existing": made}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"starts_at": datetime(2030, 5, 13, 18, 31, tzinfo=UTC)}, id="a minute later"),
        pytest.param({"class_type": None}, id="another class at the same time"),
    ],
)
def test_other_sessions_do_not_stand_in_the_way(api, yoga, other):
    there = {"class_type": yoga, "starts_at": datetime(2030, 5, 13, 18, 30, tzinfo=UTC)}
    other = {"class_type": ClassTypeFactory()} if "class_type" in other else other
    ClassSessionFactory(**there | other)

    answer = series(api, yoga, ends_on="2030-05-13")

    assert (len(answer.json()["created"]), answer.json()["existing"]) == (1, [])


def test_a_series_may_lie_in_the_past(api, yoga):
    answer = series(api, yoga, starts_on="2000-01-03", ends_on="2000-01-03", weekdays=[1])

    assert len(answer.json()["created"]) == 1


def test_what_the_class_type_says_at_that_moment_is_copied(yoga):
    stale = ClassTypeFactory._meta.model.objects.get(pk=yoga.pk)
    yoga.capacity = None
    yoga.save()

    services.create_series(
        class_type=stale,
        starts_on=date(2030, 5, 13),
        ends_on=date(2030, 5, 13),
        weekdays=[1],
        local_time=time(18, 30),
    )

    assert ClassSession.objects.get().capacity is None


def test_a_series_costs_the_same_however_long_it_is(
    api, yoga, queries_in, django_assert_num_queries
):
    for_one = queries_in(lambda: series(api, yoga, ends_on="2030-05-13"))

    with django_assert_num_queries(for_one):
        answer = series(api, yoga, ends_on="2030-06-13")

    assert len(answer.json()["created"]) == 9
