"""Booking, eligibility, the schedule and the line ask one evaluator, so they never disagree."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models import F

from bookings import services
from bookings.facts import facts_for, facts_for_line
from bookings.models import BookingWindow
from bookings.rules import RULES
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.models import ClassSession
from classes.rows import session_row
from classes.states import SessionStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from core.errors import Refusal
from customers.tests.factories import CustomerFactory, SegmentFactory
from memberships.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
ORDER = [rule.refusal.code for rule in RULES]


def cancelled_by_the_gym(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(status=SessionStatus.CANCELLED)


def started(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(starts_at=THE_DAY_BEFORE)


def booked(session, customer):
    BookingFactory(customer=customer, class_session=session)


def premium(session, customer):
    session.class_type.is_premium = True
    session.class_type.save()


def member(session, customer):
    MembershipFactory(customer=customer, plan__class_types=[session.class_type])


def membership_ended_the_day_before(session, customer):
    MembershipFactory(
        customer=customer,
        plan__class_types=[session.class_type],
        ends_on=TUESDAY_18.date() - timedelta(days=1),
    )


def membership_cancelled_on_the_day(session, customer):
    MembershipFactory(
        customer=customer,
        plan__class_types=[session.class_type],
        cancelled_on=TUESDAY_18.date(),
    )


def member_of_another_plan(session, customer):
    MembershipFactory(customer=customer)


def not_open(session, customer):
    BookingWindow.objects.update(opens_before=0)


def day_used(session, customer):
    BookingFactory(
        customer=customer,
        class_session__starts_at=session.starts_at,
        status=BookingStatus.LATE_CANCELLED,
    )


def full(session, customer):
    ClassSession.objects.filter(pk=session.pk).update(capacity=F("booked_count"))


SITUATIONS = {
    "nothing stands against it": [],
    "session_cancelled": [cancelled_by_the_gym],
    "session_started": [started],
    "already_booked": [booked],
    "membership_required": [premium],
    "premium, with a membership": [premium, member],
    "premium, with one that ended": [premium, membership_ended_the_day_before],
    "premium, with one that is cancelled": [premium, membership_cancelled_on_the_day],
    "premium, with one for something else": [premium, member_of_another_plan],
    "premium, with several, one of them good": [
        premium,
        membership_ended_the_day_before,
        membership_cancelled_on_the_day,
        member,
    ],
    "premium, with a membership, and full": [premium, member, full],
    "booking_not_open": [not_open],
    "daily_limit_reached": [day_used],
    "session_full": [full],
    "everything but a booking": [
        day_used,
        cancelled_by_the_gym,
        premium,
        not_open,
        full,
    ],
    "booked, premium and full": [booked, premium, full],
    "the day is used and it is full": [day_used, full],
}


@pytest.fixture
def session():
    return ClassSessionFactory(capacity=5)


@pytest.mark.parametrize("situation", SITUATIONS)
@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_booking_eligibility_and_schedule_agree(api, session, situation):
    customer = CustomerFactory()
    for happens in SITUATIONS[situation]:
        happens(session, customer)

    eligibility = api.get(
        f"/api/class_sessions/{session.pk}/eligibility?customer={customer.pk}"
    ).json()
    listed = api.get(f"/api/class_sessions?for_customer={customer.pk}").json()["results"]
    row = next(one for one in listed if one["id"] == session.pk)
    booking = api.post("/api/bookings", {"customer": customer.pk, "class_session": session.pk})

    refused = [rule["code"] for rule in eligibility["rules"] if not rule["passed"]]
    assert [rule["code"] for rule in eligibility["rules"]] == ORDER
    assert eligibility["can_book"] is row["customer"]["can_book"] is (refused == [])
    if refused:
        [error] = booking.json()["errors"]
        first = eligibility["rules"][ORDER.index(refused[0])]
        assert booking.status_code == 409
        assert error["code"] == refused[0] == row["customer"]["refusal"]
        assert (error["detail"], error["facts"]) == (first["detail"], first["facts"])
    else:
        assert booking.status_code == 201
        assert row["customer"]["refusal"] is None


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_line_knows_of_each_customer_what_a_booking_would(session, situation):
    early_birds = SegmentFactory(new_customers=True)
    BookingWindowFactory(segment=early_birds, class_type=session.class_type, opens_before=30)
    BookingWindowFactory(segment=SegmentFactory(), opens_before=60)
    customer, other = CustomerFactory(), CustomerFactory()
    other.chosen_segments.add(BookingWindow.objects.get(opens_before=60).segment)
    for happens in SITUATIONS[situation]:
        happens(session, customer)

    ids = [customer.pk, other.pk]
    line = facts_for_line(session_row(session.pk), ids, at=THE_DAY_BEFORE)

    for customer_id, facts in line.items():
        alone = facts_for(customer_id=customer_id, session_id=session.pk, at=THE_DAY_BEFORE)
        # Which plans would open the class is told to who books, not to who waits.
        alone.plans = ()
        assert facts == alone


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_eligibility_answers_every_rule_that_refuses_and_not_only_the_first(api, session):
    customer = CustomerFactory()
    for happens in SITUATIONS["everything but a booking"]:
        happens(session, customer)

    rules = api.get(f"/api/class_sessions/{session.pk}/eligibility?customer={customer.pk}").json()

    assert [rule["code"] for rule in rules["rules"] if not rule["passed"]] == [
        "session_cancelled",
        "membership_required",
        "booking_not_open",
        "daily_limit_reached",
        "session_full",
    ]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_at_moves_the_clock_of_an_eligibility_and_nothing_else(api, session):
    customer = CustomerFactory()
    booked(session, customer)
    url = f"/api/class_sessions/{session.pk}/eligibility"

    long_before = api.get(url, {"customer": customer.pk, "at": "2030-04-30T17:59:59Z"}).json()

    refused = [rule["code"] for rule in long_before["rules"] if not rule["passed"]]
    assert refused == ["already_booked", "booking_not_open"]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_the_schedule_tells_a_customer_what_each_session_means(api, session):
    segment = SegmentFactory()
    customer = CustomerFactory()
    customer.chosen_segments.add(segment)
    BookingWindowFactory(segment=segment, opens_before=2)
    held = BookingFactory(
        customer=customer,
        class_session=session,
        cutoff_at=TUESDAY_18 - timedelta(hours=3),
    )
    later = ClassSessionFactory(
        starts_at=TUESDAY_18 + timedelta(days=2),
        class_type__late_cancel_cutoff_minutes=60,
    )

    rows = api.get(f"/api/class_sessions?for_customer={customer.pk}").json()["results"]

    assert [row["customer"] for row in rows] == [
        {
            "booking": {"id": held.pk, "status": "booked"},
            "waitlist_position": None,
            "can_book": False,
            "refusal": "already_booked",
            "bookable_from": "2030-05-12T18:00:00Z",
            "free_cancel_until": "2030-05-14T15:00:00Z",
        },
        {
            "booking": None,
            "waitlist_position": None,
            "can_book": False,
            "refusal": "booking_not_open",
            "bookable_from": "2030-05-14T18:00:00Z",
            "free_cancel_until": "2030-05-16T17:00:00Z",
        },
    ]
    assert [row["id"] for row in rows] == [session.pk, later.pk]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
@pytest.mark.parametrize("for_customer", [False, True], ids=["for nobody", "for a customer"])
def test_a_schedule_costs_the_same_queries_for_one_session_as_for_five(
    api, queries_in, for_customer
):
    customer = CustomerFactory()
    BookingWindowFactory(segment=SegmentFactory(frequent_visitors=True))
    query = {"for_customer": customer.pk} if for_customer else {}
    ClassSessionFactory()
    one = queries_in(lambda: api.get("/api/class_sessions", query))
    for day in range(4):
        later = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(days=day))
        BookingFactory(class_session=later, customer=customer)

    five = queries_in(lambda: api.get("/api/class_sessions", query))

    assert five == one


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_booking_costs_the_same_queries_however_much_there_is(api, queries_in, session):
    def book():
        customer = CustomerFactory()
        return queries_in(
            lambda: api.post(
                "/api/bookings", {"customer": customer.pk, "class_session": session.pk}
            )
        )

    def open_windows():
        BookingWindowFactory(segment=SegmentFactory())
        BookingWindowFactory(segment=SegmentFactory(frequent_visitors=True))

    open_windows()
    first = book()
    for _ in range(3):
        BookingFactory(class_session__starts_at=session.starts_at)
        open_windows()

    assert book() == first


def test_a_refusal_leaves_the_transaction_usable_for_whoever_called(session):
    customer = CustomerFactory()
    booked(session, customer)

    with pytest.raises(Refusal):
        services.book_session(customer_id=customer.pk, session_id=session.pk, at=THE_DAY_BEFORE)

    assert session.bookings.count() == 1
