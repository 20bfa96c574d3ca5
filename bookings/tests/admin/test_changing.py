"""What becomes of a booking: its buttons, the list, the roster."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from zeal import zeal_ignore

from bookings.admin import roster
from bookings.admin.deeds import DEEDS
from bookings.models import Booking
from bookings.tests.admin import (
    BOOKINGS,
    CUSTOMERS,
    SESSIONS,
    change,
    errors_on,
    full_session_with_a_line,
    said_in,
)
from bookings.tests.factories import BookingFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

TOO_EARLY = (
    "A booking that is booked cannot become attended so early. "
    "Allowed from: Tue 14 May 2030, 17:00."
)


@pytest.mark.parametrize(
    ("before", "button", "hours_after_start", "after"),
    [
        ("booked", "cancel", -24, "cancelled"),
        ("booked", "cancel", -0.5, "late_cancelled"),
        ("booked", "check_in", -1, "attended"),
        ("booked", "did_not_come", 0, "no_show"),
        ("attended", "back_to_booked", 1, "booked"),
        ("no_show", "check_in", 1, "attended"),
        ("late_cancelled", "forgive", -1, "cancelled"),
    ],
)
def test_a_button_changes_a_booking(admin_client, clock, before, button, hours_after_start, after):
    kind = ClassTypeFactory(late_cancel_cutoff_minutes=60)
    booking = BookingFactory(status=before, class_session__class_type=kind)
    clock.move_to(TUESDAY_18 + timedelta(hours=hours_after_start))

    answer = admin_client.post(change(BOOKINGS, booking), {button: "1"}, follow=True)

    booking.refresh_from_db()
    assert booking.status == after
    which = f"{booking.customer} · Yoga, Tue 14 May 2030, 18:00"
    assert said_in(answer) == [f"{which}: {booking.get_status_display()}."]
    assert LogEntry.objects.get().change_message == f"{DEEDS[button].label}."


@pytest.mark.parametrize(
    ("before", "button", "sentence"),
    [
        (
            "booked",
            "check_in",
            TOO_EARLY,
        ),
        ("cancelled", "check_in", "A booking that is cancelled cannot become attended."),
        ("booked", "forgive", "A booking that is booked cannot become cancelled."),
        ("attended", "cancel", "A booking that is attended cannot become cancelled."),
    ],
)
def test_a_button_that_does_not_fit_is_told_and_changes_nothing(
    admin_client, before, button, sentence
):
    booking = BookingFactory(status=before)

    answer = admin_client.post(change(BOOKINGS, booking), {button: "1"})

    assert answer.status_code == 200
    assert errors_on(answer) == {"__all__": [sentence]}
    fresh = Booking.objects.get()
    assert (fresh.status, fresh.updated_at) == (before, booking.updated_at)
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "pressed"),
    [
        ("attended", {"check_in": "1"}),
        ("cancelled", {"forgive": "1"}),
        ("late_cancelled", {"cancel": "1"}),
        ("late_cancelled", {}),
    ],
    ids=["checked in before", "in time anyway", "cancelled before", "no button"],
)
def test_what_changes_nothing_is_neither_praised_nor_logged(admin_client, status, pressed):
    booking = BookingFactory(status=status)

    answer = admin_client.post(change(BOOKINGS, booking), pressed, follow=True)

    assert said_in(answer) == ["Nothing to change."]
    assert Booking.objects.get().updated_at == booking.updated_at
    assert LogEntry.objects.count() == 0


def test_an_action_counts_apart_what_it_did_not_change(admin_client):
    chosen = [BookingFactory(status=status).pk for status in ("booked", "cancelled")]

    with zeal_ignore():
        answer = admin_client.post(
            BOOKINGS, {"action": "cancel", "_selected_action": chosen}, follow=True
        )

    assert said_in(answer) == ["Cancel: 1 done.", "Cancel: 1 as they were. Nothing to change."]
    assert LogEntry.objects.get().object_id == str(chosen[0])


def test_who_forgave_and_why_is_kept_and_shown(admin_client, admin_user):
    booking = BookingFactory(status="late_cancelled")

    admin_client.post(change(BOOKINGS, booking), {"forgive": "1", "reason": "A sick child"})

    booking.refresh_from_db()
    assert (booking.forgiven_by, booking.forgiven_reason) == (admin_user.username, "A sick child")
    assert booking.forgiven_at == TUESDAY_18 - timedelta(days=1)
    assert "A sick child" in admin_client.get(change(BOOKINGS, booking)).content.decode()


def test_a_bookings_customer_session_and_status_are_not_edited(admin_client):
    booking, another = BookingFactory(), CustomerFactory()
    body = {"customer": another.pk, "status": "attended", "occupied_day": ""}

    admin_client.post(change(BOOKINGS, booking), body)

    fresh = Booking.objects.get()
    assert (fresh.customer, fresh.status) == (booking.customer, "booked")
    assert fresh.occupied_day == booking.occupied_day


def test_an_action_on_a_selection_does_what_it_can_and_lists_what_was_refused(admin_client):
    booked = [BookingFactory(), BookingFactory()]
    attended = BookingFactory(status="attended")
    chosen = [booking.pk for booking in (*booked, attended)]

    # Each is locked and written on its own, so that one refusal does not undo the others.
    with zeal_ignore():
        answer = admin_client.post(
            BOOKINGS, {"action": "cancel", "_selected_action": chosen}, follow=True
        )

    assert said_in(answer) == [
        "Cancel: 2 done.",
        f"Cancel: 1 refused. A booking that is attended cannot become cancelled. (#{attended.pk})",
    ]
    statuses = Booking.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["cancelled", "cancelled", "attended"]
    assert LogEntry.objects.count() == 2


def test_a_booking_is_never_deleted(admin_client):
    booking = BookingFactory()

    one = admin_client.post(f"{BOOKINGS}{booking.pk}/delete/", {"post": "yes"})
    several = admin_client.post(
        BOOKINGS,
        {"action": "delete_selected", "_selected_action": booking.pk, "post": "yes"},
        follow=True,
    )

    assert one.status_code == 403
    assert said_in(several) == ["No action selected."]
    assert Booking.objects.count() == 1


def test_who_may_only_look_gets_no_buttons(client, django_user_model):
    reader = django_user_model.objects.create(username="reader", is_staff=True)
    reader.user_permissions.set(permissions("view_booking", "view_classsession"))
    client.force_login(reader)
    booking = BookingFactory()

    page = client.get(change(BOOKINGS, booking))
    pressed = client.post(change(BOOKINGS, booking), {"cancel": "1"})

    assert page.context["actions_submit_line"] == []
    assert pressed.status_code == 403
    assert Booking.objects.get().status == "booked"


def permissions(*names):
    return Permission.objects.filter(codename__in=names)


def test_the_roster_checks_in_with_one_click_and_comes_back(admin_client, clock):
    booking = BookingFactory()
    session = booking.class_session
    clock.move_to(TUESDAY_18)
    shown = admin_client.get(change(SESSIONS, session)).context["roster"]
    back = change(SESSIONS, session)

    answer = admin_client.post(change(BOOKINGS, booking), {"check_in": "1", "next": back})

    assert [row["buttons"] for row in shown.rows] == [
        [("check_in", "Check in"), ("did_not_come", "Did not come")]
    ]
    assert (answer.status_code, answer.url) == (302, back)
    assert Booking.objects.get().status == "attended"


@pytest.mark.parametrize(
    ("minutes_before", "buttons"),
    [(61, []), (60, ["check_in"]), (1, ["check_in"]), (0, ["check_in", "did_not_come"])],
)
def test_the_roster_checks_in_from_an_hour_before_the_start(
    admin_client, clock, minutes_before, buttons
):
    session = BookingFactory().class_session
    clock.move_to(TUESDAY_18 - timedelta(minutes=minutes_before))

    shown = admin_client.get(change(SESSIONS, session)).context["roster"]

    assert [name for name, _ in shown.rows[0]["buttons"]] == buttons


def test_the_roster_lists_who_holds_a_spot_before_the_cancelled(admin_client):
    session = ClassSessionFactory()
    for status in ("late_cancelled", "cancelled", "booked"):
        BookingFactory(class_session=session, status=status)

    shown = admin_client.get(change(SESSIONS, session)).context["roster"]

    assert [row["booking"].status for row in shown.rows] == [
        "booked",
        "late_cancelled",
        "cancelled",
    ]


def test_the_roster_tells_whom_the_gym_cancelled_from_who_cancelled(admin_client):
    session = ClassSessionFactory()
    for by in ("customer", "gym"):
        BookingFactory(class_session=session, status="cancelled", cancelled_by=by)

    text = admin_client.get(change(SESSIONS, session)).content.decode()

    assert text.count(">Cancelled</td>") == 1
    assert text.count(">Cancelled by the gym</td>") == 1


def test_the_roster_and_the_line_lead_to_the_customers(admin_client):
    session, booking, entry = full_session_with_a_line()

    text = admin_client.get(change(SESSIONS, session)).content.decode()

    for customer in (booking.customer, entry.customer):
        assert f'href="{change(CUSTOMERS, customer)}">{customer}</a>' in text


def test_a_roster_that_is_cut_loses_the_cancelled_first(admin_client, monkeypatch):
    monkeypatch.setattr(roster, "LONGEST_ROSTER", 2)
    session = ClassSessionFactory()
    for status, name in (("late_cancelled", "Adam"), ("booked", "Ziegler"), ("attended", "Zorn")):
        BookingFactory(class_session=session, status=status, customer__last_name=name)

    shown = admin_client.get(change(SESSIONS, session)).context["roster"]

    assert [row["booking"].status for row in shown.rows] == ["booked", "attended"]
    assert shown.is_cut


def test_nobody_is_sent_to_another_site(admin_client):
    booking = BookingFactory()
    body = {"cancel": "1", "next": "https://elsewhere.example/"}

    answer = admin_client.post(change(BOOKINGS, booking), body)

    assert answer.url == change(BOOKINGS, booking)
