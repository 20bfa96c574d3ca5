"""The one statement that counts a booking: nobody gets a spot that is not there."""

from datetime import timedelta

import pytest

from classes.models import ClassSession
from classes.states import SessionStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory

pytestmark = pytest.mark.django_db


def counter_after_taking_a_spot(session):
    was_taken = ClassSession.objects.take_a_spot(session.pk, starting_at=TUESDAY_18, waiting=0)
    session.refresh_from_db()
    return was_taken, session.booked_count


@pytest.mark.parametrize("capacity", [3, None], ids=["the last of three", "one without a limit"])
def test_a_free_spot_is_taken_and_counted(capacity):
    session = ClassSessionFactory(capacity=capacity, booked_count=2)

    assert counter_after_taking_a_spot(session) == (True, 3)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"status": SessionStatus.CANCELLED}, id="cancelled meanwhile"),
        pytest.param({"starts_at": TUESDAY_18 + timedelta(hours=1)}, id="moved meanwhile"),
        pytest.param({"capacity": 2}, id="full meanwhile"),
        pytest.param({"waitlist_count": 1}, id="waited for meanwhile"),
    ],
)
def test_a_session_that_changed_meanwhile_gives_no_spot(values):
    session = ClassSessionFactory(**{"capacity": 5, "booked_count": 2} | values)

    assert counter_after_taking_a_spot(session) == (False, 2)


def test_a_spot_is_taken_from_no_other_session():
    session, other = ClassSessionFactory(capacity=5), ClassSessionFactory(capacity=5)

    ClassSession.objects.take_a_spot(session.pk, starting_at=TUESDAY_18, waiting=0)

    other.refresh_from_db()
    assert other.booked_count == 0
