"""Milestones that count visits are reached at the check-in."""

import pytest

from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from core.intervals import IntervalUnit
from customers.tests.factories import CustomerFactory
from milestones.models import MilestoneAward
from milestones.states import Counts
from milestones.tests.factories import MilestoneFactory
from milestones.tests.stretches import awards, book, change, check_in, day, nothing_is_said
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return CustomerFactory()


def two_in_a_week(counts=Counts.ATTENDED):
    return MilestoneFactory(session_count=2, interval_unit=IntervalUnit.WEEK, counts=counts)


def test_where_visits_count_only_a_check_in_earns_the_milestone(anna):
    two_in_a_week()
    first, second = book(anna, 0), book(anna, 1)
    check_in(first)
    assert nothing_is_said()

    check_in(second)

    [(number, booking, window_end)] = awards()
    assert (number, booking, window_end) == (1, second, day(1))
    assert MilestoneAward.objects.get().awarded_at == day(1)


@pytest.mark.parametrize("status", [BookingStatus.BOOKED, BookingStatus.NO_SHOW])
def test_where_visits_count_nothing_else_does(anna, status):
    two_in_a_week()
    BookingFactory(customer=anna, status=status, class_session__starts_at=day(0))

    check_in(book(anna, 1))

    assert nothing_is_said()


def test_a_check_in_does_not_earn_what_counts_bookings(anna):
    book(anna, 0)
    booking = book(anna, 1)
    two_in_a_week(Counts.BOOKED)

    check_in(booking)

    assert nothing_is_said()


def test_a_check_in_that_is_corrected_and_made_again_earns_one_award(anna):
    two_in_a_week()
    first, second = book(anna, 0), book(anna, 1)
    check_in(first)
    check_in(second)

    for status in (BookingStatus.BOOKED, BookingStatus.ATTENDED) * 2:
        change(second, status, day(1))
        change(first, status, day(1))

    assert awards() == [(1, second, day(1))]
    assert Notification.objects.count() == Mail.objects.count() == 1


def test_an_earlier_visit_that_staff_enter_later_completes_a_stretch(anna):
    two_in_a_week()
    first, second = book(anna, 0), book(anna, 1)
    check_in(second)

    change(first, BookingStatus.ATTENDED, day(3))

    assert awards() == [(1, first, day(1))]
