"""
Sessions used up, agreements edited and statuses read while everything else happens as well.

Real threads over the API, on the database of the run.
"""

import itertools
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from bookings.services import book_session
from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from followups import checks
from followups.models import Agreement, AgreementChange, FollowUp, FollowUpChange, SessionUse
from followups.services import people_by_status, settle, tallies
from followups.tests.stories import come, sell
from tests.racing import at_once, book, outcomes, session_in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 20
NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def every_status_is_right_afterwards(transactional_db):
    yield

    now = timezone.now()
    settle(at=now)
    spans = [checks.wrong_statuses(first, end, at=now) for first, end in checks.spans()]
    assert [str(wrong) for span in spans for wrong in span] == []
    assert [str(wrong) for wrong in checks.wrong_tallies()] == []
    for customer_id in FollowUp.objects.values_list("pk", flat=True):
        assert_one_follows_the_other(customer_id)


def assert_one_follows_the_other(customer_id):
    """Each change begins where the one before ended, and the last one gave what is there."""
    changes = list(FollowUpChange.objects.filter(customer=customer_id).order_by("pk"))
    for earlier, later in itertools.pairwise(changes):
        assert earlier.to_status == later.from_status
        assert earlier.changed_at <= later.changed_at
    if changes:
        row = FollowUp.objects.get(pk=customer_id)
        assert (row.status, row.since) == (changes[-1].to_status, changes[-1].changed_at)


def somebody(**values):
    now = timezone.now() - timedelta(days=2)
    return come(email=f"racer.{next(NUMBERS)}@example.org", at=now, **values)


def customer_with(**agreement):
    customer = somebody()
    return customer, sell(customer, at=timezone.now() - timedelta(days=1), **agreement)


def begun(customer, days_ago=0):
    """Give a booking of a session that began, which nobody has checked in."""
    starts_at = timezone.now() - timedelta(days=days_ago, minutes=1)
    return BookingFactory(customer=customer, class_session__starts_at=starts_at)


def set_status(booking, status):
    return "patch", f"/api/bookings/{booking.pk}", {"status": status}


def edit(agreement, **changes):
    return "patch", f"/api/agreements/{agreement.pk}", changes


def remaining(agreement):
    return Agreement.objects.values_list("sessions_remaining", flat=True).get(pk=agreement.pk)


def test_twenty_check_ins_of_one_booking_take_one_session(race_rounds):
    for _ in range(race_rounds):
        customer, agreement = customer_with(session_quantity=10)
        booking = begun(customer)

        responses = at_once(*[set_status(booking, "attended")] * RIVALS)

        assert outcomes(responses) == {200: RIVALS}
        assert remaining(agreement) == 9
        assert SessionUse.objects.filter(booking=booking).count() == 1


def test_check_ins_and_corrections_of_one_booking_leave_what_its_status_says(race_rounds):
    for _ in range(race_rounds):
        customer, agreement = customer_with(session_quantity=1)
        booking = begun(customer)
        wanted = ["attended", "booked", "no_show", "booked"] * (RIVALS // 4)

        responses = at_once(*(set_status(booking, status) for status in wanted))

        assert outcomes(responses) == {200: RIVALS}
        booking.refresh_from_db()
        assert remaining(agreement) == int(booking.status == "booked")
        held = SessionUse.objects.filter(booking=booking, given_back_at=None)
        assert held.count() == int(booking.status != "booked")


def test_of_twenty_bookings_ten_find_a_session(race_rounds):
    for _ in range(race_rounds):
        customer, agreement = customer_with(session_quantity=10)
        bookings = [begun(customer, day) for day in range(RIVALS)]

        responses = at_once(*(set_status(booking, "attended") for booking in bookings))

        assert outcomes(responses) == {200: RIVALS}
        assert remaining(agreement) == 0
        assert SessionUse.objects.filter(agreement=agreement).count() == 10
        left = [change["sessions_remaining"] for change in _values_of(agreement)]
        assert left == [[number, number - 1] for number in range(10, 0, -1)]


def test_of_different_fields_edited_at_once_none_is_lost(race_rounds):
    for _ in range(race_rounds):
        _, agreement = customer_with(session_quantity=10)
        changes = {
            "purchased_on": "2030-05-02",
            "session_quantity": 20,
            "sessions_remaining": 3,
            "status": "suspended",
            "past_due_balance": "35.00",
        }
        edits = [edit(agreement, **{name: value}) for name, value in changes.items()]

        responses = at_once(*edits * (RIVALS // len(edits)))

        assert outcomes(responses) == {200: RIVALS}
        after = responses[0].json() | _written(agreement)
        assert {name: after[name] for name in changes} == changes
        assert sorted(name for values in _values_of(agreement) for name in values) == sorted(
            changes
        )


def _written(agreement):
    names = ("purchased_on", "session_quantity", "sessions_remaining", "status", "past_due_balance")
    row = Agreement.objects.values(*names).get(pk=agreement.pk)
    return {name: row[name] if isinstance(row[name], int) else str(row[name]) for name in names}


def _values_of(agreement):
    changes = AgreementChange.objects.filter(agreement=agreement).order_by("pk")
    return list(changes.values_list("values", flat=True))


def test_an_edit_beside_twenty_check_ins_loses_none(race_rounds):
    for _ in range(race_rounds):
        customer, agreement = customer_with(session_quantity=30)
        bookings = [begun(customer, day) for day in range(RIVALS)]
        edits = [edit(agreement, past_due_balance=f"{number}.00") for number in range(1, 6)]

        responses = at_once(*edits, *(set_status(booking, "attended") for booking in bookings))

        assert outcomes(responses) == {200: RIVALS + 5}
        assert remaining(agreement) == 30 - RIVALS


def test_history_has_one_row_for_each_real_change(race_rounds):
    gives = {
        "active": "active_customer",
        "suspended": "active_customer_suspended",
        "collections": "collections_customer",
    }
    for _ in range(race_rounds):
        customer, agreement = customer_with()
        wanted = [*gives] * (RIVALS // 3)

        responses = at_once(*(edit(agreement, status=status) for status in wanted))

        assert outcomes(responses) == {200: len(wanted)}
        edited = [values["status"] for values in _values_of(agreement)]
        history = FollowUpChange.objects.filter(customer=customer).order_by("pk")
        [sold, *changes] = history.values_list("from_status", "to_status")
        assert sold == ("lead", "active_customer")
        assert changes == [(gives[before], gives[after]) for before, after in edited]


@pytest.mark.parametrize("first", ["the booking", "the sale"])
def test_a_trial_sold_at_the_instant_of_a_booking_finds_the_booking(race_rounds, first):
    sessions = [session_in_days(day) for day in (1, 2, 3)]
    for _ in range(race_rounds):
        customer = somebody(origin="web")
        sale = ("post", "/api/agreements", {"customer": customer.pk, "is_trial": True})
        bookings = [book(customer, session) for session in sessions]

        responses = at_once(*([*bookings, sale] if first == "the booking" else [sale, *bookings]))

        assert outcomes(responses) == {201: 4}
        row = FollowUp.objects.get(pk=customer.pk)
        assert (row.status, row.watches_bookings) == ("trial_booked", True)


def test_a_trial_sold_at_the_instant_of_a_cancellation_finds_nothing_to_come(race_rounds):
    session = session_in_days(2)
    for _ in range(race_rounds):
        customer = somebody(origin="web")
        now = timezone.now()
        booking = book_session(customer_id=customer.pk, session_id=session.pk, at=now)
        sale = ("post", "/api/agreements", {"customer": customer.pk, "is_trial": True})

        responses = at_once(sale, set_status(booking, "cancelled"))

        assert outcomes(responses) == {201: 1, 200: 1}
        assert FollowUp.objects.get(pk=customer.pk).status == "web_lead"


def trying(starts_at, class_type):
    """Give somebody with a trial whose session began, and nobody has read it since."""
    customer, before = somebody(origin="web"), starts_at - timedelta(hours=1)
    sell(customer, at=before, is_trial=True)
    session = ClassSessionFactory(starts_at=starts_at, class_type=class_type)
    book_session(customer_id=customer.pk, session_id=session.pk, at=before)
    return customer


def test_what_time_changed_is_written_once_whoever_reads_edits_and_creates_meanwhile(race_rounds):
    yoga = ClassTypeFactory()
    for _ in range(race_rounds):
        starts_at = timezone.now() - timedelta(minutes=1)
        due = [trying(starts_at, yoga) for _ in range(4)]
        lists = [("get", "/api/follow_ups?follow_up_status=trial_no_show", None)] * 4
        summaries = [("get", "/api/follow_ups/summary", None)] * 4
        ones = [("get", f"/api/follow_ups/{customer.pk}", None) for customer in due]
        sales = [("post", "/api/agreements", {"customer": customer.pk}) for customer in due[:2]]
        edits = [("patch", f"/api/customers/{one.pk}", {"origin": "referral"}) for one in due[2:]]
        made = [
            ("post", "/api/customers", {"first_name": "A", "last_name": "B", "email": email})
            for email in (f"new.{next(NUMBERS)}@example.org" for _ in range(4))
        ]

        responses = at_once(*lists, *summaries, *ones, *sales, *edits, *made)

        assert {answer.status_code for answer in responses} == {200, 201}
        statuses = {answer.json()["follow_up_status"] for answer in responses[8:12]}
        assert statuses <= {"trial_no_show", "active_customer"}
        began = FollowUpChange.objects.filter(customer__in=due, to_status="trial_no_show")
        assert sorted(began.values_list("customer", "changed_at")) == [
            (customer.pk, starts_at) for customer in due
        ]


def test_the_summary_counts_everybody_while_its_numbers_are_added_up(race_rounds):
    sold = [customer_with() for _ in range(5)]
    done = Event()

    def add_up():
        try:
            while not done.wait(0.01):
                tallies.add_up()
        finally:
            connection.close()

    adding = Thread(target=add_up)
    adding.start()
    try:
        for number in range(race_rounds):
            status = ("suspended", "active")[number % 2]
            edits = [edit(agreement, status=status) for _, agreement in sold]
            summaries = [("get", "/api/follow_ups/summary", None)] * 10

            responses = at_once(*edits, *summaries)

            assert outcomes(responses) == {200: 15}
            assert {sum(answer.json().values()) for answer in responses[5:]} == {5}
    finally:
        done.set()
        adding.join()


def test_who_is_deleted_while_being_read_and_sold_to_is_gone_or_stays(race_rounds):
    for _ in range(race_rounds):
        customer = somebody()
        pk = customer.pk
        delete = ("delete", f"/api/customers/{pk}", None)
        sale = ("post", "/api/agreements", {"customer": pk})
        read = ("get", f"/api/follow_ups/{pk}", None)
        moved = ("patch", f"/api/customers/{pk}", {"origin": "web"})

        deleted, sold, *others = at_once(delete, sale, *[read, moved] * 5)

        assert set(outcomes(others)) <= {200, (404, "not_found")}
        if deleted.status_code == 204:
            assert outcomes([sold]) == {(400, "does_not_exist"): 1}
            assert not FollowUp.objects.filter(pk=pk).exists()
        else:
            assert outcomes([deleted, sold]) == {(409, "protected"): 1, 201: 1}
            assert FollowUp.objects.get(pk=pk).status == "active_customer"


def test_of_twenty_customers_made_at_once_each_has_a_status(race_rounds):
    for number in range(1, race_rounds + 1):
        bodies = [
            {"first_name": "A", "last_name": "B", "email": f"{next(NUMBERS)}@example.org"}
            for _ in range(RIVALS)
        ]

        responses = at_once(*(("post", "/api/customers", body) for body in bodies))

        assert outcomes(responses) == {201: RIVALS}
        assert people_by_status()["lead"] == number * RIVALS


def test_a_customer_from_before_is_counted_once_by_a_sale_and_its_readers(race_rounds):
    for number in range(1, race_rounds + 1):
        customer = CustomerFactory()
        sale = ("post", "/api/agreements", {"customer": customer.pk})
        read = ("get", f"/api/follow_ups/{customer.pk}", None)

        responses = at_once(*[sale] * 4, *[read] * 8)

        assert outcomes(responses) == {201: 4, 200: 8}
        assert sum(people_by_status().values()) == people_by_status()["active_customer"] == number
