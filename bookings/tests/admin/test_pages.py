"""Every page is there, and costs the same however much it shows."""

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import BookingWindow
from bookings.tests.admin import (
    BOOKINGS,
    CUSTOMERS,
    SESSIONS,
    TYPES,
    WAITLIST,
    WINDOWS,
    change,
    field_shown,
    said_in,
    waits_for,
)
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from core.models import ApiKey
from customers.tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db


def calendar_token():
    services.give_calendar_token(customer=CustomerFactory(), at=TUESDAY_18)


@pytest.mark.parametrize(
    ("url", "make"),
    [
        (BOOKINGS, BookingFactory),
        (SESSIONS, ClassSessionFactory),
        (WAITLIST, lambda: waits_for(ClassSessionFactory(capacity=0))),
        ("/admin/bookings/calendartoken/", calendar_token),
        (TYPES, ClassTypeFactory),
        (WINDOWS, lambda: BookingWindowFactory(segment=SegmentFactory())),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_a_sessions_page_costs_the_same_however_many_come(admin_client, queries_in):
    session = ClassSessionFactory()
    BookingFactory(class_session=session)
    one = queries_in(lambda: admin_client.get(change(SESSIONS, session)))
    for _ in range(4):
        BookingFactory(class_session=session)

    five = queries_in(lambda: admin_client.get(change(SESSIONS, session)))

    assert five == one


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "after_the_start", "buttons"),
    [
        ("booked", -61 * MINUTE, ["cancel"]),
        ("booked", -60 * MINUTE, ["check_in", "cancel"]),
        ("booked", -MINUTE, ["check_in", "cancel"]),
        ("booked", 0 * MINUTE, ["check_in", "did_not_come", "cancel"]),
        ("attended", -MINUTE, ["back_to_booked"]),
        ("attended", 0 * MINUTE, ["did_not_come", "back_to_booked"]),
        ("no_show", 0 * MINUTE, ["check_in", "back_to_booked"]),
        ("cancelled", 0 * MINUTE, []),
        ("late_cancelled", 0 * MINUTE, ["forgive"]),
    ],
)
def test_a_bookings_page_shows_the_buttons_of_the_moment(
    admin_client, clock, status, after_the_start, buttons
):
    booking = BookingFactory(status=status)
    clock.move_to(TUESDAY_18 + after_the_start)

    answer = admin_client.get(change(BOOKINGS, booking))

    assert answer.status_code == 200
    shown = [button.action_name for button in answer.context["actions_submit_line"]]
    assert shown == buttons
    assert answer.context["show_save"] is False


def test_a_bookings_page_names_whose_it_is_and_leads_to_the_session(admin_client):
    booking = BookingFactory(class_session__class_type__name="Yoga")

    answer = admin_client.get(change(BOOKINGS, booking))

    assert answer.context["subtitle"] == f"{booking.customer} · Yoga, Tue 14 May 2030, 18:00"
    session = change(SESSIONS, booking.class_session)
    link = f'<a href="{session}" class="text-link">Yoga, Tue 14 May 2030, 18:00</a>'
    assert link in answer.content.decode()


@pytest.mark.parametrize(
    ("free_until", "shown"),
    [
        pytest.param(None, "Tue 14 May 2030, 16:00", id="as the class type says"),
        pytest.param(TUESDAY_18, "Tue 14 May 2030, 18:00", id="moved or promoted: longer"),
        pytest.param(TUESDAY_18 - 180 * MINUTE, "Tue 14 May 2030, 16:00", id="never shorter"),
    ],
)
def test_a_bookings_page_shows_until_when_cancelling_is_free(admin_client, free_until, shown):
    booking = BookingFactory(
        class_session__class_type__late_cancel_cutoff_minutes=120, free_until=free_until
    )

    answer = admin_client.get(change(BOOKINGS, booking))

    assert field_shown(answer, "free_to_cancel") == shown


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(CUSTOMERS, CustomerFactory, id="customer"),
        pytest.param("/admin/customers/segment/", SegmentFactory, id="segment"),
        pytest.param(TYPES, lambda: ClassTypeFactory(is_premium=True), id="class type"),
        pytest.param(SESSIONS, ClassSessionFactory, id="session"),
        pytest.param(WINDOWS, BookingWindow.objects.get, id="default window"),
        pytest.param("/admin/core/apikey/", lambda: ApiKey.issue(name="Door")[0], id="API key"),
    ],
)
def test_every_page_of_something_is_there(admin_client, url, make):
    thing = make()

    answers = [admin_client.get(change(url, thing)), admin_client.get(f"{url}{thing.pk}/history/")]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("url", [BOOKINGS, SESSIONS, TYPES, WINDOWS])
@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc"])
def test_a_page_of_nothing_is_no_error_page(admin_client, url, pk):
    answer = admin_client.get(f"{url}{pk}/change/", follow=True)

    assert answer.status_code == 200
    assert "Perhaps it was deleted?" in said_in(answer)[0]


@pytest.mark.parametrize(
    "asked",
    [
        "bookings/booking/?status=%00",
        "bookings/booking/?status__exact=%00",
        "customers/customer/?origin__exact=%00",
        "customers/customer/?q=a@b%00",
        "classes/classsession/?status__exact=%00",
        "classes/classsession/?q=%00",
        "auth/user/?username=%00",
    ],
)
def test_a_null_character_in_a_filter_is_no_error_page(admin_client, asked):
    answer = admin_client.get(f"/admin/{asked}")

    assert (answer.status_code, answer.url) == (302, f"/admin/{asked.split('?')[0]}?e=1")


@pytest.mark.parametrize("term", ["\x00", "a@b\x00"])
def test_nobody_is_called_a_null_character(admin_client, term):
    asked = {"app_label": "bookings", "model_name": "booking", "field_name": "customer"}

    answer = admin_client.get("/admin/customers/customer/pick/", {**asked, "term": term})

    assert answer.json() == {"results": [], "pagination": {"more": False}}
