from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings import services
from bookings.models import Booking
from bookings.states import LIVE, BookingStatus, WaitlistStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

TUESDAY, WEDNESDAY = date(2030, 5, 14), date(2030, 5, 15)


def check_bookings(**options):
    """Give the lines that the command printed and the sentence with which it failed, if it did."""
    printed = StringIO()
    try:
        call_command("check_bookings", stdout=printed, **options)
    except CommandError as error:
        return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), None


def store(session, booked_count):
    ClassSession.objects.filter(pk=session.pk).update(booked_count=booked_count)


def booked_count(session):
    return ClassSession.objects.values_list("booked_count", flat=True).get(pk=session.pk)


def used_day(booking):
    return Booking.objects.values_list("occupied_day", flat=True).get(pk=booking.pk)


def test_sessions_as_the_services_leave_them_do_not_differ():
    session = ClassSessionFactory()
    for status in BookingStatus:
        BookingFactory(class_session=session, status=status)
    for status in WaitlistStatus:
        WaitlistEntryFactory(class_session=session, status=status)
    ClassSessionFactory()

    assert check_bookings() == (["2 sessions checked: every counter and every day is right."], None)
    # One of them was promoted.
    assert booked_count(session) == len(LIVE) + 1


@pytest.mark.parametrize("stored", [0, 2])
def test_a_counter_that_differs_is_named_and_left_alone(stored):
    BookingFactory()
    session = BookingFactory(status=BookingStatus.NO_SHOW).class_session
    BookingFactory(class_session=session, status=BookingStatus.LATE_CANCELLED)
    store(session, stored)

    said = check_bookings()

    assert said == (
        [f"Session {session.pk}: {stored} bookings stored, 1 counted."],
        "Differences: 1. --repair puts them right.",
    )
    assert booked_count(session) == stored


def test_a_counter_is_repaired():
    session = BookingFactory().class_session
    store(session, 5)

    lines, failure = check_bookings(repair=True)

    assert (lines[1], failure) == (f"Session {session.pk}: 1 bookings stored now.", None)
    assert booked_count(session) == 1
    assert check_bookings()[1] is None


@pytest.mark.parametrize("stored", [0, 3])
def test_a_line_that_differs_is_named_and_repaired(stored):
    session = BookingFactory(class_session__capacity=2).class_session
    BookingFactory(class_session=session)
    WaitlistEntryFactory.create_batch(2, class_session=session)
    WaitlistEntryFactory(class_session=session, status=WaitlistStatus.LEFT)
    ClassSession.objects.filter(pk=session.pk).update(waitlist_count=stored)

    named = check_bookings()
    lines, failure = check_bookings(repair=True)

    difference = f"Session {session.pk}: {stored} waiting stored, 2 counted."
    assert named == ([difference], "Differences: 1. --repair puts them right.")
    assert (lines[:2], failure) == (
        [difference, f"Session {session.pk}: 2 waiting stored now."],
        None,
    )
    session.refresh_from_db()
    assert (session.waitlist_count, session.booked_count) == (2, 2)


def test_more_bookings_than_spots_are_named_because_no_counter_can_say_them():
    session = ClassSessionFactory(capacity=2)
    BookingFactory.create_batch(2, class_session=session)
    store(session, 0)
    ClassSession.objects.filter(pk=session.pk).update(capacity=1)

    lines, failure = check_bookings(repair=True)

    assert lines[1] == (
        f"Session {session.pk} cannot be repaired: 2 bookings are live, its capacity is 1."
    )
    assert failure == "Not repaired: 1. See above what is in the way."
    assert booked_count(session) == 0


def test_a_day_that_differs_is_named_among_others_that_do_not():
    session = ClassSessionFactory()
    BookingFactory(class_session=session)
    BookingFactory(class_session=session, occupied_day=WEDNESDAY)

    lines, failure = check_bookings()

    assert lines == [
        f"Session {session.pk}: its bookings use 2030-05-14 to 2030-05-15, it starts on 2030-05-14."
    ]
    assert failure == "Differences: 1. --repair puts them right."


def test_a_late_cancel_keeps_its_day_when_the_session_was_moved_afterwards():
    session = ClassSessionFactory()
    late = BookingFactory(class_session=session, status=BookingStatus.LATE_CANCELLED)
    moved_to = TUESDAY_18 + timedelta(days=3)
    services.edit_session(
        session=session, changes={"starts_at": moved_to}, at=TUESDAY_18 - timedelta(days=1)
    )
    services.book_session(
        customer_id=late.customer_id, session_id=session.pk, at=TUESDAY_18 - timedelta(days=1)
    )

    _, failure = check_bookings()

    late.refresh_from_db()
    assert (failure, late.occupied_day) == (None, TUESDAY_18.date())


def test_another_time_zone_makes_days_differ_and_repairing_moves_them(settings):
    late = BookingFactory()
    early = BookingFactory(class_session__starts_at=TUESDAY_18 - timedelta(hours=8))
    settings.TIME_ZONE = "Asia/Tokyo"

    lines, failure = check_bookings(repair=True)

    session_id = late.class_session_id
    assert lines[:2] == [
        f"Session {session_id}: its bookings use 2030-05-14, it starts on 2030-05-15.",
        f"Session {session_id}: 1 bookings use 2030-05-15 now.",
    ]
    assert (used_day(late), used_day(early), failure) == (WEDNESDAY, TUESDAY, None)


@pytest.mark.parametrize(
    ("zone", "hour", "one_day"),
    [
        pytest.param("Asia/Tokyo", 18, timedelta(days=1), id="one on"),
        pytest.param("America/Los_Angeles", 3, timedelta(days=-1), id="one back"),
    ],
)
def test_days_of_one_customer_that_all_move_make_room_for_each_other(settings, zone, hour, one_day):
    customer = CustomerFactory()
    days = [TUESDAY + timedelta(days=number) for number in range(4)]
    held = [
        BookingFactory(
            customer=customer,
            class_session__starts_at=TUESDAY_18.replace(hour=hour, day=day.day),
        )
        for day in days
    ]
    settings.TIME_ZONE = zone

    _, failure = check_bookings(repair=True)

    assert failure is None
    assert [used_day(booking) for booking in held] == [day + one_day for day in days]


def test_a_customer_who_would_use_a_day_twice_is_named_and_the_others_are_moved(settings):
    evening = ClassSessionFactory()
    others = BookingFactory.create_batch(3, class_session=evening)
    stuck = BookingFactory(class_session=evening)
    next_day = BookingFactory(
        customer=stuck.customer, class_session__starts_at=TUESDAY_18 + timedelta(hours=16)
    )
    settings.TIME_ZONE = "Asia/Tokyo"

    lines, failure = check_bookings(repair=True)

    assert lines[1] == f"Session {evening.pk}: 3 bookings use 2030-05-15 now."
    assert lines[2] == (
        f"Session {evening.pk}: booking {stuck.pk} of customer {stuck.customer_id} cannot move to "
        f"2030-05-15: booking {next_day.pk} uses that day."
    )
    assert failure == "Not repaired: 1. See above what is in the way."
    assert [used_day(booking) for booking in others] == [WEDNESDAY] * 3
    assert used_day(stuck) == TUESDAY


def test_checking_is_one_statement_however_many_sessions_there_are(queries_in):
    BookingFactory()
    one = queries_in(check_bookings)
    BookingFactory.create_batch(4)

    five = queries_in(check_bookings)

    # The other one is the number of sessions.
    assert (one, five) == (2, 2)
