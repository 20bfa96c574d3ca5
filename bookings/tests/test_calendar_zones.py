"""The gym's zone in the calendar feed, over years of changing clocks."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bookings.calendars import calendar_of
from bookings.tests.factories import BookingFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

# Readers remember a zone as they first met it: a phone that begins is a process of its own.
PHONE = """
import sys
from datetime import UTC

import vobject

calendar = vobject.readOne(sys.stdin.buffer.read().decode())
for event in calendar.vevent_list:
    print(event.dtstart.value.astimezone(UTC).isoformat())
"""


def read_by_a_new_phone(feed):
    phone = [sys.executable, "-c", PHONE]
    return subprocess.run(phone, check=True, input=feed, stdout=subprocess.PIPE).stdout.split()


@pytest.fixture
def customer(berlin):
    return CustomerFactory()


def test_a_new_phone_reads_the_instants_of_three_years(customer):
    starts = [
        datetime(year, month, 15, 17, tzinfo=UTC) for year in (2030, 2031, 2032) for month in (1, 7)
    ]
    for starts_at in starts:
        BookingFactory(customer=customer, class_session__starts_at=starts_at)

    read = read_by_a_new_phone(calendar_of(customer.pk))

    assert read == [one.isoformat().encode() for one in starts]


def test_summer_time_begins_on_the_clock_that_was_valid_until_then(customer):
    BookingFactory(customer=customer)

    feed = calendar_of(customer.pk).decode()

    # Not 03:00, which is what clocks show from that moment on.
    _, *parts = feed.split("BEGIN:DAYLIGHT\r\n")
    [part] = [part for part in parts if part.startswith("DTSTART:2030")]
    told, _ = part.split("END:DAYLIGHT")
    assert set(told.split()) == {
        "DTSTART:20300331T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
    }
