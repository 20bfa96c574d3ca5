"""Moving a session at the desk, after a look at whom it touches and what is in the way."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from bookings.tests.admin import (
    AT_20,
    BOOKINGS,
    CONFIRMED,
    ON_WEDNESDAY,
    WAITLIST,
    change,
    field_shown,
    full_session_with_a_line,
    named_in,
    reschedule,
    said_in,
)
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Notification

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INTO_THE_PAST = (
    "A session with bookings cannot be moved into the past. Starts at: Mon 13 May 2030, 18:00."
)


def test_moving_first_shows_whom_it_touches_and_writes_nothing(admin_client):
    session, booking, entry = full_session_with_a_line()
    before = every_row()

    asked = admin_client.get(reschedule(session))
    shown = admin_client.post(reschedule(session), AT_20)
    again = admin_client.post(reschedule(session), {**AT_20, "back": ""})

    assert asked.context["form"]["starts_at"].value() == TUESDAY_18
    assert named_in(shown) == [
        ("One booking would move with it", [(change(BOOKINGS, booking), booking.customer)]),
        (
            "One customer would keep the place in line",
            [(change(WAITLIST, entry), entry.customer)],
        ),
    ]
    assert (shown.context["starts"], shown.context["was_to_start"]) == (
        "Tue 14 May 2030, 20:00",
        "Tue 14 May 2030, 18:00",
    )
    assert again.context["form"]["starts_at"].value() == ["2030-05-14", "20:00"]
    assert every_row() == before


def test_what_the_preview_sends_back_moves_the_session_with_its_bookings(admin_client):
    session, booking, _ = full_session_with_a_line()
    shown = admin_client.post(reschedule(session), ON_WEDNESDAY).content.decode()

    answer = admin_client.post(reschedule(session), {**ON_WEDNESDAY, **CONFIRMED}, follow=True)

    assert '<input type="hidden" name="starts_at_0" value="2030-05-15"' in shown
    assert '<input type="hidden" name="starts_at_1" value="18:00"' in shown
    assert said_in(answer) == ["It starts on Wed 15 May 2030, 18:00. One booking moved with it."]
    session.refresh_from_db()
    booking.refresh_from_db()
    assert session.starts_at == TUESDAY_18 + DAY
    assert booking.occupied_day == date(2030, 5, 15)
    assert Notification.objects.count() == 2
    assert LogEntry.objects.get().change_message == "Moved to Wed 15 May 2030, 18:00."


def test_the_page_of_a_moved_booking_says_that_cancelling_is_free_until_the_new_start(admin_client):
    session = ClassSessionFactory(class_type__late_cancel_cutoff_minutes=120)
    booking = BookingFactory(class_session=session)
    before = field_shown(admin_client.get(change(BOOKINGS, booking)), "free_to_cancel")

    admin_client.post(reschedule(session), {**ON_WEDNESDAY, **CONFIRMED})

    after = field_shown(admin_client.get(change(BOOKINGS, booking)), "free_to_cancel")
    assert (before, after) == ("Tue 14 May 2030, 16:00", "Wed 15 May 2030, 18:00")


def test_moving_says_how_many_of_those_who_wait_got_a_spot(admin_client):
    session, _, entry = full_session_with_a_line()
    ClassSession.objects.update(capacity=2)

    answer = admin_client.post(reschedule(session), {**AT_20, **CONFIRMED}, follow=True)

    moved = "It starts on Tue 14 May 2030, 20:00. One booking moved with it."
    assert said_in(answer) == [f"{moved} One customer from the waiting list got a spot."]
    entry.refresh_from_db()
    assert entry.status == "promoted"


@pytest.mark.parametrize("pressed", [{}, CONFIRMED], ids=["shown", "confirmed"])
def test_who_could_not_come_is_named_with_what_is_in_the_way(admin_client, pressed):
    session = ClassSessionFactory(class_type__is_premium=True)
    anna, zoe = CustomerFactory(), CustomerFactory()
    plan = MembershipPlanFactory(class_types=[session.class_type])
    # Zoë's ends on the day before.
    MembershipFactory(customer=anna, plan=plan, starts_on=date(2030, 5, 1))
    MembershipFactory(
        customer=zoe, plan=plan, starts_on=date(2030, 5, 1), ends_on=date(2030, 5, 14)
    )
    for customer in (anna, zoe):
        BookingFactory(customer=customer, class_session=session)
    elsewhere = BookingFactory(
        customer=anna,
        class_session__starts_at=TUESDAY_18 + DAY - HOUR,
        class_session__class_type__name="Pilates",
    )
    BookingFactory(customer=anna, class_session__starts_at=TUESDAY_18 + 2 * DAY)
    before = every_row()

    answer = admin_client.post(reschedule(session), {**ON_WEDNESDAY, **pressed})

    sentence = "2 of the customers cannot come at that time."
    assert answer.context["form"].errors == {"__all__": [sentence]}
    assert answer.context["conflicts"] == [
        (anna, "Booked that day", change(BOOKINGS, elsewhere), "Pilates, Wed 15 May 2030, 17:00"),
        (zoe, "No membership opens the class on that day", "", ""),
    ]
    assert str(zoe) in answer.content.decode()
    assert every_row() == before


@pytest.mark.parametrize("pressed", [{}, CONFIRMED], ids=["shown", "confirmed"])
@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"starts_at_0": "2030-05-14", "starts_at_1": "18:00"},
            {"starts_at": ["It starts then already."]},
        ),
        (
            {"starts_at_0": "2030-05-13", "starts_at_1": "18:00"},
            {"__all__": [INTO_THE_PAST]},
        ),
        ({}, {"starts_at": ["This field is required."]}),
    ],
    ids=["the same", "right now", "nothing"],
)
def test_a_time_that_cannot_be_is_told(admin_client, wrong, errors, pressed):
    session = BookingFactory().class_session
    before = every_row()

    answer = admin_client.post(reschedule(session), {**wrong, **pressed})

    assert answer.context["form"].errors == errors
    assert every_row() == before
