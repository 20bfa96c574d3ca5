"""
What is read or changed at the very moment that it goes, or that somebody else changes it.

Real threads over the API, on the database of the run.
"""

import pytest

from bookings.tests.factories import BookingWindowFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory, SegmentFactory
from tests.racing import at_once, book, outcomes, session_in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DELETED = 6


@pytest.fixture
def session():
    """One that is booked by windows of both kinds: customers by hand, and customers by a rule."""
    BookingWindowFactory(segment=SegmentFactory())
    BookingWindowFactory(segment=SegmentFactory(frequent_visitors=True))
    BookingWindowFactory(segment=SegmentFactory(new_customers=True))
    return session_in_days(2)


def delete(customer):
    return "delete", f"/api/customers/{customer.pk}", None


def racing_against_deletion(customers, request_for):
    """Give the answers to one request per customer, while all of them are deleted."""
    asked = [request_for(customer) for customer in customers]
    answers = at_once(*asked, *(delete(customer) for customer in customers))
    assert set(outcomes(answers[len(asked) :])) <= {204}
    return outcomes(answers[: len(asked)])


def test_customers_are_listed_while_they_go(race_rounds, session):
    for _ in range(race_rounds):
        customers = CustomerFactory.create_batch(DELETED)

        answers = racing_against_deletion(
            customers, lambda _: ("get", "/api/customers?ordering=-id", None)
        )

        assert answers == {200: DELETED}


def test_a_customer_is_read_while_it_goes_or_is_gone(race_rounds, session):
    for _ in range(race_rounds):
        customers = CustomerFactory.create_batch(DELETED)

        answers = racing_against_deletion(
            customers, lambda customer: ("get", f"/api/customers/{customer.pk}", None)
        )

        assert set(answers) <= {200, (404, "not_found")}


@pytest.mark.parametrize(
    "change", [{"first_name": "Berta"}, {"segments": []}], ids=["a name", "the segments"]
)
def test_a_customer_is_edited_while_it_goes_or_is_gone(race_rounds, change):
    BookingWindowFactory(segment=SegmentFactory())
    BookingWindowFactory(segment=SegmentFactory(frequent_visitors=True))
    for _ in range(race_rounds):
        customers = CustomerFactory.create_batch(DELETED)

        answers = racing_against_deletion(
            customers, lambda customer: ("patch", f"/api/customers/{customer.pk}", change)
        )

        assert set(answers) <= {200, (404, "not_found")}
        assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "/api/class_sessions?for_customer={}",
        "/api/class_sessions/{session}/eligibility?customer={}",
    ],
    ids=["the schedule for a customer", "whether a customer can book"],
)
def test_what_a_customer_may_book_is_told_while_the_customer_goes(race_rounds, session, query):
    for _ in range(race_rounds):
        customers = CustomerFactory.create_batch(DELETED)

        answers = racing_against_deletion(
            customers,
            lambda customer: ("get", query.format(customer.pk, session=session.pk), None),
        )

        assert set(answers) <= {200, (400, "does_not_exist")}


def test_customers_book_while_they_go_or_are_held_by_their_booking(race_rounds, session):
    for _ in range(race_rounds):
        customers = CustomerFactory.create_batch(DELETED)
        requests = [(book(customer, session), delete(customer)) for customer in customers]

        answers = at_once(*(request for pair in requests for request in pair))

        booked, deleted = answers[::2], answers[1::2]
        for customer, *pair in zip(customers, booked, deleted, strict=True):
            [booking, deletion] = [next(iter(outcomes([answer]))) for answer in pair]
            assert (booking, deletion) in {
                (201, (409, "protected")),
                ((400, "does_not_exist"), 204),
            }
            assert Customer.objects.filter(pk=customer.pk).exists() is (booking == 201)


def test_two_edits_of_a_customers_segments_end_in_one_of_the_two(race_rounds):
    for _ in range(race_rounds):
        by_rule = SegmentFactory(new_customers=True)
        first, second = SegmentFactory(), SegmentFactory()
        customer = CustomerFactory()
        path = f"/api/customers/{customer.pk}"
        wanted = [[by_rule.pk, first.pk], [by_rule.pk, second.pk]]

        answers = at_once(*(("patch", path, {"segments": each}) for each in wanted * 4))

        assert outcomes(answers) == {200: 8}
        assert list(customer.chosen_segments.all()) in [[first], [second]]
        by_rule.delete()
