"""The late-cancel report, against rows counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

URL = "/api/reports/late_cancels"
MAY = {"from": "2030-05-01", "to": "2030-06-01"}


@pytest.fixture
def history():
    yoga, boxing = ClassTypeFactory(name="Yoga"), ClassTypeFactory(name="Boxing")
    anna = CustomerFactory(first_name="Anna", last_name="Ahorn")
    bert = CustomerFactory(first_name="Bert", last_name="Birke")
    statuses = [
        (anna, BookingStatus.ATTENDED),
        (anna, BookingStatus.LATE_CANCELLED),
        (anna, BookingStatus.CANCELLED),
        (bert, BookingStatus.NO_SHOW),
    ]
    for day, (customer, status) in enumerate(statuses):
        BookingFactory(
            customer=customer,
            status=status,
            class_session__class_type=yoga,
            class_session__starts_at=TUESDAY_18 + timedelta(days=2 * day),
        )
    ClassSessionFactory(class_type=boxing)
    return {"yoga": yoga.pk, "boxing": boxing.pk, "anna": anna.pk, "bert": bert.pk}


def row(group, label, bookings, cancelled, late_cancelled, no_shows, rate):
    return {
        "group": group,
        "label": label,
        "bookings": bookings,
        "cancelled": cancelled,
        "late_cancelled": late_cancelled,
        "no_shows": no_shows,
        "late_cancel_rate": rate,
    }


def test_by_class_type_and_one_that_nobody_booked_has_no_rate(api, history):
    rows = api.get(URL, MAY).json()

    assert rows == [
        row(history["yoga"], "Yoga", 4, 1, 1, 1, 0.25),
        row(history["boxing"], "Boxing", 0, 0, 0, 0, None),
    ]


def test_by_customer(api, history):
    rows = api.get(URL, MAY | {"group_by": "customer"}).json()

    assert rows == [
        row(history["anna"], "Anna Ahorn", 3, 1, 1, 0, 1 / 3),
        row(history["bert"], "Bert Birke", 1, 0, 0, 1, 0.0),
    ]


def test_by_iso_week_named_by_its_monday(api, history):
    rows = api.get(URL, MAY | {"group_by": "week"}).json()

    assert rows == [
        row("2030-05-13", "2030-W20", 3, 1, 1, 0, 1 / 3),
        row("2030-05-20", "2030-W21", 1, 0, 0, 1, 0.0),
    ]


def test_a_week_begins_at_the_gyms_midnight(api, berlin):
    sunday_in_utc = TUESDAY_18 - timedelta(days=1, hours=18) - timedelta(minutes=30)
    BookingFactory(class_session__starts_at=sunday_in_utc)

    rows = api.get(URL, MAY | {"group_by": "week"}).json()

    assert [one["group"] for one in rows] == ["2030-05-13"]


@pytest.mark.parametrize(
    ("span", "bookings"),
    [
        pytest.param({"from": "2030-05-14", "to": "2030-05-15"}, 1, id="the day itself"),
        pytest.param({"from": "2030-05-15", "to": "2030-05-16"}, None, id="the day after"),
        pytest.param({"from": "2030-05-13", "to": "2030-05-14"}, None, id="to is exclusive"),
        pytest.param({"from": "2030-05-14", "to": "2030-05-14"}, None, id="an empty span"),
    ],
)
def test_from_is_inclusive_and_to_exclusive(api, span, bookings):
    BookingFactory()

    rows = api.get(URL, span).json()

    assert [one["bookings"] for one in rows] == ([] if bookings is None else [bookings])


@pytest.mark.parametrize(
    ("span", "bookings"),
    [
        pytest.param({"from": "2030-05-14", "to": "2030-05-15"}, [1], id="midnight of from is in"),
        pytest.param({"from": "2030-05-13", "to": "2030-05-14"}, [], id="midnight of to is out"),
    ],
)
@pytest.mark.parametrize("group_by", ["class_type", "customer", "week"])
def test_a_session_at_midnight_belongs_to_the_day_that_begins(
    api, berlin, group_by, span, bookings
):
    BookingFactory(class_session__starts_at=datetime(2030, 5, 13, 22, tzinfo=UTC))

    rows = api.get(URL, span | {"group_by": group_by}).json()

    assert [one["bookings"] for one in rows] == bookings


def test_a_program_may_ask_for_the_head_alone(api, history):
    response = api.head(f"{URL}?group_by=week")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("today", "is_counted"),
    [
        pytest.param(TUESDAY_18, True, id="today is included"),
        pytest.param(TUESDAY_18 + timedelta(days=29), True, id="the thirtieth day"),
        pytest.param(TUESDAY_18 + timedelta(days=30), False, id="the thirty-first day"),
    ],
)
def test_without_a_span_it_is_the_last_thirty_days(api, today, is_counted):
    BookingFactory()

    with time_machine.travel(today, tick=False):
        rows = api.get(URL).json()

    assert bool(rows) is is_counted


@pytest.mark.parametrize("group_by", ["class_type", "customer", "week"])
def test_it_is_one_query(api, history, queries_in, group_by):
    assert queries_in(lambda: api.get(URL, MAY | {"group_by": group_by})) == 1


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({"group_by": "moon"}, "group_by", "invalid_choice"),
        ({"from": "yesterday"}, "from", "invalid"),
        ({"to": "2030-02-30"}, "to", "invalid"),
        ({"from": "0001-01-01"}, "from", "invalid"),
        ({"from": "2030-06-01", "to": "2030-05-01"}, "from", "invalid"),
        ({"until": "2030-06-01"}, "until", "unknown_parameter"),
        ({"from": ""}, "from", "blank"),
    ],
)
def test_a_bad_parameter_is_named(api, query, attr, code):
    answer = api.get(URL, query)

    assert answer.status_code == 400
    assert [(one["attr"], one["code"]) for one in answer.json()["errors"]] == [(attr, code)]
