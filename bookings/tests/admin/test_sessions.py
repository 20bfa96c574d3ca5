"""The schedule as staff make and change it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from bookings.tests.admin import SESSIONS, as_shown, change, errors_on, field_shown
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory

pytestmark = pytest.mark.django_db

SAVE_BUTTONS = ["_save", "_continue", "_addanother"]
YOGA_TUESDAY_18 = {
    "starts_at_0": "2030-05-14",
    "starts_at_1": "18:00",
    "duration_minutes": "",
    "capacity": "",
}


@pytest.mark.parametrize(
    ("given", "duration", "capacity"),
    [
        pytest.param({}, 45, 20, id="as the class type says"),
        pytest.param({"duration_minutes": "90", "capacity": "5"}, 90, 5, id="its own"),
        pytest.param({"unlimited": "on"}, 45, None, id="unlimited"),
        pytest.param({"capacity": "0"}, 45, 0, id="none at all"),
    ],
)
def test_a_session_takes_from_its_class_type_what_is_left_empty(
    admin_client, given, duration, capacity
):
    kind = ClassTypeFactory(duration_minutes=45, capacity=20)

    admin_client.post(SESSIONS + "add/", {"class_type": kind.pk, **YOGA_TUESDAY_18, **given})

    session = ClassSession.objects.get()
    assert session.starts_at == TUESDAY_18
    assert (session.duration_minutes, session.capacity) == (duration, capacity)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"unlimited": "on", "capacity": "5"},
            {"capacity": ["Either a number or unlimited."]},
        ),
        (
            {"starts_at_0": "0001-01-01"},
            {"starts_at": ["The year must be within 1900 to 2199."]},
        ),
        (
            {"starts_at_0": "9999-12-31"},
            {"starts_at": ["The year must be within 1900 to 2199."]},
        ),
        ({"starts_at_1": ""}, {"starts_at": ["This field is required."]}),
        (
            {"duration_minutes": "0"},
            {"duration_minutes": ["Ensure this value is greater than or equal to 1."]},
        ),
    ],
)
def test_a_wrong_session_is_told_and_not_made(admin_client, wrong, errors):
    body = {"class_type": ClassTypeFactory().pk, **YOGA_TUESDAY_18, **wrong}

    answer = admin_client.post(SESSIONS + "add/", body)

    assert errors_on(answer) == errors
    assert ClassSession.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "time", "starts_at"),
    [
        ("2030-03-31", "02:30", datetime(2030, 3, 31, 1, 30, tzinfo=UTC)),
        ("2030-10-27", "02:30", datetime(2030, 10, 27, 0, 30, tzinfo=UTC)),
    ],
    ids=["a time that does not exist is an hour later", "one that exists twice is the first"],
)
def test_a_session_starts_when_the_gyms_clock_says(admin_client, berlin, day, time, starts_at):
    body = {"class_type": ClassTypeFactory().pk, **YOGA_TUESDAY_18}

    admin_client.post(SESSIONS + "add/", body | {"starts_at_0": day, "starts_at_1": time})

    assert ClassSession.objects.get().starts_at == starts_at


def test_fewer_spots_than_are_taken_are_refused(admin_client):
    session = ClassSessionFactory(capacity=5)
    BookingFactory.create_batch(2, class_session=session)
    url = change(SESSIONS, session)

    answer = admin_client.post(url, as_shown(admin_client.get(url)) | {"capacity": "1"})

    sentence = "2 customers hold a spot: 1 are too few."
    assert errors_on(answer) == {"__all__": [sentence]}
    assert ClassSession.objects.get().capacity == 5
    assert LogEntry.objects.count() == 0


def test_a_session_becomes_unlimited_and_limited_again(admin_client):
    session = ClassSessionFactory(capacity=5)
    url = change(SESSIONS, session)
    shown = as_shown(admin_client.get(url))

    admin_client.post(url, shown | {"capacity": "", "unlimited": "on"})
    unlimited = ClassSession.objects.get().capacity
    admin_client.post(url, shown | {"capacity": "7"})

    assert unlimited is None
    assert ClassSession.objects.get().capacity == 7


def test_an_empty_capacity_alone_is_not_taken_for_unlimited(admin_client):
    session = ClassSessionFactory(capacity=5)
    url = change(SESSIONS, session)
    shown = as_shown(admin_client.get(url))

    answer = admin_client.post(url, shown | {"capacity": ""})

    assert errors_on(answer) == {"capacity": ["Give a number, or switch on unlimited."]}
    assert ClassSession.objects.get().capacity == 5


def test_a_sessions_type_status_time_and_counter_are_not_edited(admin_client):
    session = BookingFactory().class_session
    url = change(SESSIONS, session)
    body = as_shown(admin_client.get(url)) | {
        "class_type": ClassTypeFactory().pk,
        "status": "cancelled",
        "booked_count": "0",
        "starts_at_0": "2030-05-15",
        "starts_at_1": "19:00",
        "duration_minutes": "75",
    }

    admin_client.post(url, body)

    fresh = ClassSession.objects.get()
    assert (fresh.class_type, fresh.status, fresh.booked_count) == (
        session.class_type,
        "scheduled",
        1,
    )
    assert (fresh.starts_at, fresh.duration_minutes) == (TUESDAY_18, 75)


@pytest.mark.parametrize("sent", [{"capacity": "7"}, {"unlimited": "on"}])
def test_a_cancelled_session_is_shown_and_not_edited(admin_client, sent):
    session = ClassSessionFactory(
        duration_minutes=45, capacity=5, status="cancelled", cancelled_at=TUESDAY_18
    )
    url, before = change(SESSIONS, session), every_row()

    shown = admin_client.get(url)
    answer = admin_client.post(url, {"duration_minutes": "90", **sent})

    assert list(shown.context["adminform"].form.fields) == []
    assert [field_shown(shown, name) for name in ("duration_minutes", "capacity")] == ["45", "5"]
    text = shown.content.decode()
    assert [name for name in SAVE_BUTTONS if f'name="{name}"' in text] == []
    assert errors_on(answer) == {"__all__": ["The gym cancelled this session."]}
    assert every_row() == before


def test_a_session_that_takes_place_is_saved_by_three_buttons(admin_client):
    text = admin_client.get(change(SESSIONS, ClassSessionFactory())).content.decode()

    assert [name for name in SAVE_BUTTONS if f'name="{name}"' in text] == SAVE_BUTTONS


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param({}, ["today", "soon", "later"], id="the desk opens the list"),
        pytest.param(
            {"when": "", "starts_at_from": "", "starts_at_to": ""},
            ["today", "soon", "later"],
            id="nothing chosen",
        ),
        pytest.param({"when": "today"}, ["today"], id="today"),
        pytest.param({"when": "week"}, ["today", "soon"], id="the next 7 days"),
        pytest.param({"when": "past"}, ["past", "long past"], id="started"),
        pytest.param(
            {"when": "all"}, ["later", "soon", "today", "past", "long past"], id="all of them"
        ),
        pytest.param({"starts_at_to": "2030-05-12"}, ["long past", "past"], id="days of the past"),
    ],
)
def test_sessions_are_filtered_by_when_they_start(admin_client, asked, found):
    now = TUESDAY_18 - timedelta(days=1)
    for name, starts_at in (
        ("long past", now - timedelta(days=9)),
        ("past", now - timedelta(days=1)),
        ("today", now + timedelta(hours=1)),
        ("soon", now + timedelta(days=6)),
        ("later", now + timedelta(days=8)),
    ):
        ClassSessionFactory(class_type__name=name, starts_at=starts_at)

    answer = admin_client.get(SESSIONS, asked)

    assert [session.class_type.name for session in answer.context["cl"].result_list] == found


def test_a_session_of_this_morning_is_on_the_list_that_the_desk_opens(admin_client):
    morning = ClassSessionFactory(starts_at=TUESDAY_18 - timedelta(days=1, hours=10))

    answer = admin_client.get(SESSIONS)

    assert list(answer.context["cl"].result_list) == [morning]
