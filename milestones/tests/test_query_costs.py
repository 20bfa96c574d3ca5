"""What a booking costs does not depend on how many milestones and bookings there are."""

import pytest

from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory
from core.intervals import IntervalUnit
from customers.tests.factories import CustomerFactory
from milestones.models import MilestoneAward
from milestones.tests.factories import MilestoneFactory
from milestones.tests.stretches import book_session, day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("needed", "earned"),
    [pytest.param(2, 0, id="nothing is earned"), pytest.param(1, 20, id="all are earned at once")],
)
def test_a_booking_costs_the_same_with_twenty_milestones_as_with_one(
    django_assert_num_queries, queries_in, needed, earned
):
    anna, berta = CustomerFactory.create_batch(2)
    session = ClassSessionFactory(starts_at=day(0))
    MilestoneFactory(session_count=needed)
    with_one = queries_in(lambda: book_session(anna, session))
    for _ in range(19):
        MilestoneFactory(session_count=needed)

    with django_assert_num_queries(with_one):
        book_session(berta, session)

    assert MilestoneAward.objects.filter(customer=berta).count() == earned
    assert berta.notifications.count() == earned


def test_a_customer_with_fifty_bookings_books_at_the_cost_of_the_first(
    django_assert_num_queries, queries_in
):
    anna, berta = CustomerFactory.create_batch(2)
    session = ClassSessionFactory(starts_at=day(0))
    MilestoneFactory(session_count=60, interval_unit=IntervalUnit.YEAR)
    with_none = queries_in(lambda: book_session(anna, session))
    for number in range(1, 51):
        BookingFactory(customer=berta, class_session__starts_at=day(number))

    with django_assert_num_queries(with_none):
        book_session(berta, session)

    assert berta.bookings.count() == 51
