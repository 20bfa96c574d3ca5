"""Who of those who wait gets a spot that became free, and what that booking is worth."""

from datetime import timedelta

import pytest
from django.db import transaction

from bookings import services
from bookings.models import Booking, BookingWindow
from bookings.states import BookingStatus, WaitlistStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.states import SessionStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory, SegmentFactory
from memberships.tests.factories import MembershipFactory
from notifications.models import Mail, Notification
from notifications.states import MailStatus

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def yoga():
    return ClassTypeFactory()


@pytest.fixture
def held(yoga):
    """The one booking of a session that has one spot."""
    return BookingFactory(class_session__class_type=yoga, class_session__capacity=1)


@pytest.fixture
def session(held):
    return held.class_session


def cancel(booking, at=THE_DAY_BEFORE):
    return services.change_status(booking=booking, to=BookingStatus.CANCELLED, at=at)


def in_line(session, *customers):
    return [WaitlistEntryFactory(class_session=session, customer=one) for one in customers]


def statuses(*entries):
    for entry in entries:
        entry.refresh_from_db()
    return [entry.status for entry in entries]


def counters(session):
    return ClassSession.objects.values_list("booked_count", "waitlist_count").get(pk=session.pk)


def test_the_first_in_line_gets_the_spot_and_the_others_move_up(held, session):
    first, second = WaitlistEntryFactory.create_batch(2, class_session=session)

    cancel(held)

    assert statuses(first, second) == [WaitlistStatus.PROMOTED, WaitlistStatus.WAITING]
    booking = first.promoted_booking
    assert (booking.customer, booking.class_session) == (first.customer, session)
    assert (booking.status, booking.occupied_day) == (BookingStatus.BOOKED, TUESDAY_18.date())
    assert booking.created_at == first.ended_at == THE_DAY_BEFORE
    assert counters(session) == (1, 1)


def has_used_the_day(customer, session):
    BookingFactory(customer=customer, class_session__starts_at=TUESDAY_18 + HOUR)


def has_kept_the_day_by_a_late_cancel(customer, session):
    BookingFactory(customer=customer, class_session=session, status=BookingStatus.LATE_CANCELLED)


def may_not_book_yet(customer, session):
    segment = SegmentFactory()
    customer.chosen_segments.add(segment)
    BookingWindowFactory(segment=segment, opens_before=1, unit="hours")


@pytest.mark.parametrize(
    "is_kept_out",
    [has_used_the_day, has_kept_the_day_by_a_late_cancel, may_not_book_yet],
    ids=lambda happens: happens.__name__.replace("_", " "),
)
def test_who_does_not_pass_every_rule_is_skipped_and_keeps_the_place(held, session, is_kept_out):
    skipped, next_one, last = in_line(session, *CustomerFactory.create_batch(3))
    is_kept_out(skipped.customer, session)

    cancel(held)

    assert statuses(skipped, next_one, last) == [
        WaitlistStatus.WAITING,
        WaitlistStatus.PROMOTED,
        WaitlistStatus.WAITING,
    ]
    positions = session.waitlist_entries.waiting().with_position().values_list("pk", "position")
    assert sorted(positions) == [(skipped.pk, 1), (last.pk, 2)]


def test_who_has_no_membership_for_a_premium_class_is_skipped(held, session, yoga):
    without, member = in_line(session, *CustomerFactory.create_batch(2))
    yoga.is_premium = True
    yoga.save()
    MembershipFactory(customer=member.customer, plan__class_types=[yoga])

    cancel(held)

    assert statuses(without, member) == [WaitlistStatus.WAITING, WaitlistStatus.PROMOTED]


def test_who_is_booked_already_is_skipped():
    other = BookingFactory(class_session=ClassSessionFactory(capacity=2))
    booked, waiting = in_line(other.class_session, other.customer, CustomerFactory())
    leaving = BookingFactory(class_session=other.class_session)

    cancel(leaving)

    assert statuses(booked, waiting) == [WaitlistStatus.WAITING, WaitlistStatus.PROMOTED]
    assert other.class_session.bookings.live().count() == 2


def test_who_was_skipped_gets_the_next_spot_before_those_behind(held, session):
    skipped, next_one, last = in_line(session, *CustomerFactory.create_batch(3))
    elsewhere = BookingFactory(
        customer=skipped.customer, class_session__starts_at=TUESDAY_18 + HOUR
    )
    cancel(held)
    cancel(elsewhere)
    next_one.refresh_from_db()

    cancel(next_one.promoted_booking)

    assert statuses(skipped, last) == [WaitlistStatus.PROMOTED, WaitlistStatus.WAITING]


def test_a_spot_that_nobody_in_line_may_have_stays_free_for_whoever_books(held, session):
    [entry] = in_line(session, CustomerFactory())
    has_used_the_day(entry.customer, session)
    cancel(held)

    booked = services.book_session(
        customer_id=CustomerFactory().pk, session_id=session.pk, at=THE_DAY_BEFORE
    )

    assert booked.class_session_id == session.pk
    assert counters(session) == (1, 1)


def test_a_line_that_is_longer_than_one_look_is_searched_to_its_end(held, session):
    with_used_day = CustomerFactory.create_batch(100)
    for customer in with_used_day:
        has_used_the_day(customer, session)
    in_line(session, *with_used_day)
    [eligible] = in_line(session, CustomerFactory())

    cancel(held)

    assert statuses(eligible) == [WaitlistStatus.PROMOTED]
    assert counters(session) == (1, 100)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"status": SessionStatus.CANCELLED}, id="cancelled"),
        pytest.param({"starts_at": THE_DAY_BEFORE}, id="started"),
        pytest.param({"capacity": 0}, id="full all the same"),
    ],
)
def test_nobody_is_promoted_into_a_session_that_is(change):
    session = ClassSessionFactory(capacity=1)
    [entry] = in_line(session, CustomerFactory())
    ClassSession.objects.filter(pk=session.pk).update(**change)
    session.refresh_from_db()

    services.edit_session(session=session, changes={"duration_minutes": 90}, at=THE_DAY_BEFORE)

    assert statuses(entry) == [WaitlistStatus.WAITING]
    assert not Booking.objects.exists()


def test_the_spot_and_what_freed_it_are_one_transaction(held, session):
    [entry] = in_line(session, CustomerFactory())

    @transaction.atomic
    def cancel_and_be_interrupted():
        cancel(held)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        cancel_and_be_interrupted()

    held.refresh_from_db()
    assert held.status == BookingStatus.BOOKED
    assert statuses(entry) == [WaitlistStatus.WAITING]
    assert (Booking.objects.count(), counters(session)) == (1, (1, 1))
    assert not Notification.objects.exists()


def test_who_got_a_spot_is_told_once(held, session):
    first, second = in_line(session, *CustomerFactory.create_batch(2))

    cancel(held)
    cancel(held)

    assert statuses(first, second) == [WaitlistStatus.PROMOTED, WaitlistStatus.WAITING]
    told = Notification.objects.get()
    assert (told.customer, told.kind, told.created_at) == (
        first.customer,
        "waitlist_promoted",
        THE_DAY_BEFORE,
    )
    assert told.title == "You have a spot: Yoga, Tuesday, 14 May"
    assert "cancel freely until Tuesday, 14 May, 18:00" in told.body
    assert told.data == {
        "class_session": session.pk,
        "booking": first.promoted_booking.pk,
        "waitlist_entry": first.pk,
    }
    mail = Mail.objects.get()
    assert (mail.notification, mail.status) == (told, MailStatus.QUEUED)


@pytest.mark.parametrize(
    ("after", "status"),
    [
        pytest.param(HOUR, BookingStatus.CANCELLED, id="exactly an hour later"),
        pytest.param(HOUR + MICROSECOND, BookingStatus.LATE_CANCELLED, id="a moment after it"),
    ],
)
def test_a_promoted_customer_cancels_freely_for_an_hour_whatever_the_cutoff(
    held, session, after, status
):
    [entry] = in_line(session, CustomerFactory())
    cancel(held)
    entry.refresh_from_db()
    # As if the cutoff had come when the customer got the spot.
    booking = entry.promoted_booking
    Booking.objects.filter(pk=booking.pk).update(cutoff_at=THE_DAY_BEFORE)

    cancelled = cancel(booking, THE_DAY_BEFORE + after)

    assert booking.free_until == THE_DAY_BEFORE + HOUR
    assert cancelled.status == status


@pytest.mark.parametrize(
    ("before_the_start", "status"),
    [
        pytest.param(2 * HOUR, BookingStatus.CANCELLED, id="exactly at the cutoff"),
        pytest.param(2 * HOUR - MICROSECOND, BookingStatus.LATE_CANCELLED, id="after it"),
    ],
)
def test_after_that_hour_the_cutoff_decides_as_for_everybody(
    held, session, yoga, before_the_start, status
):
    yoga.late_cancel_cutoff_minutes = 120
    yoga.save()
    [entry] = in_line(session, CustomerFactory())
    cancel(held)
    entry.refresh_from_db()

    cancelled = cancel(entry.promoted_booking, TUESDAY_18 - before_the_start)

    assert cancelled.status == status


def test_the_window_of_the_gym_holds_for_who_waits_too(held, session):
    [entry] = in_line(session, CustomerFactory())
    BookingWindow.objects.update(opens_before=0)

    cancel(held)

    assert statuses(entry) == [WaitlistStatus.WAITING]


def test_offering_a_spot_costs_the_same_for_a_line_of_one_as_for_a_line_of_twenty(queries_in, yoga):
    BookingWindowFactory(segment=SegmentFactory(frequent_visitors=True))
    yoga.is_premium = True
    yoga.save()

    def a_cancel_before_a_line_of(length):
        held = BookingFactory(class_session__class_type=yoga, class_session__capacity=1)
        in_line(held.class_session, *CustomerFactory.create_batch(length))
        return queries_in(lambda: cancel(held))

    assert a_cancel_before_a_line_of(20) == a_cancel_before_a_line_of(1)
