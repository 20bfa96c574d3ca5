"""How the gym changes its schedule in these tests."""

from datetime import timedelta

import time_machine

from bookings.models import Booking, WaitlistEntry
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18
from customers.tests.factories import CustomerFactory

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
NOON = TUESDAY_18 - 6 * HOUR
THURSDAY_18 = TUESDAY_18 + 2 * DAY


def cancel(api, session, query="", at=NOON, **body):
    with time_machine.travel(at, tick=False):
        return api.post(f"/api/class_sessions/{session.pk}/cancel{query}", body)


def edit(api, session, query="", at=NOON, **changes):
    with time_machine.travel(at, tick=False):
        return api.patch(f"/api/class_sessions/{session.pk}{query}", changes)


def wait_for(session, **customer):
    """Put somebody at the end of the line, as the service would have done."""
    entry = WaitlistEntry.objects.create(
        customer=CustomerFactory(**customer), class_session=session, created_at=NOON
    )
    ClassSession.objects.count_waiting(session.pk, 1)
    return entry


def only_error(answer):
    [error] = answer.json()["errors"]
    return answer.status_code, error["code"], error["facts"]


def row_of(booking):
    return Booking.objects.get(pk=booking.pk)
