"""How far a customer is on the way to each milestone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from customers.tests.factories import CustomerFactory
from milestones.states import Counts
from milestones.tests.factories import MilestoneAwardFactory, MilestoneFactory
from milestones.tests.stretches import day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now_is_friday_noon")]

# Sessions are at 18:00; today's is still to come.
NOW = day(3) - timedelta(hours=6)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def now_is_friday_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna():
    return CustomerFactory()


def weekly(**given):
    return MilestoneFactory(interval_unit="week", session_count=5, **given)


def booked(customer, *days, status=BookingStatus.BOOKED):
    for number in days:
        BookingFactory(customer=customer, class_session__starts_at=day(number), status=status)


def progress(api, customer):
    answer = api.get(f"/api/customers/{customer.pk}/milestone_progress")
    assert answer.status_code == 200
    return answer.json()


def counted(api, customer):
    [found] = progress(api, customer)
    return found["count"], found["window_end"]


def test_progress_tells_of_the_window_how_full_it_is(api, anna):
    milestone = weekly(name="Five a week")
    booked(anna, 1, 2, 3)

    assert progress(api, anna) == [
        {
            "milestone": milestone.pk,
            "name": "Five a week",
            "count": 3,
            "session_count": 5,
            "window_start": "2030-05-10T18:00:00Z",
            "window_end": "2030-05-17T18:00:00Z",
            "awards": 0,
            "last_awarded_at": None,
        }
    ]


def test_who_has_booked_nothing_has_an_empty_window_that_ends_now(api, anna):
    weekly()
    booked(CustomerFactory(), 1, 2)

    [found] = progress(api, anna)

    assert (found["count"], found["awards"]) == (0, 0)
    assert (found["window_start"], found["window_end"]) == (
        "2030-05-10T12:00:00Z",
        "2030-05-17T12:00:00Z",
    )


@pytest.mark.parametrize(
    ("days", "count", "window_end"),
    [
        pytest.param([1, 2], 2, "2030-05-17T12:00:00Z", id="all past: the window ends now"),
        pytest.param([1, 8], 1, "2030-05-17T12:00:00Z", id="a tie: the earliest"),
        pytest.param([8, 14], 2, "2030-05-28T18:00:00Z", id="to come: at the last of them"),
        pytest.param([0, 1, 4, 6, 20], 4, "2030-05-20T18:00:00Z", id="the fullest"),
        pytest.param([-10, -9, -8, 1], 1, "2030-05-17T12:00:00Z", id="what is over is over"),
    ],
)
def test_the_fullest_window_ends_now_or_at_a_session_to_come(api, anna, days, count, window_end):
    weekly()
    booked(anna, *days)

    assert counted(api, anna) == (count, window_end)


@pytest.mark.parametrize(
    ("off", "count"),
    [
        pytest.param(timedelta(), 0, id="exactly a week ago is out"),
        pytest.param(MICROSECOND, 1, id="a microsecond later is in"),
    ],
)
def test_the_window_that_ends_now_begins_after_the_moment_a_week_ago(api, anna, off, count):
    weekly()
    BookingFactory(customer=anna, class_session__starts_at=NOW - timedelta(weeks=1) + off)

    assert counted(api, anna)[0] == count


def test_a_session_that_starts_at_this_moment_is_in_the_window_that_ends_now(api, anna):
    weekly()
    BookingFactory(customer=anna, class_session__starts_at=NOW)

    assert counted(api, anna) == (1, "2030-05-17T12:00:00Z")


def test_each_counts_what_it_counts(api, anna):
    weekly(), weekly(counts=Counts.ATTENDED)
    booked(anna, 0, status=BookingStatus.ATTENDED)
    booked(anna, 1, status=BookingStatus.NO_SHOW)
    booked(anna, 2, status=BookingStatus.CANCELLED)
    booked(anna, 4, status=BookingStatus.LATE_CANCELLED)
    booked(anna, 5)

    assert [found["count"] for found in progress(api, anna)] == [3, 1]


def test_sessions_up_to_the_last_award_do_not_count_towards_the_next(api, anna):
    milestone = weekly()
    booked(anna, -1, 0, 1, 2, 4)
    for number, end in enumerate((-3, 1), start=1):
        MilestoneAwardFactory(
            milestone=milestone,
            customer=anna,
            booking=anna.bookings.first(),
            number=number,
            window_end=day(end),
            awarded_at=day(end - 5),
        )
    MilestoneAwardFactory(milestone=milestone)

    [found] = progress(api, anna)

    assert (found["count"], found["window_end"]) == (2, "2030-05-18T18:00:00Z")
    assert (found["awards"], found["last_awarded_at"]) == (2, "2030-05-10T18:00:00Z")


def test_progress_lists_the_active_milestones_in_their_order(api, anna):
    first, second = weekly(name="Second"), weekly(name="First")
    weekly(is_active=False)

    assert [found["milestone"] for found in progress(api, anna)] == [first.pk, second.pk]


def test_without_an_active_milestone_there_is_nothing_to_tell(api, anna):
    weekly(is_active=False)

    assert progress(api, anna) == []


def test_months_are_the_gyms(api, anna, berlin):
    MilestoneFactory(interval_unit="month", interval_count=2)

    [found] = progress(api, anna)

    # 14:00 in Berlin, in summer time at the end of the window and in winter time at its start.
    assert (found["window_start"], found["window_end"]) == (
        "2030-03-17T13:00:00Z",
        "2030-05-17T12:00:00Z",
    )


@time_machine.travel(datetime(2030, 3, 28, 18, tzinfo=UTC), tick=False)
def test_a_window_that_ends_later_can_begin_before_the_one_that_ends_now(api, anna):
    MilestoneFactory()
    for starts_at in (datetime(2030, 2, 28, 12, tzinfo=UTC), datetime(2030, 3, 29, 10, tzinfo=UTC)):
        BookingFactory(customer=anna, class_session__starts_at=starts_at)

    assert counted(api, anna) == (2, "2030-03-29T10:00:00Z")


@pytest.mark.parametrize("customer", ["999999", "0", "9" * 18])
def test_nobody_makes_no_progress(api, customer):
    weekly()

    answer = api.get(f"/api/customers/{customer}/milestone_progress")

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not_found"


def test_progress_knows_no_parameters_and_is_only_read(api, anna):
    path = f"/api/customers/{anna.pk}/milestone_progress"

    assert api.get(path, {"milestone": 1}).json()["errors"][0]["code"] == "unknown_parameter"
    assert api.post(path, {}).status_code == 405


def test_progress_costs_the_same_for_twenty_milestones_and_fifty_bookings_as_for_one(
    api, anna, django_assert_num_queries, queries_in
):
    MilestoneAwardFactory(milestone=weekly(), customer=anna)
    booked(anna, 1)
    for_one = queries_in(lambda: progress(api, anna))
    for number in range(19):
        weekly(counts=Counts.ATTENDED if number % 2 else Counts.BOOKED)
    booked(anna, *range(2, 51))
    MilestoneAwardFactory(milestone=weekly(), customer=anna)

    with django_assert_num_queries(for_one):
        found = progress(api, anna)

    assert len(found) == 21
