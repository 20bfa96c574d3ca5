"""The rule for one customer and the database's expression of it give the same, for every facts."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.models import Booking
from bookings.states import NOT_LIVE, CancelledBy
from classes.models import ClassSession
from classes.tests.factories import ClassTypeFactory
from customers.models import Customer
from followups.models import Agreement
from followups.querysets import with_expected_status
from followups.services.keeping import facts_of
from followups.tests import reference
from followups.tests.reference import EVERY_AGREEMENT, EVERY_BOOKING, ORDERS

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 5, 14, 12, tzinfo=UTC)
FIRST = date(2030, 5, 1)

every_so_many = pytest.mark.parametrize(
    "step",
    [
        pytest.param(5, id="one in five"),
        pytest.param(1, id="all of them", marks=pytest.mark.slow),
    ],
)


def expected_by_both():
    customers = with_expected_status(Customer.objects.all(), Agreement.objects.all(), at=NOW)
    by_sql = {
        pk: (status, agreement)
        for pk, status, agreement in customers.values_list(
            "pk", "expected_status", "expected_agreement"
        )
    }
    by_python = {pk: facts.verdict(NOW)[:2] for pk, facts in facts_of(list(by_sql)).items()}
    return by_sql, by_python


def customers_from(origins):
    return Customer.objects.bulk_create(
        Customer(
            first_name="Anna",
            last_name="Schmidt",
            email=f"anna.{number}@example.org",
            origin=origin,
        )
        for number, origin in enumerate(origins)
    )


def sell(customer, one, **other):
    return Agreement(customer=customer, **(one._asdict() | {"id": None} | other))


@every_so_many
def test_of_every_one_and_every_two_agreements(step):
    singles = [((one,), (0,)) for one in EVERY_AGREEMENT]
    # What remains of several sessions decides nothing.
    some = [one for one in EVERY_AGREEMENT if one[2:4] not in ((2, 1), (2, 2))]
    pairs = itertools.product(itertools.product(some, repeat=2), ORDERS)
    # For one pair in seven the first is a trial.
    cases = [(these, days, number % 7 == 0) for number, (these, days) in enumerate(pairs)]
    cases = cases[::step] + [(these, days, False) for these, days in singles]
    customers = customers_from(["web"] * len(cases))
    Agreement.objects.bulk_create(
        sell(
            customer,
            one,
            purchased_on=FIRST + timedelta(days=days[number]),
            is_trial=has_trial and number == 0,
        )
        for customer, (these, days, has_trial) in zip(customers, cases, strict=True)
        for number, one in enumerate(these)
    )

    by_sql, by_python = expected_by_both()

    assert by_sql == by_python
    assert len({status for status, _ in by_sql.values()}) == 8


def write(customer, booked, sessions):
    """Write bookings of a customer, each of a session and of a day of its own."""
    for number, one in enumerate(booked):
        is_cancelled = one.status in NOT_LIVE
        checked_in_at = one.checked_in and NOW + timedelta(hours=one.checked_in)
        yield Booking(
            customer=customer,
            class_session=sessions[number, one.starts],
            status=one.status,
            occupied_day=None if is_cancelled else FIRST + timedelta(days=number),
            cutoff_at=NOW,
            created_at=NOW,
            updated_at=NOW,
            checked_in_at=checked_in_at,
            cancelled_at=NOW if is_cancelled else None,
            cancelled_by=CancelledBy.CUSTOMER if is_cancelled else "",
        )


@every_so_many
def test_of_every_origin_trial_and_two_bookings(step):
    class_type = ClassTypeFactory()
    sessions = {
        (number, hours): ClassSession.objects.create(
            class_type=class_type, starts_at=NOW + timedelta(hours=hours), duration_minutes=60
        )
        for number, hours in itertools.product((0, 1), (-3, 0, 3))
    }
    two = itertools.product(EVERY_BOOKING, repeat=2)
    every = [(), *((one,) for one in EVERY_BOOKING), *two]
    cases = list(itertools.product(["web", "referral", "phone"], [True], every))
    cases += itertools.product(["web", "referral", "phone"], [False], every[: len(EVERY_BOOKING)])
    cases = cases[::step]
    customers = customers_from(origin for origin, _, _ in cases)
    of_each = list(zip(customers, cases, strict=True))
    Agreement.objects.bulk_create(
        sell(customer, reference.Bought(is_trial=True, status="suspended"))
        for customer, (_, has_trial, _) in of_each
        if has_trial
    )
    Booking.objects.bulk_create(
        booking
        for customer, (_, _, booked) in of_each
        for booking in write(customer, booked, sessions)
    )

    by_sql, by_python = expected_by_both()

    assert by_sql == by_python
    assert by_sql == {
        customer.pk: (reference.of_prospect(*case), None) for customer, case in of_each
    }
