"""
The calendar that a customer's phone subscribes to.

It is read back by `vobject`; the app writes it with `icalendar`.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
import vobject  # type: ignore[import-untyped]
from django.test import Client

from bookings.models import Booking, CalendarToken
from bookings.states import BookingStatus, CancelledBy
from bookings.tests.factories import BookingFactory
from bookings.tests.schedule import DAY, HOUR, NOON, THURSDAY_18, cancel, edit
from classes.tests.factories import TUESDAY_18
from core.models import ApiKey
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten_zone():
    # `vobject` would read each feed by the years of the first one that this process read.
    vobject.icalendar.registerTzid("Europe/Berlin", None)


@pytest.fixture
def customer():
    return CustomerFactory()


def token_of(customer):
    return f"/api/customers/{customer.pk}/calendar_token"


def subscribe(api, customer):
    answer = api.post(token_of(customer))
    assert answer.status_code == 201, answer.content
    return urlsplit(answer.json()["url"]).path


def events_at(address):
    answer = Client().get(address)
    assert answer.status_code == 200
    calendar = vobject.readOne(answer.content.decode())
    return calendar.contents.get("vevent", [])


def test_the_address_is_absolute_and_unguessable(api, customer):
    urls = {api.post(token_of(customer)).json()["url"] for _ in range(3)}

    assert len(urls) == 3
    for url in urls:
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc, parts.query) == ("http", "testserver", "")
        assert parts.path.startswith("/calendars/")
        assert len(parts.path.removeprefix("/calendars/").removesuffix(".ics")) == 43


def test_a_new_address_ends_the_one_before(api, customer):
    before = subscribe(api, customer)

    after = subscribe(api, customer)

    assert (Client().get(before).status_code, Client().get(after).status_code) == (404, 200)
    assert CalendarToken.objects.count() == 1


def test_a_revoked_address_stops_working_and_revoking_again_does_no_harm(api, customer):
    address, others = subscribe(api, customer), subscribe(api, CustomerFactory())

    answers = [api.delete(token_of(customer)) for _ in range(2)]

    assert [(one.status_code, one.content) for one in answers] == [(204, b"")] * 2
    assert (Client().get(address).status_code, Client().get(others).status_code) == (404, 200)


@pytest.mark.parametrize("method", ["post", "delete"])
def test_an_unknown_customer_has_no_calendar(api, method):
    answer = getattr(api, method)("/api/customers/404/calendar_token")

    assert answer.status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch"])
def test_the_address_is_told_once_and_never_again(api, customer, method):
    assert getattr(api, method)(token_of(customer), {}).status_code == 405


def test_an_address_takes_no_wishes(api, customer):
    answer = api.post(token_of(customer), {"token": "mine"})

    assert answer.status_code == 400
    assert not CalendarToken.objects.exists()


def test_the_token_is_never_stored_in_clear(api, customer):
    token = subscribe(api, customer).removeprefix("/calendars/").removesuffix(".ics")

    stored = CalendarToken.objects.values().get()

    assert token not in str(stored)
    assert len(stored["digest"]) == 64


def test_a_phone_needs_no_key_where_the_api_does(api, customer, settings):
    address = subscribe(api, customer)
    settings.API_OPEN = False

    assert Client().get(address).status_code == 200
    assert api.post(token_of(customer)).status_code == 401
    assert api.delete(token_of(customer)).status_code == 401


def test_a_key_that_only_reads_makes_no_address(api, customer, settings):
    address = subscribe(api, customer)
    settings.API_OPEN = False
    _, key = ApiKey.issue(name="Reads", is_read_only=True)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")

    assert api.post(token_of(customer)).status_code == 403
    assert api.delete(token_of(customer)).status_code == 403
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize(
    "token", ["A" * 43, "A" * 42, "A" * 44, "../../etc/passwd", "ä" * 43, "%00" * 43]
)
def test_a_wrong_token_is_not_found(api, customer, token):
    subscribe(api, customer)

    assert Client().get(f"/calendars/{token}.ics").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_feed_is_only_read(api, customer, method):
    phone = Client(enforce_csrf_checks=True)

    answer = getattr(phone, method)(subscribe(api, customer))

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_a_feed_is_served_as_a_calendar(api, customer):
    address = subscribe(api, customer)

    full, head = Client().get(address), Client().head(address)

    for answer in (full, head):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Cache-Control"] == "private, max-age=300"
    assert full.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert head.content == b""
    assert events_at(address) == []


def test_it_shows_the_customers_live_bookings_and_what_the_gym_cancelled(api, customer):
    shown = [
        ({"status": BookingStatus.BOOKED}, "CONFIRMED"),
        ({"status": BookingStatus.ATTENDED}, "CONFIRMED"),
        ({"status": BookingStatus.NO_SHOW}, "CONFIRMED"),
        ({"status": BookingStatus.CANCELLED, "cancelled_by": CancelledBy.GYM}, "CANCELLED"),
        ({"status": BookingStatus.CANCELLED}, None),
        ({"status": BookingStatus.LATE_CANCELLED}, None),
    ]
    expected = {}
    for number, (state, told) in enumerate(shown):
        starts_at = TUESDAY_18 + number * DAY
        booking = BookingFactory(customer=customer, class_session__starts_at=starts_at, **state)
        if told:
            expected[f"booking-{booking.pk}@gymtastic"] = told
    BookingFactory(class_session=booking.class_session)

    events = events_at(subscribe(api, customer))

    assert {event.uid.value: event.status.value for event in events} == expected


def test_times_are_on_the_gyms_wall_clock_with_its_zones_rules(api, berlin, customer):
    winter = datetime(2045, 1, 10, 18, tzinfo=UTC)
    for starts_at in (TUESDAY_18, winter):
        BookingFactory(customer=customer, class_session__starts_at=starts_at)
    address = subscribe(api, customer)

    text = Client().get(address).content.decode()
    events = events_at(address)

    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" in text
    assert "DTSTART;TZID=Europe/Berlin:20300514T200000\r\n" in text
    assert "DTSTART;TZID=Europe/Berlin:20450110T190000\r\n" in text
    assert [event.dtstart.value for event in events] == [TUESDAY_18, winter]
    assert [event.dtend.value for event in events] == [TUESDAY_18 + HOUR, winter + HOUR]
    assert [event.dtstart.value.utcoffset() for event in events] == [2 * HOUR, HOUR]


def test_a_class_across_the_repeated_hour_ends_when_it_ends(api, berlin, customer):
    first_half_past_two = datetime(2030, 10, 27, 0, 30, tzinfo=UTC)
    BookingFactory(customer=customer, class_session__starts_at=first_half_past_two)

    text = Client().get(subscribe(api, customer)).content.decode()

    assert "DTSTART;TZID=Europe/Berlin:20301027T023000\r\n" in text
    assert "DTEND:20301027T013000Z\r\n" in text


def test_a_gym_in_utc_needs_no_zone(api, customer):
    BookingFactory(customer=customer)

    text = Client().get(subscribe(api, customer)).content.decode()

    assert "DTSTART:20300514T180000Z\r\n" in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize(
    "name",
    ["Rücken-Yoga für Übermütige", "Yoga, leicht; sanft: \\ gut", "Yoga\nEND:VEVENT", "瑜伽" * 50],
    ids=["umlauts", "punctuation", "a line break", "long lines"],
)
def test_a_class_may_be_called_anything(api, customer, name):
    BookingFactory(customer=customer, class_session__class_type__name=name)

    [event] = events_at(subscribe(api, customer))

    assert event.summary.value == name


def test_a_moved_session_keeps_its_uid_and_tells_phones_to_update(api, berlin, customer):
    booking = BookingFactory(customer=customer)
    address = subscribe(api, customer)
    [before] = events_at(address)

    edit(api, booking.class_session, starts_at=THURSDAY_18)

    [after] = events_at(address)
    assert after.uid.value == before.uid.value
    assert (before.dtstart.value, after.dtstart.value) == (TUESDAY_18, THURSDAY_18)
    # Two days after the booking: the number is the seconds since then.
    assert (before.sequence.value, after.sequence.value) == ("0", str(2 * 86400 - 6 * 3600))
    assert after.dtstamp.value == after.last_modified.value == NOON
    assert after.dtstamp.value.utcoffset() == timedelta()


def test_another_duration_tells_phones_to_update(api, customer):
    booking = BookingFactory(customer=customer)
    address = subscribe(api, customer)
    [before] = events_at(address)

    edit(api, booking.class_session, duration_minutes=30)

    [after] = events_at(address)
    assert after.dtend.value == TUESDAY_18 + HOUR / 2
    assert (before.sequence.value, after.sequence.value) == ("0", str(2 * 86400 - 6 * 3600))


def test_a_session_that_the_gym_calls_off_stays_in_the_calendar_as_cancelled(api, customer):
    booking = BookingFactory(customer=customer)
    address = subscribe(api, customer)
    [before] = events_at(address)

    cancel(api, booking.class_session)

    [after] = events_at(address)
    assert (after.uid.value, after.status.value) == (before.uid.value, "CANCELLED")
    assert int(after.sequence.value) > int(before.sequence.value)


def test_what_the_customer_cancels_disappears_and_booked_again_is_another_event(api, customer):
    booking = BookingFactory(customer=customer)
    address = subscribe(api, customer)
    [before] = events_at(address)
    with time_machine.travel(NOON, tick=False):
        api.patch(f"/api/bookings/{booking.pk}", {"status": "cancelled"})
        gone = events_at(address)
        wish = {"customer": customer.pk, "class_session": booking.class_session.pk}
        api.post("/api/bookings", wish)

    [again] = events_at(address)

    assert gone == []
    assert again.uid.value == f"booking-{Booking.objects.latest('pk').pk}@gymtastic"
    assert again.uid.value != before.uid.value


def test_a_feed_costs_the_same_for_one_booking_as_for_twenty(
    api, queries_in, django_assert_num_queries, customer
):
    address = subscribe(api, customer)
    BookingFactory(customer=customer)
    for_one = queries_in(lambda: Client().get(address))
    for day in range(1, 20):
        BookingFactory(customer=customer, class_session__starts_at=TUESDAY_18 + day * DAY)

    with django_assert_num_queries(for_one):
        events = events_at(address)

    assert (for_one, len(events)) == (2, 20)
