"""Calling a session off at the desk, after a look at whom it touches; and who may."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from bookings.models import Booking, WaitlistEntry
from bookings.tests.admin import (
    AT_20,
    BOOKINGS,
    CONFIRMED,
    ON_WEDNESDAY,
    SESSIONS,
    WAITLIST,
    cancel,
    change,
    full_session_with_a_line,
    named_in,
    reschedule,
    said_in,
    waits_for,
)
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from notifications.models import Notification

pytestmark = pytest.mark.django_db

ILL = {"reason": "The coach is ill"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# --- Calling off ----------------------------------------------------------------------------------


def test_cancelling_first_shows_whom_it_touches_and_writes_nothing(admin_client):
    session, booking, entry = full_session_with_a_line()
    before = every_row()

    asked = admin_client.get(cancel(session))
    shown = admin_client.post(cancel(session), ILL)
    again = admin_client.post(cancel(session), {**ILL, "back": ""})

    assert "is_preview" not in asked.context
    assert named_in(shown) == [
        (
            "One booking would be cancelled by the gym, never late",
            [(change(BOOKINGS, booking), booking.customer)],
        ),
        ("One customer would wait no more", [(change(WAITLIST, entry), entry.customer)]),
    ]
    assert "The coach is ill" in shown.content.decode()
    assert again.context["form"]["reason"].value() == "The coach is ill"
    assert "is_preview" not in again.context
    assert every_row() == before


def test_a_confirmed_session_is_cancelled_with_all_that_hangs_on_it(admin_client):
    session, booking, entry = full_session_with_a_line()

    answer = admin_client.post(cancel(session), {**ILL, **CONFIRMED}, follow=True)

    sentence = "It is cancelled. One booking was cancelled with it. One customer waits no more."
    assert said_in(answer) == [sentence]
    session.refresh_from_db()
    assert (session.status, session.cancellation_reason) == ("cancelled", "The coach is ill")
    assert Booking.objects.get().cancelled_by == "gym"
    assert WaitlistEntry.objects.get().status == "closed"
    told = set(Notification.objects.values_list("customer", flat=True))
    assert told == {booking.customer_id, entry.customer_id}
    assert LogEntry.objects.get().change_message == "Cancelled."
    assert "The coach is ill" in answer.content.decode()
    assert answer.context["actions_detail"] == []


def test_without_anybody_in_it_a_session_is_cancelled_all_the_same(admin_client):
    session = ClassSessionFactory()

    shown = admin_client.post(cancel(session), {})
    answer = admin_client.post(cancel(session), CONFIRMED, follow=True)

    assert "Nobody is booked, and nobody waits." in shown.content.decode()
    assert said_in(answer) == ["It is cancelled. No booking was cancelled with it."]


@pytest.mark.parametrize("pressed", [{}, CONFIRMED], ids=["shown", "confirmed"])
def test_what_has_started_is_not_cancelled(admin_client, clock, pressed):
    session = BookingFactory().class_session
    clock.move_to(TUESDAY_18)
    before = every_row()

    answer = admin_client.post(cancel(session), {**ILL, **pressed})

    sentence = "This session has started. Starts at: Tue 14 May 2030, 18:00."
    assert answer.context["form"].errors == {"__all__": [sentence]}
    assert every_row() == before


@pytest.mark.parametrize("page", [cancel, reschedule])
def test_what_is_cancelled_is_neither_cancelled_again_nor_moved(admin_client, page):
    session = ClassSessionFactory(status="cancelled", cancelled_at=TUESDAY_18 - 2 * DAY)
    before = every_row()

    answer = admin_client.post(page(session), {**ILL, **AT_20, **CONFIRMED}, follow=True)

    assert said_in(answer) == ["It is cancelled already."]
    assert every_row() == before


# --- The buttons ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after_the_start", "is_booked", "buttons"),
    [
        (-timedelta(seconds=1), True, ["Reschedule", "Cancel"]),
        (0 * HOUR, True, []),
        (0 * HOUR, False, ["Reschedule"]),
    ],
    ids=["before the start", "started with bookings", "started, nobody booked"],
)
def test_a_sessions_page_shows_the_buttons_of_the_moment(
    admin_client, clock, after_the_start, is_booked, buttons
):
    session = ClassSessionFactory()
    if is_booked:
        BookingFactory(class_session=session)
    clock.move_to(TUESDAY_18 + after_the_start)

    answer = admin_client.get(change(SESSIONS, session))

    assert [button["title"] for button in answer.context["actions_detail"]] == buttons


def test_who_may_only_look_neither_cancels_nor_moves(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_classsession"))
    client.force_login(guest)
    session, _, _ = full_session_with_a_line()
    before = every_row()

    looked_at = client.get(change(SESSIONS, session))
    refused = [
        answer.status_code
        for page in (cancel(session), reschedule(session))
        for answer in (client.get(page), client.post(page, {**ILL, **AT_20, **CONFIRMED}))
    ]

    assert looked_at.status_code == 200
    assert looked_at.context["actions_detail"] == []
    assert "Take out of the line" not in looked_at.content.decode()
    assert "Put somebody on the waiting list" not in looked_at.content.decode()
    assert refused == [403, 403, 403, 403]
    assert every_row() == before


@pytest.mark.parametrize("page", [cancel, reschedule])
def test_a_session_that_is_gone_is_no_error_page(admin_client, page):
    session = ClassSessionFactory()
    address = page(session)
    session.delete()

    answer = admin_client.get(address, follow=True)

    assert "Perhaps it was deleted?" in said_in(answer)[0]


def in_the_way(session):
    return reschedule(session), ON_WEDNESDAY


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda session: (cancel(session), ILL), id="cancel"),
        pytest.param(lambda session: (reschedule(session), AT_20), id="move"),
        pytest.param(in_the_way, id="conflicts"),
    ],
)
def test_a_preview_costs_the_same_however_many_it_touches(admin_client, queries_in, look):
    session, first, _ = full_session_with_a_line()
    elsewhere = ClassSessionFactory(starts_at=TUESDAY_18 + DAY)
    BookingFactory(customer=first.customer, class_session=elsewhere)
    one = queries_in(lambda: admin_client.post(*look(session)))
    ClassSession.objects.filter(pk=session.pk).update(capacity=5)
    for _ in range(4):
        booking = BookingFactory(class_session=session)
        BookingFactory(customer=booking.customer, class_session=elsewhere)
    for _ in range(4):
        waits_for(session)

    five = queries_in(lambda: admin_client.post(*look(session)))

    assert five == one
