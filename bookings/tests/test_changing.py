"""Cancelling, checking in, correcting and forgiving."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from bookings import services
from bookings.errors import InvalidTransition, SessionStarted
from bookings.models import Booking
from bookings.states import LIVE, NOT_LIVE, CancelledBy
from bookings.tests.factories import BookingFactory
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18

pytestmark = pytest.mark.django_db

BOOKED, ATTENDED, NO_SHOW = LIVE
CANCELLED, LATE_CANCELLED = NOT_LIVE
MICROSECOND = timedelta(microseconds=1)
CUTOFF = TUESDAY_18 - timedelta(hours=2)


@pytest.fixture
def booking():
    return BookingFactory(class_session__class_type__late_cancel_cutoff_minutes=120)


def change(booking, to, at):
    return services.change_status(booking=booking, to=to, at=at)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param(CUTOFF, CANCELLED, id="exactly at the cutoff is in time"),
        pytest.param(CUTOFF + MICROSECOND, LATE_CANCELLED, id="a microsecond later is late"),
        pytest.param(TUESDAY_18 - MICROSECOND, LATE_CANCELLED, id="just before the start is late"),
    ],
)
def test_the_server_decides_whether_a_cancellation_is_late(booking, at, status):
    change(booking, CANCELLED, at)

    booking.refresh_from_db()
    assert booking.status == status
    assert booking.cancelled_at == booking.updated_at == at
    assert booking.cancelled_by == CancelledBy.CUSTOMER
    assert ClassSession.objects.get().booked_count == 0


def test_a_started_session_can_no_longer_be_cancelled(booking):
    with pytest.raises(SessionStarted) as refused:
        change(booking, CANCELLED, TUESDAY_18)

    booking.refresh_from_db()
    assert refused.value.facts == {"starts_at": TUESDAY_18}
    assert booking.status == BOOKED
    assert ClassSession.objects.get().booked_count == 1


def test_a_later_change_of_the_class_type_never_rejudges_a_booking(booking):
    yoga = booking.class_session.class_type
    yoga.late_cancel_cutoff_minutes = 24 * 60
    yoga.save()

    change(booking, CANCELLED, CUTOFF)

    booking.refresh_from_db()
    assert booking.status == CANCELLED


@pytest.mark.parametrize(
    ("frees_the_day", "uses_the_day"),
    [
        pytest.param(False, True, id="the day stays used"),
        pytest.param(True, False, id="the gym frees the day"),
    ],
)
def test_a_booking_remembers_whether_a_late_cancel_kept_its_day(
    booking, settings, frees_the_day, uses_the_day
):
    settings.LATE_CANCEL_FREES_THE_DAY = frees_the_day
    change(booking, CANCELLED, CUTOFF + MICROSECOND)
    settings.LATE_CANCEL_FREES_THE_DAY = not frees_the_day

    booking.refresh_from_db()

    assert (booking.occupied_day is not None) is uses_the_day


@pytest.mark.parametrize("status", [CANCELLED, LATE_CANCELLED])
def test_cancelling_what_is_cancelled_changes_nothing_even_after_the_start(status):
    booking = BookingFactory(status=status)
    before = Booking.objects.values().get()

    change(booking, CANCELLED, TUESDAY_18 + timedelta(hours=1))

    assert Booking.objects.values().get() == before


@pytest.mark.parametrize(
    ("to", "allowed_from"),
    [(ATTENDED, TUESDAY_18 - timedelta(minutes=60)), (NO_SHOW, TUESDAY_18)],
)
@pytest.mark.parametrize("too_early", [True, False], ids=["too early", "in time"])
def test_check_in_opens_an_hour_before_and_a_no_show_with_the_start(
    booking, to, allowed_from, too_early
):
    at = allowed_from - MICROSECOND if too_early else allowed_from

    with pytest.raises(InvalidTransition) if too_early else nullcontext() as refused:
        change(booking, to, at)

    booking.refresh_from_db()
    assert booking.status == (BOOKED if too_early else to)
    if too_early:
        facts = {"from": "booked", "to": to, "allowed_from": allowed_from}
        assert refused.value.facts == facts


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(ATTENDED, NO_SHOW), (NO_SHOW, ATTENDED), (ATTENDED, BOOKED), (NO_SHOW, BOOKED)],
)
def test_a_check_in_can_be_corrected(was, becomes):
    booking = BookingFactory(status=was)

    change(booking, becomes, TUESDAY_18 + timedelta(days=3))

    booking.refresh_from_db()
    assert booking.status == becomes
    assert booking.occupied_day == TUESDAY_18.date()
    assert ClassSession.objects.get().booked_count == 1


def test_checking_in_twice_changes_nothing(booking):
    change(booking, ATTENDED, TUESDAY_18)
    before = Booking.objects.values().get()

    change(booking, ATTENDED, TUESDAY_18 + timedelta(minutes=1))

    assert Booking.objects.values().get() == before


@pytest.mark.parametrize("was", [CANCELLED, LATE_CANCELLED])
@pytest.mark.parametrize("asked", [BOOKED, ATTENDED, NO_SHOW])
def test_a_cancelled_booking_stays_cancelled(was, asked):
    booking = BookingFactory(status=was)

    with pytest.raises(InvalidTransition) as refused:
        change(booking, asked, TUESDAY_18)

    booking.refresh_from_db()
    assert refused.value.facts == {"from": was, "to": asked}
    assert booking.status == was


def test_who_is_checked_in_is_not_cancelled_but_corrected_first(booking):
    check_in = TUESDAY_18 - timedelta(minutes=30)
    change(booking, ATTENDED, check_in)

    with pytest.raises(InvalidTransition) as refused:
        change(booking, CANCELLED, check_in)

    assert refused.value.facts == {"from": "attended", "to": "cancelled"}


def test_a_forgiven_late_cancel_frees_the_day_and_keeps_who_when_and_why():
    booking = BookingFactory(status=LATE_CANCELLED)
    at = TUESDAY_18 + timedelta(days=1)

    services.forgive(booking=booking, by="Petra", reason="Her train stood still", at=at)

    booking.refresh_from_db()
    assert (booking.status, booking.occupied_day) == (CANCELLED, None)
    assert (booking.forgiven_by, booking.forgiven_at) == ("Petra", at)
    assert booking.forgiven_reason == "Her train stood still"


def test_forgiving_twice_keeps_what_was_said_first():
    booking = BookingFactory(status=LATE_CANCELLED)
    services.forgive(booking=booking, by="Petra", reason="Ill", at=TUESDAY_18)

    services.forgive(booking=booking, by="Paul", reason="", at=TUESDAY_18 + timedelta(days=1))

    booking.refresh_from_db()
    assert (booking.forgiven_by, booking.forgiven_reason) == ("Petra", "Ill")


@pytest.mark.parametrize("status", LIVE)
def test_there_is_nothing_to_forgive_in_a_live_booking(status):
    booking = BookingFactory(status=status)

    with pytest.raises(InvalidTransition) as refused:
        services.forgive(booking=booking, by="Petra", reason="", at=TUESDAY_18)

    booking.refresh_from_db()
    assert refused.value.facts == {"from": status, "to": "cancelled"}
    assert booking.status == status
