"""What happens to customers, told by the services that do it, and what is then read of them."""

import itertools
from datetime import timedelta

from bookings import services as bookings
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.services import create_customer
from followups import services

MONDAY_18 = TUESDAY_18 - timedelta(days=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def come(*, email="anna@example.org", at=MONDAY_18, **values):
    """Create a customer as the API does."""
    named = {"first_name": "Anna", "last_name": "Schmidt", "email": email, **values}
    return create_customer(values=named, segments=None, at=at)


def sell(customer, *, at=MONDAY_18, **values):
    values = {"purchased_on": at.date(), **values}
    return services.sell_agreement(customer_id=customer.pk, values=values, at=at)


def come_for_a_trial(*, at=MONDAY_18, **values):
    customer = come(at=at, **values)
    sell(customer, at=at, is_trial=True)
    return customer


def session_at(starts_at=TUESDAY_18, **values):
    return ClassSessionFactory(
        starts_at=starts_at, class_type__late_cancel_cutoff_minutes=60, **values
    )


def book(customer, session=None, *, at=MONDAY_18):
    session = session or session_at()
    return bookings.book_session(customer_id=customer.pk, session_id=session.pk, at=at)


def change(booking, to, *, at):
    return bookings.change_status(booking=booking, to=to, at=at)


def told(api, customer):
    answer = api.get(f"/api/follow_ups/{customer.pk}")
    assert answer.status_code == 200
    return answer.json()


def status_and_since(api, customer):
    row = told(api, customer)
    return row["follow_up_status"], row["since"]


def written(moment):
    return moment.isoformat().replace("+00:00", "Z")


def history(api, customer):
    """Give the changes, the first one first; each begins where the one before ended."""
    rows = api.get(f"/api/follow_ups/{customer.pk}/history").json()["results"][::-1]
    for earlier, later in itertools.pairwise(rows):
        assert earlier["to_status"] == later["from_status"]
        assert earlier["changed_at"] <= later["changed_at"]
    return [(row["to_status"], row["changed_at"], row["cause"]) for row in rows]
