"""Who reaches a milestone, by which booking, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from bookings.errors import SessionFull
from bookings.signals import booking_made
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory
from core.intervals import IntervalUnit
from customers.tests.factories import CustomerFactory
from milestones.models import MilestoneAward
from milestones.tests.factories import MilestoneFactory
from milestones.tests.stretches import (
    MONDAY_18,
    awards,
    book,
    book_session,
    cancel,
    change,
    day,
    nothing_is_said,
)
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def anna():
    return CustomerFactory()


def weekly(sessions, **given):
    return MilestoneFactory(session_count=sessions, interval_unit=IntervalUnit.WEEK, **given)


def test_the_booking_that_completes_a_stretch_earns_the_milestone(anna):
    milestone = weekly(3)
    book(anna, 0, 2)

    third = book(anna, 6)

    award = MilestoneAward.objects.get()
    assert (award.milestone, award.customer, award.booking) == (milestone, anna, third)
    assert (award.number, award.awarded_at) == (1, MONDAY_18)
    assert (award.window_start, award.window_end) == (day(-1), day(6))


def test_one_session_too_few_earns_nothing(anna):
    weekly(3)

    book(anna, 0, 2)

    assert nothing_is_said()


@pytest.mark.parametrize(
    ("off", "earns"),
    [
        pytest.param(timedelta(), False, id="exactly a week before is out"),
        pytest.param(MICROSECOND, True, id="a microsecond later is in"),
    ],
)
def test_a_stretch_begins_after_the_moment_one_interval_before_its_end(anna, off, earns):
    weekly(2)
    BookingFactory(customer=anna, class_session__starts_at=day(0) + off)

    book(anna, 7)

    assert MilestoneAward.objects.exists() is earns


def test_a_month_is_one_on_the_gyms_wall_clock(anna, berlin):
    MilestoneFactory(session_count=2)
    last_of_february = datetime(2030, 2, 28, 17, 0, 0, 1, tzinfo=UTC)
    BookingFactory(customer=anna, class_session__starts_at=last_of_february)
    session = ClassSessionFactory(starts_at=datetime(2030, 3, 31, 16, tzinfo=UTC))

    book_session(anna, session, at=session.starts_at - MICROSECOND)

    award = MilestoneAward.objects.get()
    assert award.window_end == datetime(2030, 3, 31, 16, tzinfo=UTC)
    assert award.window_start == datetime(2030, 2, 28, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("others", "booked"),
    [
        pytest.param([(3, 31, 18)], (2, 28, 19), id="31 March looks back to the end of February"),
        pytest.param([(2, 28, 12), (3, 29, 10)], (3, 28, 18), id="29 March looks back further"),
    ],
)
def test_months_of_unequal_length_reach_beyond_a_month_of_the_session(anna, others, booked):
    MilestoneFactory(session_count=1 + len(others))
    for other in others:
        starts_at = datetime(2030, *other, tzinfo=UTC)
        BookingFactory(customer=anna, class_session__starts_at=starts_at)
    session = ClassSessionFactory(starts_at=datetime(2030, *booked, tzinfo=UTC))

    book_session(anna, session, at=session.starts_at - timedelta(days=1))

    assert MilestoneAward.objects.get().window_end == datetime(2030, *others[-1], tzinfo=UTC)


def test_booking_an_earlier_session_can_complete_a_stretch(anna):
    weekly(3)
    book(anna, 6, 0)

    between = book(anna, 3)

    assert awards() == [(1, between, day(6))]


def test_where_one_booking_completes_several_stretches_the_one_that_ends_earliest_is_awarded(anna):
    weekly(3)
    book(anna, 8, 2, 0)

    middle = book(anna, 5)

    assert awards() == [(1, middle, day(5))]


def test_a_milestone_is_earned_again_and_again_and_numbered(anna):
    weekly(2)

    book(anna, 0, 1, 2, 3, 4, 5, 6)

    assert [(number, end) for number, _, end in awards()] == [
        (1, day(1)),
        (2, day(3)),
        (3, day(5)),
    ]


def test_sessions_up_to_the_last_award_do_not_count_towards_the_next(anna):
    weekly(2)
    book(anna, 0, 4)

    book(anna, 1, 2, 3, 5)
    assert len(awards()) == 1
    seventh = book(anna, 6)

    assert awards()[1:] == [(2, seventh, day(6))]


def test_one_booking_can_earn_several_milestones(anna):
    two, three = weekly(2), weekly(3)
    book(anna, 0)
    booking = book(anna, 1)
    assert awards() == [(1, booking, day(1))]

    booking = book(anna, 2)

    assert awards(milestone=three) == [(1, booking, day(2))]
    assert len(awards(milestone=two)) == 1
    booking = book(anna, 3)
    assert awards(milestone=two)[1:] == [(2, booking, day(3))]


def test_one_booking_that_completes_two_milestones_earns_both(anna):
    two_in_a_week, two_in_a_month = weekly(2), MilestoneFactory(session_count=2)

    book(anna, 0)
    booking = book(anna, 1)

    assert awards(milestone=two_in_a_week) == [(1, booking, day(1))]
    assert awards(milestone=two_in_a_month) == [(1, booking, day(1))]
    assert Mail.objects.count() == Notification.objects.count() == 2


def test_what_others_book_does_not_count(anna):
    weekly(2)
    book(CustomerFactory(), 0)

    book(anna, 1)

    assert nothing_is_said()


def test_what_was_cancelled_before_does_not_count(anna):
    weekly(2)
    cancel(book(anna, 0))

    book(anna, 1)

    assert nothing_is_said()


def test_a_late_cancel_does_not_count(anna):
    weekly(2)
    change(book(anna, 0), BookingStatus.CANCELLED, day(0) - MICROSECOND)
    BookingFactory(customer=anna, status="late_cancelled", class_session__starts_at=day(1))

    book(anna, 2)

    assert nothing_is_said()


def test_a_session_that_the_customer_missed_was_booked_all_the_same(anna):
    weekly(2)
    BookingFactory(customer=anna, status=BookingStatus.NO_SHOW, class_session__starts_at=day(0))

    booking = book(anna, 1)

    assert awards() == [(1, booking, day(1))]


def test_a_cancellation_takes_no_award_back_and_booking_again_sends_no_second_mail(anna):
    weekly(2)
    first, second = book(anna, 0), book(anna, 1)

    for booking in (first, second):
        cancel(booking)
    for booking in (first, second):
        book_session(anna, booking.class_session)

    assert awards() == [(1, second, day(1))]
    assert Notification.objects.count() == Mail.objects.count() == 1


def test_an_inactive_milestone_is_earned_by_nobody(anna):
    weekly(1, is_active=False)

    book(anna, 0)

    assert nothing_is_said()


def test_a_milestone_that_is_made_or_edited_later_awards_nothing_for_the_past(anna, api):
    book(anna, 0, 1)
    milestone = weekly(3)

    answer = api.patch(f"/api/milestones/{milestone.pk}", {"session_count": 2})

    assert answer.status_code == 200
    assert nothing_is_said()


def test_what_was_booked_before_the_milestone_was_made_counts_with_the_next_booking(anna):
    book(anna, 0, 1)
    weekly(3)

    booking = book(anna, 2)

    assert awards() == [(1, booking, day(2))]


def test_a_booking_that_is_refused_earns_nothing(anna):
    weekly(2)
    book(anna, 0)
    full = BookingFactory(class_session__starts_at=day(1), class_session__capacity=1)

    with pytest.raises(SessionFull):
        book_session(anna, full.class_session)

    assert nothing_is_said()


def test_a_booking_that_is_rolled_back_earns_nothing_and_nothing_was_said(anna):
    weekly(1)

    with transaction.atomic():
        book(anna, 0)
        assert MilestoneAward.objects.count() == Mail.objects.count() == 1
        transaction.set_rollback(True)

    assert nothing_is_said()
    assert not anna.bookings.exists()


def test_whoever_fails_after_the_award_takes_it_along(anna):
    def fail(**kwargs):
        raise RuntimeError("Somebody who hears of bookings fails.")

    weekly(1)
    booking_made.connect(fail)

    try:
        with pytest.raises(RuntimeError):
            book(anna, 0)
    finally:
        booking_made.disconnect(fail)

    assert nothing_is_said()
    assert not anna.bookings.exists()
