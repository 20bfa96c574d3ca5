import pytest

from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import DAY
from classes.tests.factories import TUESDAY_18, ClassTypeFactory
from memberships.tests.factories import MembershipFactory


@pytest.fixture
def pilates():
    return ClassTypeFactory(name="Pilates", is_premium=True, late_cancel_cutoff_minutes=24 * 60)


@pytest.fixture
def membership(pilates):
    """All of May, of a plan for Pilates."""
    return MembershipFactory(plan__name="Pilates, monthly", plan__class_types=[pilates])


@pytest.fixture
def booked(membership, pilates):
    """Book the member into Pilates, so many days after Tuesday, 14 May."""

    def book(days=0, **more):
        given = {
            "class_session__class_type": pilates,
            "class_session__starts_at": TUESDAY_18 + days * DAY,
        }
        return BookingFactory(customer=membership.customer, **(given | more))

    return book
