"""The schedule as staff keep it: making sessions and changing them."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.errors import CapacityBelowBookings
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory

pytestmark = pytest.mark.django_db

URL = "/api/class_sessions"


def test_a_session_needs_only_a_class_type_and_a_start(api):
    yoga = ClassTypeFactory(duration_minutes=75, capacity=12)

    made = api.post(URL, {"class_type": yoga.pk, "starts_at": "2030-05-14T18:00:00Z"})

    assert made.status_code == 201
    assert made.json() == {
        "id": ClassSession.objects.get().pk,
        "class_type": yoga.pk,
        "class_type_name": "Yoga",
        "starts_at": "2030-05-14T18:00:00Z",
        "ends_at": "2030-05-14T19:15:00Z",
        "duration_minutes": 75,
        "capacity": 12,
        "booked_count": 0,
        "spots_left": 12,
        "waitlist_count": 0,
        "status": "scheduled",
    }


def test_duration_and_capacity_may_differ_from_the_class_types(api):
    yoga = ClassTypeFactory(duration_minutes=75, capacity=12)

    made = api.post(
        URL,
        {
            "class_type": yoga.pk,
            "starts_at": "2030-05-14T18:00:00Z",
            "duration_minutes": 30,
            "capacity": None,
        },
    )

    assert (made.json()["duration_minutes"], made.json()["spots_left"]) == (30, None)


def test_a_later_change_of_the_class_type_leaves_its_sessions_as_they_are(api):
    yoga = ClassTypeFactory(capacity=12)
    made = api.post(URL, {"class_type": yoga.pk, "starts_at": "2030-05-14T18:00:00Z"}).json()

    api.patch(f"/api/class_types/{yoga.pk}", {"capacity": 5, "duration_minutes": 30})

    assert api.get(f"{URL}/{made['id']}").json() == made


def test_a_session_may_be_put_into_the_past_but_not_booked(api):
    session = ClassSessionFactory(starts_at=TUESDAY_18 - timedelta(days=3650))
    customer = BookingFactory().customer

    refused = api.post("/api/bookings", {"customer": customer.pk, "class_session": session.pk})

    assert refused.json()["errors"][0]["code"] == "session_started"


@pytest.mark.parametrize(
    ("capacity", "status"), [(2, 200), (1, 409), (None, 200)], ids=["enough", "too few", "no limit"]
)
def test_the_capacity_never_falls_below_the_bookings(api, capacity, status):
    session = ClassSessionFactory(capacity=5)
    for _ in range(2):
        BookingFactory(class_session=session)

    answer = api.patch(f"{URL}/{session.pk}", {"capacity": capacity})

    session.refresh_from_db()
    assert answer.status_code == status
    assert session.capacity == (5 if status == 409 else capacity)
    if status == 409:
        [error] = answer.json()["errors"]
        assert error["code"] == "capacity_below_bookings"
        assert error["facts"] == {"capacity": 1, "booked_count": 2}


def test_a_session_moves_while_nobody_holds_a_spot():
    session = ClassSessionFactory()
    BookingFactory(class_session=session, status=BookingStatus.CANCELLED)

    services.edit_session(
        session=session,
        changes={"starts_at": TUESDAY_18 + timedelta(hours=1)},
        at=TUESDAY_18 - timedelta(days=1),
    )

    session.refresh_from_db()
    assert session.starts_at == TUESDAY_18 + timedelta(hours=1)


def test_a_session_with_bookings_can_be_sent_back_as_it_is(api):
    session = BookingFactory().class_session
    whole = api.get(f"{URL}/{session.pk}").json()

    answer = api.put(f"{URL}/{session.pk}", whole)

    assert (answer.status_code, answer.json()) == (200, whole)


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"class_type": "another"}])
def test_status_and_class_type_are_not_edited(api, change):
    session = ClassSessionFactory()
    if "class_type" in change:
        change = {"class_type": ClassTypeFactory().pk}

    answer = api.patch(f"{URL}/{session.pk}", change)

    assert answer.status_code == 400
    assert [(error["code"], error["attr"]) for error in answer.json()["errors"]] == [
        ("immutable", next(iter(change)))
    ]


def test_the_lowered_capacity_is_refused_at_the_service_too():
    session = BookingFactory(class_session__capacity=3).class_session

    with pytest.raises(CapacityBelowBookings):
        services.edit_session(
            session=session, changes={"capacity": 0}, at=TUESDAY_18 - timedelta(days=1)
        )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date=2030-05-14", ["today", "full"]),
        ("date=2030-05-15", ["tomorrow"]),
        ("starts_at_after=2030-05-14T18:00:00Z", ["today", "full", "tomorrow"]),
        ("starts_at_before=2030-05-14T18:00:00Z", []),
        ("has_spots=true", ["today", "tomorrow"]),
        ("has_spots=false", ["full"]),
        ("is_premium=true", ["tomorrow"]),
        ("is_premium=false", ["today", "full"]),
        ("status=cancelled", []),
        ("ordering=-starts_at", ["tomorrow", "today", "full"]),
        ("ordering=-id", ["full", "tomorrow", "today"]),
    ],
)
def test_the_schedule_is_filtered_and_ordered(api, query, found):
    sessions = {
        "today": ClassSessionFactory(),
        "tomorrow": ClassSessionFactory(
            starts_at=TUESDAY_18 + timedelta(days=1), class_type__is_premium=True
        ),
        "full": ClassSessionFactory(capacity=0),
    }

    rows = api.get(f"{URL}?{query}").json()["results"]

    assert [row["id"] for row in rows] == [sessions[name].pk for name in found]


def test_a_day_of_the_schedule_is_the_gyms_day(api, berlin):
    late = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(hours=4, minutes=30))

    tuesday = api.get(f"{URL}?date=2030-05-14").json()["results"]
    wednesday = api.get(f"{URL}?date=2030-05-15").json()["results"]

    assert (tuesday, [row["id"] for row in wednesday]) == ([], [late.pk])
