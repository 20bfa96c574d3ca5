"""
Spots that are freed, booked and waited for at the same instant.

Real threads over the API, on the database of the run.
"""

import random
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from bookings.checks import differences
from bookings.facts import facts_for
from bookings.models import Booking, WaitlistEntry
from bookings.rules import first_refusal
from bookings.states import WaitlistStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.tests.factories import ClassTypeFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Notification
from tests.racing import at_once, book, cancel, outcomes, session_in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 20


@pytest.fixture(autouse=True)
def everything_is_right_afterwards(transactional_db):
    yield

    assert [one for one in differences(tz=timezone.get_default_timezone()) if one] == []
    assert not ClassSession.objects.filter(booked_count__gt=F("capacity")).exists()
    promoted = WaitlistEntry.objects.filter(status=WaitlistStatus.PROMOTED)
    told = Notification.objects.filter(kind="waitlist_promoted")
    assert told.count() == promoted.count()


def join(customer, session):
    return "post", "/api/waitlist_entries", {"customer": customer.pk, "class_session": session.pk}


def leave(entry):
    return "post", f"/api/waitlist_entries/{entry.pk}/leave", {}


def resize(session, capacity):
    return "patch", f"/api/class_sessions/{session.pk}", {"capacity": capacity}


def who_could_book(session):
    """Give those who wait beside a free spot that the rules would let them have."""
    now = timezone.now()
    line = session.waitlist_entries.waiting().values_list("customer_id", flat=True)
    return [
        customer_id
        for customer_id in line
        if first_refusal(facts_for(customer_id=customer_id, session_id=session.pk, at=now)) is None
    ]


def test_twenty_cancel_while_twenty_book_and_twenty_wait(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=RIVALS)
        held = BookingFactory.create_batch(RIVALS, class_session=session)
        waiting = WaitlistEntryFactory.create_batch(RIVALS // 2, class_session=session)
        joining, booking = (CustomerFactory.create_batch(number) for number in (10, RIVALS))
        # Some of those who wait ask for the spot themselves, at the moment that they get it.
        booking[:5] = [entry.customer for entry in waiting[:5]]
        requests = [
            *(cancel(one.pk) for one in held),
            *(book(one, session) for one in booking),
            *(join(one, session) for one in joining),
        ]
        random.Random(session.pk).shuffle(requests)

        responses = at_once(*requests)

        assert set(outcomes(responses)) <= {
            200,
            201,
            (409, "session_full"),
            (409, "session_not_full"),
            (409, "already_booked"),
        }
        assert outcomes(responses)[200] == RIVALS
        assert who_could_book(session) == []
        # Those who waited before the race are all in: twenty spots were freed.
        assert not session.waitlist_entries.filter(pk__in=[e.pk for e in waiting]).waiting()


def test_a_customer_who_joins_twenty_times_is_in_line_once(race_rounds):
    for _ in range(race_rounds):
        customer, session = CustomerFactory(), session_in_days(2, capacity=0)

        responses = at_once(*[join(customer, session)] * RIVALS)

        assert outcomes(responses) == {201: 1, (409, "already_waiting"): RIVALS - 1}
        [made] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["waitlist_entry"] for error in refused} == {made["id"]}
        assert session.waitlist_entries.count() == 1


def test_nobody_begins_to_wait_beside_the_spot_that_is_freed(race_rounds):
    for _ in range(race_rounds):
        held = BookingFactory(class_session=session_in_days(2, capacity=1))
        session, customer = held.class_session, CustomerFactory()

        freed, joined = at_once(cancel(held.pk), join(customer, session))

        assert freed.status_code == 200
        if joined.status_code == 201:
            assert customer.waitlist_entries.get().status == WaitlistStatus.PROMOTED
            assert customer.bookings.live().count() == 1
        else:
            assert outcomes([joined]) == {(409, "session_not_full"): 1}
            assert not customer.waitlist_entries.exists()


def test_who_leaves_while_a_spot_is_freed_left_or_got_it(race_rounds):
    for _ in range(race_rounds):
        held = BookingFactory(class_session=session_in_days(2, capacity=1))
        entry, behind = WaitlistEntryFactory.create_batch(2, class_session=held.class_session)

        freed, left = at_once(cancel(held.pk), leave(entry))

        assert freed.status_code == 200
        entry.refresh_from_db()
        behind.refresh_from_db()
        if left.status_code == 200:
            assert (entry.status, behind.status) == (WaitlistStatus.LEFT, WaitlistStatus.PROMOTED)
        else:
            assert outcomes([left]) == {(409, "invalid_transition"): 1}
            assert (entry.status, behind.status) == (
                WaitlistStatus.PROMOTED,
                WaitlistStatus.WAITING,
            )


def test_who_waits_for_ten_sessions_of_a_day_gets_a_spot_in_one_of_them(race_rounds):
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sessions = [session_in_days(2, capacity=1, minute=minute) for minute in range(10)]
        held = [BookingFactory(class_session=session) for session in sessions]
        for session in sessions:
            WaitlistEntryFactory(class_session=session, customer=customer)

        responses = at_once(*(cancel(one.pk) for one in held))

        assert outcomes(responses) == {200: 10}
        booking = customer.bookings.live().get()
        promoted = customer.waitlist_entries.get(status=WaitlistStatus.PROMOTED)
        assert promoted.promoted_booking == booking
        assert customer.waitlist_entries.waiting().count() == 9


def test_two_lines_of_the_same_people_in_opposite_order_let_everybody_in_once(race_rounds):
    for _ in range(race_rounds):
        people = CustomerFactory.create_batch(6)
        sessions = [session_in_days(2, capacity=0, minute=minute) for minute in range(2)]
        for session, line in zip(sessions, (people, people[::-1]), strict=True):
            for customer in line:
                WaitlistEntryFactory(class_session=session, customer=customer)

        responses = at_once(*(resize(session, 4) for session in sessions))

        assert outcomes(responses) == {200: 2}
        day = Booking.objects.live().filter(customer__in=people)
        assert sorted(day.values_list("customer_id", flat=True)) == [one.pk for one in people]
        assert [who_could_book(session) for session in sessions] == [[], []]


def test_a_customer_who_books_elsewhere_while_getting_a_spot_has_one_booking(race_rounds):
    for _ in range(race_rounds):
        held = BookingFactory(class_session=session_in_days(2, capacity=1))
        entry, behind = WaitlistEntryFactory.create_batch(2, class_session=held.class_session)
        elsewhere = session_in_days(2, minute=30)

        freed, booked = at_once(cancel(held.pk), book(entry.customer, elsewhere))

        assert freed.status_code == 200
        assert outcomes([booked]).keys() <= {201, (409, "daily_limit_reached")}
        assert entry.customer.bookings.live().count() == 1
        behind.refresh_from_db()
        assert (behind.status == WaitlistStatus.PROMOTED) == (booked.status_code == 201)


def test_a_customer_who_joins_while_being_deleted_is_held_or_gone(race_rounds):
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sessions = [session_in_days(2, capacity=0, minute=minute) for minute in range(5)]
        delete = ("delete", f"/api/customers/{customer.pk}", None)

        deleted, *responses = at_once(delete, *(join(customer, session) for session in sessions))

        if deleted.status_code == 204:
            assert outcomes(responses) == {(400, "does_not_exist"): len(sessions)}
            assert not Customer.objects.filter(pk=customer.pk).exists()
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert outcomes(responses) == {201: len(sessions)}


def test_memberships_cancelled_at_once_promote_the_same_people_and_lose_no_spot(race_rounds):
    for _ in range(race_rounds):
        pilates = ClassTypeFactory(is_premium=True)
        plan = MembershipPlanFactory(open_ended=True, class_types=[pilates])
        entitled = {"plan": plan, "starts_on": timezone.localdate() - timedelta(days=30)}
        leaving = MembershipFactory.create_batch(8, **entitled)
        line = [one.customer for one in MembershipFactory.create_batch(6, **entitled)]
        sessions = []
        for minute, membership in enumerate(leaving):
            # Each in another order: so two of them would want the same rows crosswise.
            for days in random.Random(minute).sample([2, 3, 4], 3):
                session = session_in_days(days, capacity=1, minute=minute)
                BookingFactory(class_session=session, customer=membership.customer)
                for customer in line:
                    WaitlistEntryFactory(class_session=session, customer=customer)
                sessions.append(session)
        ClassSession.objects.filter(pk__in=[one.pk for one in sessions]).update(class_type=pilates)

        responses = at_once(*(("post", f"/api/memberships/{m.pk}/cancel", {}) for m in leaving))

        assert outcomes(responses) == {200: 8}
        assert [who_could_book(session) for session in sessions] == [[]] * 24
