"""Booking: each rule at its boundary, and the order in which they speak."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from bookings import services
from bookings.errors import (
    AlreadyBooked,
    BookingNotOpen,
    DailyLimitReached,
    MembershipRequired,
    SessionCancelled,
    SessionFull,
    SessionStarted,
)
from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.models import ClassSession
from classes.states import SessionStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from core.errors import Invalid
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def book(customer, session, at=THE_DAY_BEFORE):
    return services.book_session(customer_id=customer.pk, session_id=session.pk, at=at)


def test_a_booking_takes_a_spot_and_the_day_and_agrees_on_the_cutoff():
    yoga = ClassTypeFactory(capacity=20, late_cancel_cutoff_minutes=120)
    session = ClassSessionFactory(class_type=yoga)

    booking = book(CustomerFactory(), session)

    booking.refresh_from_db()
    assert booking.status == BookingStatus.BOOKED
    assert booking.occupied_day == TUESDAY_18.date()
    assert booking.cutoff_at == TUESDAY_18 - timedelta(hours=2)
    assert booking.created_at == booking.updated_at == THE_DAY_BEFORE
    session.refresh_from_db()
    assert (session.booked_count, session.spots_left) == (1, 19)


def test_a_session_that_the_gym_cancelled_cannot_be_booked():
    session = ClassSessionFactory(status=SessionStatus.CANCELLED)

    with pytest.raises(SessionCancelled) as refused:
        book(CustomerFactory(), session)

    assert refused.value.facts == {}
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("at", "is_refused"),
    [
        pytest.param(TUESDAY_18 - MICROSECOND, False, id="a microsecond before the start"),
        pytest.param(TUESDAY_18, True, id="exactly at the start"),
        pytest.param(TUESDAY_18 + timedelta(days=1), True, id="a day later"),
    ],
)
def test_a_session_can_be_booked_until_it_starts(at, is_refused):
    session = ClassSessionFactory()

    with pytest.raises(SessionStarted) if is_refused else nullcontext():
        book(CustomerFactory(), session, at)

    assert session.bookings.exists() is not is_refused


def test_a_customer_holds_one_spot_in_a_session():
    held = BookingFactory()

    with pytest.raises(AlreadyBooked) as refused:
        book(held.customer, held.class_session)

    assert refused.value.facts == {"booking": held.pk}
    assert Booking.objects.count() == 1


def test_nobody_books_a_premium_class_that_no_plan_grants():
    pilates = ClassTypeFactory(is_premium=True)
    session = ClassSessionFactory(class_type=pilates)

    with pytest.raises(MembershipRequired) as refused:
        book(CustomerFactory(), session)

    assert refused.value.facts == {"class_type": pilates.pk, "plans": []}
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("at", "is_refused"),
    [
        pytest.param(TUESDAY_18 - timedelta(days=7), False, id="exactly when it opens"),
        pytest.param(TUESDAY_18 - timedelta(days=7) - MICROSECOND, True, id="a moment too early"),
    ],
)
def test_booking_opens_with_the_window_of_the_class_type(at, is_refused):
    session = ClassSessionFactory()
    window = BookingWindowFactory(class_type=session.class_type, opens_before=7)

    with pytest.raises(BookingNotOpen) if is_refused else nullcontext() as refused:
        book(CustomerFactory(), session, at)

    assert session.bookings.exists() is not is_refused
    if is_refused:
        opens_at = TUESDAY_18 - timedelta(days=7)
        assert refused.value.facts == {"bookable_from": opens_at, "window": window.pk}


@pytest.mark.parametrize(
    ("held_at", "is_refused"),
    [
        pytest.param(datetime(2030, 5, 13, 23, 59, tzinfo=UTC), False, id="the evening before"),
        pytest.param(datetime(2030, 5, 14, 0, 0, tzinfo=UTC), True, id="the day's first minute"),
        pytest.param(datetime(2030, 5, 14, 23, 59, tzinfo=UTC), True, id="the day's last minute"),
        pytest.param(datetime(2030, 5, 15, 0, 0, tzinfo=UTC), False, id="the next midnight"),
    ],
)
def test_a_customer_books_once_a_day(held_at, is_refused):
    held = BookingFactory(class_session__starts_at=held_at)
    session = ClassSessionFactory()

    with pytest.raises(DailyLimitReached) if is_refused else nullcontext() as refused:
        book(held.customer, session, THE_DAY_BEFORE - timedelta(days=1))

    assert session.bookings.exists() is not is_refused
    if is_refused:
        assert refused.value.facts == {"day": TUESDAY_18.date(), "booking": held.pk}


@pytest.mark.parametrize(
    ("evening", "night", "is_refused"),
    [
        pytest.param((5, 14, 21, 30), (5, 14, 22, 30), False, id="23:30 and 00:30 are two days"),
        pytest.param((3, 30, 23, 0), (3, 31, 21, 59), True, id="a day of 23 hours is one day"),
        pytest.param((10, 26, 22, 0), (10, 27, 22, 59), True, id="a day of 25 hours is one day"),
    ],
)
def test_days_are_those_of_the_gyms_zone(evening, night, is_refused, berlin):
    held = BookingFactory(class_session__starts_at=datetime(2030, *evening, tzinfo=UTC))
    session = ClassSessionFactory(starts_at=datetime(2030, *night, tzinfo=UTC))

    with pytest.raises(DailyLimitReached) if is_refused else nullcontext():
        book(held.customer, session, held.class_session.starts_at - timedelta(days=2))

    assert session.bookings.exists() is not is_refused


@pytest.mark.parametrize(
    ("status", "is_refused"),
    [
        (BookingStatus.BOOKED, True),
        (BookingStatus.ATTENDED, True),
        (BookingStatus.NO_SHOW, True),
        (BookingStatus.LATE_CANCELLED, True),
        (BookingStatus.CANCELLED, False),
    ],
)
def test_every_booking_uses_its_day_unless_it_was_cancelled_in_time(status, is_refused):
    held = BookingFactory(status=status)
    another = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(hours=2))

    with pytest.raises(DailyLimitReached) if is_refused else nullcontext():
        book(held.customer, another)

    assert another.bookings.exists() is not is_refused


def test_a_late_cancelled_booking_keeps_its_day_for_the_same_session_too():
    held = BookingFactory(status=BookingStatus.LATE_CANCELLED)

    with pytest.raises(DailyLimitReached) as refused:
        book(held.customer, held.class_session)

    assert refused.value.facts == {"day": TUESDAY_18.date(), "booking": held.pk}


def test_a_session_cancelled_in_time_can_be_booked_again_as_a_new_booking():
    cancelled = BookingFactory(status=BookingStatus.CANCELLED)

    again = book(cancelled.customer, cancelled.class_session)

    cancelled.refresh_from_db()
    assert again.pk != cancelled.pk
    assert cancelled.status == BookingStatus.CANCELLED


def test_the_last_spot_can_be_booked_and_then_none():
    session = ClassSessionFactory(capacity=2)
    BookingFactory(class_session=session)

    book(CustomerFactory(), session)
    with pytest.raises(SessionFull) as refused:
        book(CustomerFactory(), session)

    assert refused.value.facts == {"capacity": 2, "waitlist_count": 0}
    session.refresh_from_db()
    assert (session.booked_count, session.bookings.count()) == (2, 2)


def test_a_session_without_a_capacity_is_never_full():
    session = ClassSessionFactory(capacity=None)

    for _ in range(3):
        book(CustomerFactory(), session)

    assert ClassSession.objects.get().booked_count == 3


def test_a_freed_spot_can_be_booked_at_once():
    session = ClassSessionFactory(capacity=1)
    held = BookingFactory(class_session=session)
    services.change_status(booking=held, to=BookingStatus.CANCELLED, at=THE_DAY_BEFORE)

    book(CustomerFactory(), session)

    session.refresh_from_db()
    assert session.booked_count == 1


@pytest.mark.parametrize("missing", ["customer", "class_session"])
def test_what_does_not_exist_cannot_book_or_be_booked(missing):
    ids = {"customer": CustomerFactory().pk, "class_session": ClassSessionFactory().pk}
    ids[missing] = 999_999

    with pytest.raises(Invalid) as refused:
        services.book_session(
            customer_id=ids["customer"], session_id=ids["class_session"], at=THE_DAY_BEFORE
        )

    assert (refused.value.attr, refused.value.code) == (missing, "does_not_exist")


def test_a_booking_from_before_the_gym_changed_its_zone_is_still_the_one_of_its_session():
    session = ClassSessionFactory()
    held = BookingFactory(class_session=session, occupied_day=datetime(2030, 5, 15).date())  # noqa: DTZ001

    with pytest.raises(AlreadyBooked) as refused:
        book(held.customer, session)

    assert refused.value.facts == {"booking": held.pk}
