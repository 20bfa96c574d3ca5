"""Cancelling a membership: which bookings go with it, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import DAY, NOON, THE_DAY, cancel, lost_in, status_of
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory, spanning

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "is_lost"),
    [
        pytest.param(4, False, id="the day before"),
        pytest.param(5, True, id="that day"),
        pytest.param(17, True, id="the membership's last day"),
        pytest.param(18, False, id="the day after its last"),
    ],
)
def test_bookings_from_that_day_on_are_lost(api, membership, booked, days, is_lost):
    booking = booked(days)

    answer = cancel(api, membership, cancelled_on="2030-05-19")

    assert lost_in(answer) == ([booking.pk] if is_lost else [])
    assert status_of(booking) == ("cancelled" if is_lost else "booked")


@pytest.mark.parametrize(
    ("starts_at", "is_lost"),
    [
        pytest.param(datetime(2030, 5, 18, 21, 59, tzinfo=UTC), False, id="23:59 the day before"),
        pytest.param(datetime(2030, 5, 18, 22, 0, tzinfo=UTC), True, id="midnight in Berlin"),
    ],
)
def test_that_day_begins_at_the_gyms_midnight(api, berlin, membership, booked, starts_at, is_lost):
    booking = booked(class_session__starts_at=starts_at)

    answer = cancel(api, membership, cancelled_on="2030-05-19")

    assert lost_in(answer) == ([booking.pk] if is_lost else [])


@pytest.mark.parametrize(
    ("at", "is_lost"),
    [
        pytest.param(TUESDAY_18 - timedelta(microseconds=1), True, id="a moment before it starts"),
        pytest.param(TUESDAY_18, False, id="the moment it starts"),
    ],
)
def test_what_has_started_is_not_lost(api, membership, booked, at, is_lost):
    booking = booked()

    answer = cancel(api, membership, at=at, cancelled_on="2030-05-01")

    assert lost_in(answer) == ([booking.pk] if is_lost else [])
    assert status_of(booking) == ("cancelled" if is_lost else "booked")


@pytest.mark.parametrize(
    "status", [status for status in BookingStatus if status != BookingStatus.BOOKED]
)
def test_only_what_is_booked_is_lost(api, membership, booked, status):
    booking = booked(1, status=status)
    before = Booking.objects.values().get(pk=booking.pk)

    answer = cancel(api, membership)

    assert lost_in(answer) == []
    assert Booking.objects.values().get(pk=booking.pk) == before


def test_what_needs_no_membership_or_another_one_stays(api, membership, booked):
    yoga = booked(1, class_session__class_type=ClassTypeFactory())
    aerial = booked(2, class_session__class_type=ClassTypeFactory(is_premium=True))
    of_another = BookingFactory(class_session=booked(3).class_session)

    answer = cancel(api, membership)

    assert len(lost_in(answer)) == 1
    assert {status_of(one) for one in (yoga, aerial, of_another)} == {"booked"}


@pytest.mark.parametrize(
    ("first", "last", "cancelled_on", "is_lost"),
    [
        pytest.param(THE_DAY + DAY, THE_DAY + DAY, None, False, id="that day alone"),
        pytest.param(THE_DAY - DAY, THE_DAY, None, True, id="ends the day before"),
        pytest.param(THE_DAY + 2 * DAY, THE_DAY + 9 * DAY, None, True, id="starts the day after"),
        pytest.param(
            THE_DAY - DAY, THE_DAY + 9 * DAY, THE_DAY + DAY, True, id="cancelled on that day"
        ),
        pytest.param(
            THE_DAY - DAY, THE_DAY + 9 * DAY, THE_DAY + 2 * DAY, False, id="cancelled the day after"
        ),
    ],
)
def test_what_another_membership_opens_stays(
    api, membership, booked, pilates, first, last, cancelled_on, is_lost
):
    booking = booked(1)
    other = MembershipPlanFactory(class_types=[pilates])
    spanning(first, last, customer=membership.customer, plan=other, cancelled_on=cancelled_on)

    answer = cancel(api, membership)

    assert lost_in(answer) == ([booking.pk] if is_lost else [])
    assert status_of(booking) == ("cancelled" if is_lost else "booked")


def test_what_is_not_premium_any_more_stays(api, membership, booked, pilates):
    booking = booked(1)
    pilates.is_premium = False
    pilates.save()

    answer = cancel(api, membership)

    assert lost_in(answer) == []
    assert status_of(booking) == "booked"


def test_neither_another_plan_nor_another_customer_keeps_a_booking(
    api, membership, booked, pilates
):
    booking = booked(1)
    MembershipFactory(customer=membership.customer)
    MembershipFactory(plan__class_types=[pilates])

    answer = cancel(api, membership)

    assert lost_in(answer) == [booking.pk]


def test_with_the_last_of_two_memberships_the_booking_is_lost(api, membership, booked, pilates):
    booking = booked(1)
    second = MembershipFactory(customer=membership.customer, plan__class_types=[pilates])

    first_lost, then_lost = (lost_in(cancel(api, one)) for one in (membership, second))

    assert (first_lost, then_lost) == ([], [booking.pk])


def test_what_is_lost_is_cancelled_in_time_by_the_gym_and_gives_spot_and_day_back(
    api, membership, booked, pilates
):
    booking = booked(0)
    assert booking.cutoff_at < NOON

    cancel(api, membership)

    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by) == ("cancelled", "gym")
    assert booking.cancelled_at == booking.updated_at == NOON
    assert booking.occupied_day is None
    booking.class_session.refresh_from_db()
    assert booking.class_session.booked_count == 0
    yoga = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(hours=2))
    body = {"customer": membership.customer.pk, "class_session": yoga.pk}
    with time_machine.travel(NOON, tick=False):
        assert api.post("/api/bookings", body).status_code == 201


def test_of_a_full_session_exactly_the_members_spot_comes_back(api, membership, pilates):
    session = ClassSessionFactory(class_type=pilates, capacity=2)
    BookingFactory(class_session=session)
    BookingFactory(class_session=session, customer=membership.customer)

    cancel(api, membership)

    session.refresh_from_db()
    assert (session.booked_count, session.spots_left) == (1, 1)
