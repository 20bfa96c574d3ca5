"""Bookings and windows over HTTP: what a phone sends and sees."""

from datetime import timedelta

import pytest
import time_machine

from bookings.models import Booking, BookingWindow
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from core.models import ApiKey
from customers.tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_booking_is_answered_as_it_is_read_and_listed(api):
    customer, session = CustomerFactory(), ClassSessionFactory()

    made = api.post("/api/bookings", {"customer": customer.pk, "class_session": session.pk})

    assert made.status_code == 201
    assert made.json() == {
        "id": Booking.objects.get().pk,
        "customer": customer.pk,
        "class_session": session.pk,
        "class_type_name": "Yoga",
        "starts_at": "2030-05-14T18:00:00Z",
        "ends_at": "2030-05-14T19:00:00Z",
        "status": "booked",
        "created_at": "2030-05-13T18:00:00Z",
        "updated_at": "2030-05-13T18:00:00Z",
        "cancelled_at": None,
        "cancelled_by": None,
        "cutoff_at": "2030-05-14T18:00:00Z",
    }
    assert api.get(f"/api/bookings/{made.json()['id']}").json() == made.json()
    assert api.get("/api/bookings").json()["results"] == [made.json()]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_repeated_booking_does_no_harm_and_names_the_first(api):
    body = {"customer": CustomerFactory().pk, "class_session": ClassSessionFactory().pk}
    first = api.post("/api/bookings", body).json()

    again = api.post("/api/bookings", body)

    assert again.status_code == 409
    assert again.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "already_booked",
                "detail": "The customer has a spot in this session already.",
                "attr": None,
                "facts": {"booking": first["id"]},
            }
        ],
    }


@time_machine.travel(THE_DAY_BEFORE, tick=False)
@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"customer": None}, [("null", "customer")]),
        ({"customer": "7"}, [("invalid", "customer")]),
        ({"customer": True}, [("invalid", "customer")]),
        ({"customer": 1.5}, [("invalid", "customer")]),
        ({"customer": 0}, [("min_value", "customer")]),
        ({"customer": 2**63}, [("max_value", "customer")]),
        ({"customer": 999_999}, [("does_not_exist", "customer")]),
        ({"class_session": 999_999}, [("does_not_exist", "class_session")]),
        ({"statuss": "booked"}, [("unknown_field", "statuss")]),
        ({"status": "attended"}, [("immutable", "status")]),
        ({"status": "late_cancelled"}, [("immutable", "status")]),
        ({"status": 5}, [("invalid_choice", "status")]),
    ],
)
def test_a_malformed_booking_is_a_400_that_names_the_field(api, wrong, errors):
    body = {"customer": CustomerFactory().pk, "class_session": ClassSessionFactory().pk}

    answer = api.post("/api/bookings", body | wrong)

    assert (answer.status_code, errors_of(answer)) == (400, errors)
    assert not Booking.objects.exists()


@time_machine.travel(THE_DAY_BEFORE, tick=False)
@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"customer": "another"}, [("immutable", "customer")]),
        ({"class_session": "another"}, [("immutable", "class_session")]),
        ({"status": "late_cancelled"}, [("invalid", "status")]),
        ({"status": "canceled"}, [("invalid_choice", "status")]),
        ({"status": None}, [("null", "status")]),
    ],
)
def test_only_the_status_of_a_booking_changes(api, change, errors):
    booking = BookingFactory()
    another = {"customer": CustomerFactory().pk, "class_session": ClassSessionFactory().pk}
    body = {name: another[name] if value == "another" else value for name, value in change.items()}

    answer = api.patch(f"/api/bookings/{booking.pk}", body)

    booking.refresh_from_db()
    assert (answer.status_code, errors_of(answer)) == (400, errors)
    assert booking.status == BookingStatus.BOOKED


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_whole_booking_sent_back_with_another_status_changes_the_status(api):
    booking = BookingFactory()
    whole = api.get(f"/api/bookings/{booking.pk}").json()

    answer = api.patch(f"/api/bookings/{booking.pk}", whole | {"status": "cancelled"})

    assert answer.json() == whole | {
        "status": "cancelled",
        "cancelled_at": "2030-05-13T18:00:00Z",
        "updated_at": "2030-05-13T18:00:00Z",
        "cancelled_by": "customer",
    }


@pytest.mark.parametrize("method", ["delete", "put"])
def test_bookings_are_neither_deleted_nor_replaced(api, method):
    booking = BookingFactory()

    answer = getattr(api, method)(f"/api/bookings/{booking.pk}", {})

    assert answer.status_code == 405
    assert Booking.objects.exists()


def test_forgiving_remembers_the_key_that_asked(api):
    booking = BookingFactory(status=BookingStatus.LATE_CANCELLED)
    _, key = ApiKey.issue(name="Front desk")

    answer = api.post(
        f"/api/bookings/{booking.pk}/forgive",
        {"reason": "Ill"},
        headers={"Authorization": f"Bearer {key}"},
    )

    booking.refresh_from_db()
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert (booking.forgiven_by, booking.forgiven_reason) == ("Front desk", "Ill")


def test_forgiving_needs_no_reason(api):
    booking = BookingFactory(status=BookingStatus.LATE_CANCELLED)

    answer = api.post(f"/api/bookings/{booking.pk}/forgive")

    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=booked", ["booked"]),
        ("status=booked,attended", ["attended", "booked"]),
        ("customer={customer}", ["attended"]),
        ("class_session={class_session}", ["attended"]),
        ("class_type={class_type}", ["attended"]),
        ("starts_at_after=2030-05-15T18:00:00Z", ["attended"]),
        ("starts_at_before=2030-05-15T18:00:00Z", ["booked"]),
        ("created_at_after=2030-05-13T18:00:00Z", ["attended"]),
        ("created_at_before=2030-05-13T18:00:00Z", ["booked"]),
        ("ordering=starts_at", ["booked", "attended"]),
        ("ordering=-created_at", ["attended", "booked"]),
    ],
)
def test_bookings_are_filtered_and_ordered(api, query, found):
    rows = {
        "booked": BookingFactory(),
        "attended": BookingFactory(
            status=BookingStatus.ATTENDED,
            class_session__starts_at=TUESDAY_18 + timedelta(days=1),
        ),
    }
    attended = rows["attended"]
    ids = {
        "customer": attended.customer_id,
        "class_session": attended.class_session_id,
        "class_type": attended.class_session.class_type_id,
    }

    listed = api.get(f"/api/bookings?{query.format(**ids)}").json()["results"]

    assert [row["id"] for row in listed] == [rows[name].pk for name in found]


def test_listing_costs_the_same_however_many_bookings_there_are(api, queries_in):
    BookingFactory()
    one = queries_in(lambda: api.get("/api/bookings"))
    for _ in range(4):
        BookingFactory()

    five = queries_in(lambda: api.get("/api/bookings"))

    assert five == one


@pytest.mark.parametrize("pair", [("segment", "class_type"), ("segment",), ("class_type",), ()])
def test_there_is_one_window_for_each_segment_and_class_type(api, pair):
    made = {"segment": SegmentFactory().pk, "class_type": ClassTypeFactory().pk}
    body = {name: made[name] for name in pair} | {"opens_before": 3, "unit": "days"}
    if pair:
        assert api.post("/api/booking_windows", body).status_code == 201

    again = api.post("/api/booking_windows", body)

    assert (again.status_code, errors_of(again)) == (400, [("unique", None)])


def test_the_gyms_default_window_is_edited_but_neither_deleted_nor_narrowed(api):
    default = BookingWindow.objects.get()
    url = f"/api/booking_windows/{default.pk}"

    edited = api.patch(url, {"opens_before": 48, "unit": "hours"})
    narrowed = api.patch(url, {"class_type": ClassTypeFactory().pk})
    deleted = api.delete(url)

    default.refresh_from_db()
    assert edited.status_code == 200
    assert (narrowed.status_code, errors_of(narrowed)) == (400, [("immutable", "class_type")])
    assert (deleted.status_code, errors_of(deleted)) == (409, [("protected", None)])
    assert (default.opens_before, default.unit, default.is_default) == (48, "hours", True)


def test_another_window_is_deleted_and_the_default_decides_again(api):
    window = BookingWindowFactory(class_type=ClassTypeFactory())

    answer = api.delete(f"/api/booking_windows/{window.pk}")

    assert answer.status_code == 204
    assert [one.is_default for one in BookingWindow.objects.all()] == [True]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"opens_before": -1}, ("min_value", "opens_before")),
        ({"opens_before": 10_001}, ("max_value", "opens_before")),
        ({"unit": "weeks"}, ("invalid_choice", "unit")),
        ({"segment": 999_999}, ("does_not_exist", "segment")),
        ({"segment": {}}, ("incorrect_type", "segment")),
    ],
)
def test_a_malformed_window_is_a_400_that_names_the_field(api, wrong, error):
    answer = api.post(
        "/api/booking_windows",
        {"segment": SegmentFactory().pk, "opens_before": 3, "unit": "days"} | wrong,
    )

    assert (answer.status_code, errors_of(answer)) == (400, [error])
    assert BookingWindow.objects.count() == 1


@pytest.mark.parametrize("field", ["segment", "class_type"])
def test_an_empty_text_is_neither_everyone_nor_every_class(api, field):
    window = BookingWindowFactory(segment=SegmentFactory(), class_type=ClassTypeFactory())
    body = {"segment": window.segment_id, "class_type": None, "opens_before": 3, "unit": "days"}

    made = api.post("/api/booking_windows", body | {field: ""})
    changed = api.patch(f"/api/booking_windows/{window.pk}", {field: ""})

    for answer in (made, changed):
        assert (answer.status_code, errors_of(answer)) == (400, [("incorrect_type", field)])
    assert BookingWindow.objects.count() == 2
