"""The gym moves a session, and its bookings with it."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from bookings.tests.schedule import (
    DAY,
    HOUR,
    NOON,
    SECOND,
    THURSDAY_18,
    edit,
    only_error,
    row_of,
    wait_for,
)
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return ClassSessionFactory(capacity=5, class_type__late_cancel_cutoff_minutes=120)


def cancelled_by_the_customer(api, booking, at):
    with time_machine.travel(at, tick=False):
        return api.patch(f"/api/bookings/{booking.pk}", {"status": "cancelled"})


@pytest.mark.parametrize(
    "to",
    [
        pytest.param(THURSDAY_18, id="two days later"),
        pytest.param(TUESDAY_18 + HOUR, id="later that day"),
        pytest.param(TUESDAY_18 - 2 * HOUR, id="earlier that day"),
    ],
)
def test_day_and_cutoff_move_with_the_session(api, session, to):
    booking = BookingFactory(class_session=session)

    answer = edit(api, session, starts_at=to)

    assert answer.status_code == 200
    assert ClassSession.objects.get().starts_at == to
    moved = api.get(f"/api/bookings/{booking.pk}").json()
    assert (moved["status"], moved["updated_at"]) == ("booked", "2030-05-14T12:00:00Z")
    assert datetime.fromisoformat(moved["starts_at"]) == to
    assert datetime.fromisoformat(moved["cutoff_at"]) == to - 2 * HOUR
    assert row_of(booking).occupied_day == to.date()


def test_a_whole_object_with_another_time_moves_it_too(api, session):
    booking = BookingFactory(class_session=session)
    whole = api.get(f"/api/class_sessions/{session.pk}").json()

    with time_machine.travel(NOON, tick=False):
        answer = api.put(f"/api/class_sessions/{session.pk}", whole | {"starts_at": THURSDAY_18})

    assert answer.json()["starts_at"] == "2030-05-16T18:00:00Z"
    assert row_of(booking).occupied_day == date(2030, 5, 16)


def test_the_cutoff_moves_as_it_was_agreed_and_not_as_the_class_type_says_now(api, session):
    booking = BookingFactory(class_session=session)
    session.class_type.late_cancel_cutoff_minutes = 0
    session.class_type.save()

    edit(api, session, starts_at=THURSDAY_18)

    assert row_of(booking).cutoff_at == THURSDAY_18 - 2 * HOUR


@pytest.mark.parametrize(
    ("to", "day"),
    [
        pytest.param(datetime(2030, 5, 14, 21, 59, tzinfo=UTC), date(2030, 5, 14), id="23:59"),
        pytest.param(datetime(2030, 5, 14, 22, 0, tzinfo=UTC), date(2030, 5, 15), id="midnight"),
    ],
)
def test_the_new_day_is_the_gyms_day(api, berlin, session, to, day):
    booking = BookingFactory(class_session=session)

    edit(api, session, starts_at=to)

    assert row_of(booking).occupied_day == day


def test_across_a_dst_change_the_cutoff_stays_as_many_minutes_before_the_start(api, berlin):
    saturday = datetime(2030, 3, 30, 2, 30, tzinfo=UTC)
    sunday = saturday + 23 * HOUR
    session = ClassSessionFactory(starts_at=saturday, class_type__late_cancel_cutoff_minutes=120)
    booking = BookingFactory(class_session=session)

    answer = edit(api, session, at=saturday - DAY, starts_at="2030-03-31T03:30")

    assert answer.json()["starts_at"] == "2030-03-31T01:30:00Z"
    assert row_of(booking).cutoff_at == sunday - 2 * HOUR
    assert row_of(booking).occupied_day == date(2030, 3, 31)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param(THURSDAY_18 - 2 * HOUR + SECOND, "cancelled", id="after the cutoff"),
        pytest.param(THURSDAY_18 - SECOND, "cancelled", id="a second before the start"),
        pytest.param(THURSDAY_18, None, id="at the start"),
    ],
)
def test_afterwards_cancelling_is_free_until_the_start(api, session, at, status):
    booking = BookingFactory(class_session=session)
    edit(api, session, starts_at=THURSDAY_18)

    answer = cancelled_by_the_customer(api, booking, at)

    if status:
        assert answer.json()["status"] == status
        assert row_of(booking).occupied_day is None
    else:
        facts = {"starts_at": "2030-05-16T18:00:00Z"}
        assert only_error(answer) == (409, "session_started", facts)


def test_the_app_shows_until_when_cancelling_is_free(api, session):
    booking = BookingFactory(class_session=session)
    query = {"for_customer": booking.customer.pk}
    address = f"/api/class_sessions/{session.pk}"
    before = api.get(address, query).json()["customer"]["free_cancel_until"]

    edit(api, session, starts_at=THURSDAY_18)

    after = api.get(address, query).json()["customer"]["free_cancel_until"]
    assert (before, after) == ("2030-05-14T16:00:00Z", "2030-05-16T18:00:00Z")


def test_who_books_after_the_move_has_the_usual_cutoff(api, session):
    edit(api, session, starts_at=THURSDAY_18)
    with time_machine.travel(NOON, tick=False):
        wish = {"customer": CustomerFactory().pk, "class_session": session.pk}
        api.post("/api/bookings", wish)

    answer = cancelled_by_the_customer(api, Booking.objects.get(), THURSDAY_18 - HOUR)

    assert answer.json()["status"] == "late_cancelled"


@pytest.mark.parametrize("status", [BookingStatus.CANCELLED, BookingStatus.LATE_CANCELLED])
def test_what_was_cancelled_keeps_its_day_and_cutoff(api, session, status):
    cancelled = BookingFactory(class_session=session, status=status)
    BookingFactory(class_session=session)
    before = Booking.objects.filter(pk=cancelled.pk).values().get()

    edit(api, session, starts_at=THURSDAY_18)

    assert Booking.objects.filter(pk=cancelled.pk).values().get() == before
    assert not Notification.objects.filter(customer=cancelled.customer).exists()


def test_each_customer_is_told_once_of_a_move(api, berlin, session):
    booked = BookingFactory(class_session=session, customer__first_name="Zoë")
    waited = wait_for(session, first_name="Ben")
    # Nobody is promoted beside a move that leaves no free spot.
    ClassSession.objects.filter(pk=session.pk).update(capacity=1)

    edit(api, session, starts_at=THURSDAY_18)

    to_booked, to_waiting = Notification.objects.order_by("pk")
    assert (to_booked.customer, to_waiting.customer) == (booked.customer, waited.customer)
    assert {one.kind for one in (to_booked, to_waiting)} == {"session_moved"}
    assert to_booked.data == {"class_session": session.pk, "booking": booked.pk}
    assert to_waiting.data == {"class_session": session.pk, "waitlist_entry": waited.pk}
    assert to_booked.title == "Yoga is moved to Thursday, 16 May, 20:00"
    assert "Yoga on Tuesday, 14 May 2030, 20:00 is moved" in to_booked.body
    assert "it starts on Thursday, 16 May 2030, 20:00." in to_booked.body
    assert "cancel freely until it starts." in to_booked.body
    assert "You keep your place in line." in to_waiting.body
    assert list(Mail.objects.values_list("status", "due_at")) == [("queued", NOON)] * 2


def test_moved_again_and_back_again_they_are_told_each_time(api, session):
    booking = BookingFactory(class_session=session)

    for number, to in enumerate([THURSDAY_18, THURSDAY_18 + DAY, TUESDAY_18]):
        edit(api, session, at=NOON + number * SECOND, starts_at=to)

    assert Notification.objects.filter(customer=booking.customer).count() == 3
    assert row_of(booking).occupied_day == TUESDAY_18.date()
    assert row_of(booking).cutoff_at == TUESDAY_18 - 2 * HOUR


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"starts_at": "2030-05-14T20:00:00+02:00"}, id="the same time"),
        pytest.param({"duration_minutes": 90}, id="another duration"),
        pytest.param({"capacity": 9}, id="another capacity"),
    ],
)
def test_who_is_not_moved_is_told_nothing(api, session, changes):
    booking = BookingFactory(class_session=session)

    answer = edit(api, session, **changes)

    assert answer.status_code == 200
    assert not Notification.objects.exists()
    assert row_of(booking).free_until is None


def test_capacity_and_time_change_together(api, session):
    booking = BookingFactory(class_session=session)

    answer = edit(api, session, starts_at=THURSDAY_18, capacity=1)

    assert (answer.json()["starts_at"], answer.json()["spots_left"]) == ("2030-05-16T18:00:00Z", 0)
    assert row_of(booking).occupied_day == THURSDAY_18.date()


def test_who_gets_a_spot_by_the_move_is_told_of_the_spot_and_who_still_waits_of_the_move(api):
    session = ClassSessionFactory(capacity=1)
    # Neither could come on Tuesday, so the spot stayed free.
    gets_it, waits = wait_for(session), wait_for(session)
    for entry in (gets_it, waits):
        BookingFactory(customer=entry.customer, class_session__starts_at=TUESDAY_18 + HOUR)

    edit(api, session, starts_at=THURSDAY_18)

    told = Notification.objects.order_by("customer").values_list("customer", "kind")
    assert list(told) == [
        (gets_it.customer.pk, "waitlist_promoted"),
        (waits.customer.pk, "session_moved"),
    ]
