"""The waiting list over HTTP: what a phone sends, sees and is refused."""

from datetime import timedelta

import pytest
import time_machine

from bookings.models import WaitlistEntry
from bookings.states import WaitlistStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
URL = "/api/waitlist_entries"


@pytest.fixture(autouse=True)
def _it_is_the_day_before():
    with time_machine.travel(THE_DAY_BEFORE, tick=False):
        yield


def errors_of(answer):
    return [(error["code"], error["attr"], error["facts"]) for error in answer.json()["errors"]]


def test_an_entry_is_answered_as_it_is_read_and_listed(api):
    session, customer = ClassSessionFactory(capacity=0), CustomerFactory()

    made = api.post(URL, {"customer": customer.pk, "class_session": session.pk})

    assert made.status_code == 201
    assert made.json() == {
        "id": WaitlistEntry.objects.get().pk,
        "customer": customer.pk,
        "class_session": session.pk,
        "class_type_name": "Yoga",
        "starts_at": "2030-05-14T18:00:00Z",
        "status": "waiting",
        "position": 1,
        "created_at": "2030-05-13T18:00:00Z",
        "promoted_booking": None,
    }
    assert api.get(f"{URL}/{made.json()['id']}").json() == made.json()
    assert api.get(URL).json()["results"] == [made.json()]


def test_a_repeated_join_does_no_harm_and_names_the_first(api):
    entry = WaitlistEntryFactory()

    again = api.post(URL, {"customer": entry.customer_id, "class_session": entry.class_session_id})

    facts = {"waitlist_entry": entry.pk}
    assert (again.status_code, errors_of(again)) == (409, [("already_waiting", None, facts)])
    assert WaitlistEntry.objects.count() == 1


def test_a_session_with_a_spot_is_booked_and_not_waited_for(api):
    session = ClassSessionFactory(capacity=3)

    answer = api.post(URL, {"customer": CustomerFactory().pk, "class_session": session.pk})

    facts = {"spots_left": 3}
    assert (answer.status_code, errors_of(answer)) == (409, [("session_not_full", None, facts)])
    assert not WaitlistEntry.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"customer": 999_999}, ("does_not_exist", "customer")),
        ({"class_session": 999_999}, ("does_not_exist", "class_session")),
        ({"customer": None}, ("null", "customer")),
        ({"customer": "7"}, ("invalid", "customer")),
        ({"status": "promoted"}, ("immutable", "status")),
        ({"positon": 1}, ("unknown_field", "positon")),
    ],
    ids=str,
)
def test_a_malformed_join_is_a_400_that_names_the_field(api, wrong, error):
    session = ClassSessionFactory(capacity=0)

    answer = api.post(URL, {"customer": CustomerFactory().pk, "class_session": session.pk} | wrong)

    assert (answer.status_code, errors_of(answer)) == (400, [(*error, {})])
    assert not WaitlistEntry.objects.exists()


def test_leaving_answers_the_entry_and_others_move_up(api):
    first = WaitlistEntryFactory()
    second = WaitlistEntryFactory(class_session=first.class_session)

    left = api.post(f"{URL}/{first.pk}/leave")
    again = api.post(f"{URL}/{first.pk}/leave")

    assert (left.status_code, left.json()["status"], left.json()["position"]) == (200, "left", None)
    assert (again.status_code, again.json()) == (200, left.json())
    assert api.get(f"{URL}/{second.pk}").json()["position"] == 1


def test_who_got_a_spot_cancels_the_booking_and_does_not_leave(api):
    entry = WaitlistEntryFactory(status=WaitlistStatus.PROMOTED, class_session__capacity=1)

    answer = api.post(f"{URL}/{entry.pk}/leave")

    [(code, _, facts)] = errors_of(answer)
    assert (answer.status_code, code) == (409, "invalid_transition")
    assert facts == {"from": "promoted", "to": "left"}
    [error] = answer.json()["errors"]
    assert error["detail"] == "A place in line that is promoted cannot become left."
    assert api.get(f"{URL}/{entry.pk}").json()["promoted_booking"] == entry.promoted_booking.pk


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_an_entry_is_neither_edited_nor_deleted(api, method):
    entry = WaitlistEntryFactory()

    answer = getattr(api, method)(f"{URL}/{entry.pk}", {"status": "left"})

    entry.refresh_from_db()
    assert (answer.status_code, entry.status) == (405, WaitlistStatus.WAITING)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("customer={customer}", ["left"]),
        ("class_session={class_session}", ["left"]),
        ("status=waiting", ["waiting"]),
        ("status=waiting,left", ["waiting", "left"]),
        ("ordering=-created_at", ["left", "waiting"]),
    ],
)
def test_entries_are_filtered_and_ordered(api, query, found):
    rows = {
        "waiting": WaitlistEntryFactory(),
        "left": WaitlistEntryFactory(
            status=WaitlistStatus.LEFT,
            class_session__starts_at=TUESDAY_18 + timedelta(days=1),
        ),
    }
    left = rows["left"]
    ids = {"customer": left.customer_id, "class_session": left.class_session_id}

    listed = api.get(f"{URL}?{query.format(**ids)}").json()["results"]

    assert [row["id"] for row in listed] == [rows[name].pk for name in found]


def test_a_line_of_fifty_is_listed_with_its_positions_at_the_cost_of_one(api, queries_in):
    session = WaitlistEntryFactory().class_session
    one = queries_in(lambda: api.get(URL))
    WaitlistEntryFactory.create_batch(49, class_session=session)

    fifty = queries_in(lambda: api.get(URL))

    listed = api.get(URL).json()["results"]
    assert [row["position"] for row in listed] == list(range(1, 51))
    assert fifty == one


def test_a_session_says_how_many_wait(api):
    session = WaitlistEntryFactory().class_session
    WaitlistEntryFactory(class_session=session, status=WaitlistStatus.LEFT)

    listed = api.get("/api/class_sessions").json()["results"]
    refused = api.post(
        "/api/bookings", {"customer": CustomerFactory().pk, "class_session": session.pk}
    )

    assert [row["waitlist_count"] for row in listed] == [1]
    assert errors_of(refused) == [("session_full", None, {"capacity": 0, "waitlist_count": 1})]


def test_the_schedule_tells_a_customer_the_place_in_each_line(api):
    customer = CustomerFactory()
    behind, first, gone, never = (
        ClassSessionFactory(capacity=0, starts_at=TUESDAY_18 + timedelta(hours=hour))
        for hour in range(4)
    )
    WaitlistEntryFactory(class_session=behind)
    WaitlistEntryFactory(class_session=behind, customer=customer)
    WaitlistEntryFactory(class_session=first, customer=customer)
    WaitlistEntryFactory(class_session=first)
    WaitlistEntryFactory(class_session=gone, customer=customer, status=WaitlistStatus.LEFT)
    WaitlistEntryFactory(class_session=never)

    rows = api.get(f"/api/class_sessions?for_customer={customer.pk}").json()["results"]
    [one] = [api.get(f"/api/class_sessions/{behind.pk}?for_customer={customer.pk}").json()]

    assert [row["customer"]["waitlist_position"] for row in rows] == [2, 1, None, None]
    assert one["customer"]["waitlist_position"] == 2


def test_a_schedule_costs_the_same_for_who_waits_in_five_lines_as_for_who_waits_in_none(
    api, queries_in
):
    customer = CustomerFactory()
    ClassSessionFactory(capacity=0)
    url = f"/api/class_sessions?for_customer={customer.pk}"
    none = queries_in(lambda: api.get(url))
    for _ in range(5):
        BookingFactory()
        WaitlistEntryFactory(customer=customer)

    assert queries_in(lambda: api.get(url)) == none
