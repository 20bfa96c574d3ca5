"""The line for a full session: who may join it, how often, and how to leave it."""

from datetime import timedelta

import pytest
from django.db.models import F

from bookings import services
from bookings.errors import (
    AlreadyBooked,
    AlreadyWaiting,
    BookingNotOpen,
    DailyLimitReached,
    InvalidTransition,
    MembershipRequired,
    SessionCancelled,
    SessionNotFull,
    SessionStarted,
)
from bookings.models import Booking, BookingWindow, WaitlistEntry
from bookings.states import BookingStatus, WaitlistStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.states import SessionStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from core.errors import Invalid
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)


def join(customer, session, at=THE_DAY_BEFORE):
    return services.join_waitlist(customer_id=customer.pk, session_id=session.pk, at=at)


def waiting_for(session):
    return ClassSession.objects.values_list("waitlist_count", flat=True).get(pk=session.pk)


@pytest.fixture
def full():
    """A session whose one spot is taken."""
    return BookingFactory(class_session__capacity=1).class_session


def test_whoever_joins_waits_at_the_end_of_the_line(full):
    first, second = join(CustomerFactory(), full), join(CustomerFactory(), full)

    line = WaitlistEntry.objects.with_position().in_line()

    assert [(entry.pk, entry.position) for entry in line] == [(first.pk, 1), (second.pk, 2)]
    assert (second.status, second.created_at) == (WaitlistStatus.WAITING, THE_DAY_BEFORE)
    assert waiting_for(full) == 2


@pytest.mark.parametrize(
    ("capacity", "spots_left"), [(2, 1), (None, None)], ids=["one spot left", "no limit"]
)
def test_nobody_waits_for_a_session_that_can_be_booked(capacity, spots_left):
    session = BookingFactory(class_session__capacity=capacity).class_session

    with pytest.raises(SessionNotFull) as refused:
        join(CustomerFactory(), session)

    assert refused.value.facts == {"spots_left": spots_left}
    assert not WaitlistEntry.objects.exists()
    assert waiting_for(session) == 0


def test_a_session_for_nobody_yet_is_full_and_can_be_waited_for():
    session = ClassSessionFactory(capacity=0)

    entry = join(CustomerFactory(), session)

    assert entry.status == WaitlistStatus.WAITING


def test_a_customer_waits_once_and_is_told_where(full):
    entry = join(customer := CustomerFactory(), full)

    with pytest.raises(AlreadyWaiting) as refused:
        join(customer, full)

    assert refused.value.facts == {"waitlist_entry": entry.pk}
    assert waiting_for(full) == WaitlistEntry.objects.count() == 1


def test_who_left_may_join_again_and_is_the_last(full):
    entry = join(customer := CustomerFactory(), full)
    other = join(CustomerFactory(), full)
    services.leave_waitlist(entry=entry, at=THE_DAY_BEFORE)

    again = join(customer, full)

    line = WaitlistEntry.objects.waiting().in_line()
    assert [entry.pk for entry in line] == [other.pk, again.pk]


def gym_cancels(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(status=SessionStatus.CANCELLED)


def it_starts(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(starts_at=THE_DAY_BEFORE)


def books(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(capacity=2)
    BookingFactory(class_session=session, customer=customer)


def becomes_premium(session, customer):
    session.class_type.is_premium = True
    session.class_type.save()


def opens_at_the_start(session, customer):
    BookingWindow.objects.update(opens_before=0)


def uses_the_day(session, customer):
    BookingFactory(customer=customer, status=BookingStatus.LATE_CANCELLED)


EVERY_RULE = [
    (gym_cancels, SessionCancelled),
    (it_starts, SessionStarted),
    (books, AlreadyBooked),
    (becomes_premium, MembershipRequired),
    (opens_at_the_start, BookingNotOpen),
    (uses_the_day, DailyLimitReached),
]


@pytest.mark.parametrize(("happens", "refusal"), EVERY_RULE)
def test_whom_a_rule_of_booking_refuses_does_not_wait(full, happens, refusal):
    customer = CustomerFactory()
    happens(full, customer)

    with pytest.raises(refusal):
        join(customer, full)

    assert not WaitlistEntry.objects.exists()
    assert waiting_for(full) == 0


@pytest.mark.parametrize("first", range(len(EVERY_RULE)), ids=lambda n: EVERY_RULE[n][1].code)
def test_the_rules_speak_in_the_order_in_which_they_speak_to_who_books(full, first):
    customer = CustomerFactory()
    # A live booking and another booking that uses its day exclude each other.
    later = [rule for rule in EVERY_RULE[first:] if first != 2 or rule[0] is not uses_the_day]
    for happens, _ in later:
        if happens is not books or first == 2:
            happens(full, customer)

    with pytest.raises(EVERY_RULE[first][1]):
        join(customer, full)


def test_a_rule_that_refuses_speaks_before_the_place_in_line(full):
    join(customer := CustomerFactory(), full)
    uses_the_day(full, customer)

    with pytest.raises(DailyLimitReached):
        join(customer, full)


def test_who_waits_is_told_so_though_a_spot_is_free_meanwhile(full):
    entry = join(customer := CustomerFactory(), full)
    ClassSession.objects.filter(pk=full.pk).update(capacity=F("capacity") + 1)

    with pytest.raises(AlreadyWaiting) as refused:
        join(customer, full)

    assert refused.value.facts == {"waitlist_entry": entry.pk}


@pytest.mark.parametrize("missing", ["customer", "class_session"])
def test_what_does_not_exist_neither_waits_nor_is_waited_for(full, missing):
    ids = {"customer": CustomerFactory().pk, "class_session": full.pk} | {missing: 999_999}

    with pytest.raises(Invalid) as refused:
        services.join_waitlist(
            customer_id=ids["customer"], session_id=ids["class_session"], at=THE_DAY_BEFORE
        )

    assert (refused.value.attr, refused.value.code) == (missing, "does_not_exist")
    assert not WaitlistEntry.objects.exists()


def test_waiting_uses_no_day(full):
    customer = CustomerFactory()
    another = ClassSessionFactory(capacity=0, starts_at=TUESDAY_18 + timedelta(hours=1))
    free = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(hours=2))

    join(customer, full)
    join(customer, another)
    booking = services.book_session(customer_id=customer.pk, session_id=free.pk, at=THE_DAY_BEFORE)

    assert booking.occupied_day == TUESDAY_18.date()
    assert (waiting_for(full), waiting_for(another)) == (1, 1)


def test_whoever_leaves_waits_no_more_and_leaving_again_changes_nothing(full):
    before, entry, after = (join(CustomerFactory(), full) for _ in range(3))
    services.leave_waitlist(entry=entry, at=THE_DAY_BEFORE + timedelta(minutes=1))

    again = services.leave_waitlist(entry=entry, at=THE_DAY_BEFORE + timedelta(minutes=2))

    assert (again.status, again.ended_at) == (
        WaitlistStatus.LEFT,
        THE_DAY_BEFORE + timedelta(minutes=1),
    )
    line = WaitlistEntry.objects.with_position().order_by("pk")
    assert [(one.pk, one.position) for one in line] == [
        (before.pk, 1),
        (entry.pk, None),
        (after.pk, 2),
    ]
    assert waiting_for(full) == 2


@pytest.mark.parametrize("status", [WaitlistStatus.PROMOTED, WaitlistStatus.CLOSED])
def test_whose_waiting_is_over_cannot_leave(status):
    entry = WaitlistEntryFactory(status=status, class_session__capacity=1)

    with pytest.raises(InvalidTransition) as refused:
        services.leave_waitlist(entry=entry, at=THE_DAY_BEFORE)

    entry.refresh_from_db()
    assert refused.value.facts == {"from": status, "to": "left"}
    assert (entry.status, waiting_for(entry.class_session)) == (status, 0)


def test_who_waits_and_books_a_spot_that_nobody_got_leaves_the_line(full):
    entry = join(customer := CustomerFactory(), full)
    other = join(CustomerFactory(), full)
    ClassSession.objects.filter(pk=full.pk).update(capacity=2)

    services.book_session(customer_id=customer.pk, session_id=full.pk, at=THE_DAY_BEFORE)

    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.status, entry.ended_at) == (WaitlistStatus.LEFT, THE_DAY_BEFORE)
    assert other.status == WaitlistStatus.WAITING
    assert waiting_for(full) == 1


def test_a_session_called_off_closes_its_line(full):
    entry = join(CustomerFactory(), full)
    left = WaitlistEntryFactory(class_session=full, status=WaitlistStatus.LEFT)

    services.cancel_session(session=full, reason="", at=THE_DAY_BEFORE)

    entry.refresh_from_db()
    left.refresh_from_db()
    assert (entry.status, entry.ended_at) == (WaitlistStatus.CLOSED, THE_DAY_BEFORE)
    assert left.status == WaitlistStatus.LEFT
    assert waiting_for(full) == 0
    assert not Booking.objects.live().exists()
