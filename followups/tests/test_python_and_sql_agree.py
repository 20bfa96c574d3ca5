"""The rule for one customer and the database's expression of it give the same, for every facts."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.states import BookingStatus
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups.models import Agreement
from followups.querysets import with_expected_status
from followups.services.keeping import facts_of
from followups.states import AgreementStatus, Alert

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 5, 14, 12, tzinfo=UTC)


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


def every_agreement():
    for status, alert in [
        (AgreementStatus.ACTIVE, Alert.NONE),
        (AgreementStatus.SUSPENDED, Alert.NONE),
        (AgreementStatus.COLLECTIONS, Alert.NONE),
        (AgreementStatus.INACTIVE, Alert.CANCELED),
        (AgreementStatus.INACTIVE, Alert.EXPIRED),
    ]:
        for balance in ("0.00", "0.01"):
            for quantity, remaining in [(None, None), (1, 0), (1, 1), (2, 0), (2, 1)]:
                yield {
                    "status": status,
                    "alert": alert,
                    "past_due_balance": balance,
                    "session_quantity": quantity,
                    "sessions_remaining": remaining,
                }


def test_of_every_one_and_every_two_agreements():
    ones = [[one] for one in every_agreement()]
    pairs = [list(pair) for pair in itertools.product(every_agreement(), repeat=2)]
    customers = iter(CustomerFactory.create_batch(len(ones) + 3 * len(pairs)))
    days = [(0,), (0, 1), (1, 0), (0, 0)]
    Agreement.objects.bulk_create(
        Agreement(
            customer=customer, purchased_on=date(2030, 5, 1) + timedelta(days=day), **agreement
        )
        for these, bought in [
            *((these, days[0]) for these in ones),
            *itertools.product(pairs, days[1:]),
        ]
        for customer in [next(customers)]
        for agreement, day in zip(these, bought, strict=True)
    )

    by_sql, by_python = expected_by_both()

    assert by_sql == by_python
    assert len({status for status, _ in by_sql.values()}) == 8


VISITS = [
    None,
    *(
        (status, starts_in, checked_in)
        for status in BookingStatus.values
        for starts_in in (-3, 0, 3)
        for checked_in in ((None, -4, -2) if status == BookingStatus.ATTENDED else (None,))
        if checked_in is None or checked_in < starts_in
    ),
]
