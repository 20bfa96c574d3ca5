"""The line for a full session, as staff see it and change it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from bookings import services
from bookings.admin import roster
from bookings.models import CalendarToken, WaitlistEntry
from bookings.tests.admin import BOOKINGS, SESSIONS, WAITLIST, change, errors_on, said_in, waits_for
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

CALENDARS = "/admin/bookings/calendartoken/"
LEAVE = {"bookings_waitlistentry_leave": "1"}
NOW = TUESDAY_18 - timedelta(days=1)
PUT_IN = "Put somebody on the waiting list"


@pytest.fixture
def full():
    return ClassSessionFactory(capacity=0)


# --- The session's page ---------------------------------------------------------------------------


def test_a_sessions_page_shows_who_waits_since_when_in_the_order_of_the_line(
    admin_client, clock, full
):
    zoe = waits_for(full, first_name="Zoë")
    clock.shift(timedelta(hours=1))
    anna = waits_for(full, first_name="Anna")

    answer = admin_client.get(change(SESSIONS, full))

    assert answer.context["line"].entries == [zoe, anna]
    text = answer.content.decode()
    assert text.index("Mon 13 May 2030, 18:00") < text.index("Mon 13 May 2030, 19:00")
    assert "0 of 0 booked, 0 left, 2 waiting" in text


def test_a_sessions_page_shows_who_came_from_the_waiting_list(admin_client):
    booking = BookingFactory(class_session__capacity=1)
    entry = waits_for(booking.class_session)
    services.change_status(booking=booking, to="cancelled", at=NOW)

    answer = admin_client.get(change(SESSIONS, booking.class_session))

    shown = {row["booking"].customer: row["is_promoted"] for row in answer.context["roster"].rows}
    assert shown == {entry.customer: True, booking.customer: False}
    assert answer.content.decode().count("Booked, from the waiting list") == 1


def test_a_longer_line_than_a_page_can_show_is_cut_and_says_where_all_of_it_is(
    admin_client, monkeypatch, full
):
    monkeypatch.setattr(roster, "LONGEST_ROSTER", 1)
    first = waits_for(full)
    before = admin_client.get(change(SESSIONS, full)).context["line"]
    waits_for(full)

    answer = admin_client.get(change(SESSIONS, full))

    assert before == ([first], False)
    assert answer.context["line"] == ([first], True)
    all_of_it = f"{WAITLIST}?class_session__id__exact={full.pk}"
    assert all_of_it in answer.content.decode()
    assert admin_client.get(all_of_it).context["cl"].result_count == 2


@pytest.mark.parametrize(
    ("values", "is_offered"),
    [
        ({"capacity": 0}, True),
        ({"capacity": 1}, False),
        ({"capacity": None}, False),
        ({"capacity": 0, "status": "cancelled"}, False),
        ({"capacity": 0, "starts_at": NOW}, False),
    ],
    ids=["full", "one spot left", "unlimited", "cancelled", "starts now"],
)
def test_only_a_full_session_to_come_offers_its_waiting_list(admin_client, values, is_offered):
    session = ClassSessionFactory(**values)

    answer = admin_client.get(change(SESSIONS, session))

    assert (PUT_IN in answer.content.decode()) is is_offered


def test_a_sessions_page_costs_the_same_however_many_wait(admin_client, queries_in, full):
    waits_for(full)
    one = queries_in(lambda: admin_client.get(change(SESSIONS, full)))
    for _ in range(4):
        waits_for(full)

    five = queries_in(lambda: admin_client.get(change(SESSIONS, full)))

    assert five == one


@pytest.mark.parametrize(
    ("capacity", "sentences"),
    [
        ("2", ["One customer from the waiting list got a spot."]),
        ("4", ["2 customers from the waiting list got a spot."]),
        ("1", []),
    ],
    ids=["for one", "for more than wait", "as it was"],
)
def test_raising_the_capacity_says_how_many_got_a_spot(admin_client, full, capacity, sentences):
    waits_for(full)
    services.edit_session(session=full, changes={"capacity": 1}, at=NOW - timedelta(hours=1))
    waits_for(full)
    waits_for(full)
    body = {"duration_minutes": "45", "capacity": capacity, "unlimited": ""}

    answer = admin_client.post(change(SESSIONS, full), body)

    assert [said for said in said_in(answer) if "waiting list" in said] == sentences
    assert ClassSession.objects.get().booked_count == min(int(capacity), 3)


# --- Taking somebody out --------------------------------------------------------------------------


def test_taking_somebody_out_of_the_line_leads_back_to_the_session(admin_client, full):
    entry = waits_for(full)
    its_session = change(SESSIONS, full)

    answer = admin_client.post(change(WAITLIST, entry), {**LEAVE, "next": its_session})

    assert answer.url == its_session
    assert said_in(answer) == [f"{entry.customer} · Yoga, Tue 14 May 2030, 18:00: Left."]
    entry.refresh_from_db()
    assert (entry.status, entry.ended_at) == ("left", NOW)
    assert ClassSession.objects.get().waitlist_count == 0
    assert LogEntry.objects.get().change_message == "Taken out of the line."


@pytest.mark.parametrize("pressed", [LEAVE, {}], ids=["out again", "no button"])
def test_what_changes_nothing_is_told_and_not_logged(admin_client, full, pressed):
    entry = waits_for(full)
    services.leave_waitlist(entry=entry, at=NOW - timedelta(hours=1))
    before = every_row()

    answer = admin_client.post(
        change(WAITLIST, entry), {**pressed, "next": "https://evil.example/"}
    )

    assert said_in(answer) == ["Nothing to change."]
    assert answer.url == change(WAITLIST, entry)
    assert every_row() == before


def test_who_got_a_spot_is_not_taken_out_of_the_line(admin_client, full):
    entry = waits_for(full)
    services.edit_session(session=full, changes={"capacity": 1}, at=NOW)
    before = every_row()

    its_page = admin_client.get(change(WAITLIST, entry))
    answer = admin_client.post(change(WAITLIST, entry), LEAVE)

    assert its_page.context["actions_submit_line"] == []
    entry.refresh_from_db()
    assert f"{BOOKINGS}{entry.promoted_booking_id}/change/" in its_page.content.decode()
    assert len(errors_on(answer)["__all__"]) == 1
    assert every_row() == before


def test_who_may_only_look_takes_nobody_out(client, django_user_model, full):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_waitlistentry"))
    client.force_login(guest)
    entry = waits_for(full)
    before = every_row()

    looked_at = client.get(change(WAITLIST, entry))
    refused = [client.post(change(WAITLIST, entry), LEAVE), client.get(WAITLIST + "add/")]

    assert looked_at.status_code == 200
    assert looked_at.context["actions_submit_line"] == []
    assert [answer.status_code for answer in refused] == [403, 403]
    assert every_row() == before


# --- Putting somebody in --------------------------------------------------------------------------


def test_staff_put_a_customer_on_the_waiting_list(admin_client, full):
    customer = CustomerFactory()

    form = admin_client.get(WAITLIST + "add/", {"class_session": full.pk})
    answer = admin_client.post(
        WAITLIST + "add/", {"customer": customer.pk, "class_session": full.pk}
    )

    assert form.context["adminform"].form["class_session"].value() == str(full.pk)
    entry = WaitlistEntry.objects.get()
    which = f"{customer} · Yoga, Tue 14 May 2030, 18:00"
    assert said_in(answer) == [f'<a href="{change(WAITLIST, entry)}">{which}</a>: Waiting.']
    assert (entry.customer, entry.class_session, entry.created_at) == (customer, full, NOW)
    assert ClassSession.objects.get().waitlist_count == 1
    assert LogEntry.objects.get().object_id == str(entry.pk)


def someone(session):
    return CustomerFactory()


def who_waits(session):
    return waits_for(session).customer


@pytest.mark.parametrize(
    ("capacity", "customer_for", "sentence"),
    [
        (1, someone, "There is a free spot in this session: it can be booked."),
        (0, who_waits, "The customer waits for this session already."),
    ],
    ids=["a free spot", "waits already"],
)
def test_a_refused_customer_is_not_put_in(admin_client, capacity, customer_for, sentence):
    session = ClassSessionFactory(capacity=capacity)
    asked = {"customer": customer_for(session).pk, "class_session": session.pk}
    before = every_row()

    answer = admin_client.post(WAITLIST + "add/", asked)

    assert errors_on(answer) == {"__all__": [sentence]}
    assert every_row() == before


# --- The list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Cleo", "Bert", "Anna"]),
        ({"status__exact": "waiting"}, ["Cleo", "Bert"]),
        ({"class_session__starts_at_from": "2030-05-15"}, ["Cleo"]),
        ({"q": "bert"}, ["Bert"]),
    ],
    ids=["all", "waiting", "the session's day", "a name"],
)
def test_the_waiting_list_is_filtered_and_searched(admin_client, full, asked, found):
    gone = waits_for(full, first_name="Anna")
    services.leave_waitlist(entry=gone, at=NOW)
    waits_for(full, first_name="Bert")
    day_after = ClassSessionFactory(capacity=0, starts_at=TUESDAY_18 + timedelta(days=1))
    waits_for(day_after, first_name="Cleo")

    answer = admin_client.get(WAITLIST, asked)

    entries = list(answer.context["cl"].result_list)
    assert [entry.customer.first_name for entry in entries] == found
    assert {entry.position for entry in entries if entry.status == "waiting"} <= {1}


# --- Calendar feeds -------------------------------------------------------------------------------


def test_a_calendar_feed_is_revoked_and_its_secret_never_shown(admin_client):
    customer = CustomerFactory()
    secret = services.give_calendar_token(customer=customer, at=NOW)
    token = CalendarToken.objects.get()
    pages = [
        admin_client.get(CALENDARS),
        admin_client.get(change(CALENDARS, token)),
        admin_client.get(f"{CALENDARS}{token.pk}/delete/"),
    ]

    admin_client.post(f"{CALENDARS}{token.pk}/delete/", {"post": "yes"})

    assert [page.status_code for page in pages] == [200, 200, 200]
    for page in pages:
        text = page.content.decode()
        assert secret not in text
        assert token.digest not in text
    assert CalendarToken.objects.count() == 0
