"""Staff book, and are told why not."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from bookings.models import Booking
from bookings.tests.admin import BOOKINGS, CUSTOMERS, SESSIONS, change, errors_on, said_in
from bookings.tests.factories import BookingFactory
from classes.models import ClassType
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_staff_book_a_customer_into_a_session(admin_client):
    customer, session = CustomerFactory(), ClassSessionFactory()
    asked = {"customer": customer.pk, "class_session": session.pk}

    answer = admin_client.post(BOOKINGS + "add/", asked, follow=True)

    booking = Booking.objects.get()
    which = f"{customer} · Yoga, Tue 14 May 2030, 18:00"
    assert said_in(answer) == [f'<a href="{change(BOOKINGS, booking)}">{which}</a>: Booked.']
    assert (booking.customer, booking.class_session) == (customer, session)
    assert booking.created_at == TUESDAY_18 - timedelta(days=1)
    session.refresh_from_db()
    assert session.booked_count == 1
    assert LogEntry.objects.get().object_id == str(booking.pk)


@pytest.mark.parametrize("button", ["_addanother", "_continue"])
def test_staff_go_on_to_where_the_button_leads(admin_client, button):
    asked = {"customer": CustomerFactory().pk, "class_session": ClassSessionFactory().pk}

    answer = admin_client.post(BOOKINGS + "add/", {**asked, button: "1"})

    its_page = change(BOOKINGS, Booking.objects.get())
    assert answer.url == (its_page if button == "_continue" else BOOKINGS + "add/")


def held_by(customer):
    return BookingFactory(customer=customer).class_session


def used_up(customer):
    BookingFactory(customer=customer)
    return ClassSessionFactory(starts_at=TUESDAY_18 - timedelta(hours=2))


@pytest.mark.parametrize(
    ("session_for", "sentence"),
    [
        pytest.param(
            lambda customer: ClassSessionFactory(status="cancelled"),
            "The gym cancelled this session.",
            id="cancelled",
        ),
        pytest.param(
            lambda customer: ClassSessionFactory(starts_at=TUESDAY_18 - timedelta(days=2)),
            "This session has started. Starts at: Sun 12 May 2030, 18:00.",
            id="started",
        ),
        pytest.param(held_by, "The customer has a spot in this session already.", id="booked"),
        pytest.param(
            lambda customer: ClassSessionFactory(class_type__is_premium=True),
            "This is a premium class: it needs a membership that grants it on that day.",
            id="premium",
        ),
        pytest.param(
            lambda customer: ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(days=30)),
            "Booking of this session has not opened yet for the customer. "
            "Bookable from: Thu 30 May 2030, 18:00.",
            id="not open",
        ),
        pytest.param(
            used_up, "The customer's one booking on 14 May 2030 is used.", id="daily limit"
        ),
        pytest.param(
            lambda customer: ClassSessionFactory(capacity=0),
            "All 0 spots of this session are taken.",
            id="full",
        ),
    ],
)
def test_a_booking_that_the_rules_refuse_is_told_on_the_form(admin_client, session_for, sentence):
    customer = CustomerFactory()
    session = session_for(customer)
    before = list(Booking.objects.values())
    asked = {"customer": customer.pk, "class_session": session.pk}

    answer = admin_client.post(BOOKINGS + "add/", asked)

    assert answer.status_code == 200
    assert errors_on(answer) == {"__all__": [sentence]}
    assert answer.context["adminform"].form["customer"].value() == str(customer.pk)
    assert said_in(answer) == []
    assert list(Booking.objects.values()) == before
    assert LogEntry.objects.count() == 0


def test_sessions_to_pick_from_are_those_to_come_the_next_one_first(admin_client):
    yoga = ClassTypeFactory(capacity=3)
    later = ClassSessionFactory(class_type=yoga, starts_at=TUESDAY_18 + timedelta(days=1))
    sooner = ClassSessionFactory(class_type=yoga)
    ClassSessionFactory(class_type=yoga, status="cancelled")
    ClassSessionFactory(class_type=yoga, starts_at=TUESDAY_18 - timedelta(days=9))
    asked = {"app_label": "bookings", "model_name": "booking", "field_name": "class_session"}

    answer = admin_client.get(SESSIONS + "pick/", {**asked, "term": "yog"})

    assert answer.json()["results"] == [
        {"id": str(sooner.pk), "text": "Yoga, Tue 14 May 2030, 18:00 · 0 of 3 booked, 3 left"},
        {"id": str(later.pk), "text": "Yoga, Wed 15 May 2030, 18:00 · 0 of 3 booked, 3 left"},
    ]


TOO_EARLY = (
    "A booking that is booked cannot become attended so early. "
    "Allowed from: Tue 14 May 2030, 17:00."
)


def test_a_customer_added_at_the_desk_is_booked_at_once(admin_client):
    body = {"first_name": "Walk", "last_name": "In", "email": "w@example.org", "origin": "walk_in"}
    session = ClassSessionFactory()

    admin_client.post(CUSTOMERS + "add/", body)
    asked = {"customer": Customer.objects.get().pk, "class_session": session.pk}
    admin_client.post(BOOKINGS + "add/", asked)

    assert Booking.objects.get().customer.created_at == TUESDAY_18 - timedelta(days=1)
    assert ClassType.objects.count() == 1
