"""What may go, what stays, and when booking opens."""

from functools import partial

import pytest
from django.contrib.admin.models import LogEntry

from bookings.models import BookingWindow
from bookings.tests.admin import CUSTOMERS, SESSIONS, TYPES, WINDOWS, change, errors_on, said_in
from bookings.tests.factories import BookingFactory, BookingWindowFactory, WaitlistEntryFactory
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db


def a_booked_session():
    return BookingFactory().class_session


def a_booked_customer():
    return BookingFactory().customer


def a_type_with_a_session_and_a_window():
    kind = ClassSessionFactory().class_type
    BookingWindowFactory(class_type=kind)
    return kind


@pytest.mark.parametrize(
    ("url", "make", "sentence"),
    [
        (SESSIONS, a_booked_session, "This cannot be deleted: bookings refer to it."),
        (CUSTOMERS, a_booked_customer, "This cannot be deleted: bookings refer to it."),
        (
            TYPES,
            a_type_with_a_session_and_a_window,
            "This cannot be deleted: booking windows, class sessions refer to it.",
        ),
        (WINDOWS, BookingWindow.objects.get, "This cannot be deleted."),
    ],
)
def test_what_has_a_history_is_not_deleted(admin_client, url, make, sentence):
    thing = make()
    several = {"action": "delete_selected", "_selected_action": thing.pk, "post": "yes"}

    one = admin_client.post(f"{url}{thing.pk}/delete/", {"post": "yes"}, follow=True)
    selected = admin_client.post(url, several, follow=True)

    assert said_in(one) == [sentence]
    assert said_in(selected) == [sentence]
    assert type(thing).objects.filter(pk=thing.pk).exists()
    assert LogEntry.objects.count() == 0


def test_of_a_selection_all_are_deleted_or_none(admin_client):
    default = BookingWindow.objects.get()
    other = BookingWindowFactory(segment=SegmentFactory())
    body = {"action": "delete_selected", "post": "yes"}

    refused = admin_client.post(
        WINDOWS, body | {"_selected_action": [other.pk, default.pk]}, follow=True
    )
    both_there = BookingWindow.objects.count()
    admin_client.post(WINDOWS, body | {"_selected_action": other.pk})

    assert said_in(refused) == ["This cannot be deleted."]
    assert both_there == 2
    assert BookingWindow.objects.get() == default


def a_session_with_a_cancelled_booking():
    return BookingFactory(status="cancelled").class_session


def a_session_left_by_who_waited():
    return WaitlistEntryFactory(status="left").class_session


@pytest.mark.parametrize(
    ("make", "is_offered"),
    [
        pytest.param(ClassSessionFactory, True, id="nothing"),
        pytest.param(a_booked_session, False, id="a booking"),
        pytest.param(a_session_with_a_cancelled_booking, False, id="a cancelled booking"),
        pytest.param(a_session_left_by_who_waited, False, id="somebody who left the line"),
    ],
)
def test_deleting_a_session_is_offered_while_nothing_refers_to_it(admin_client, make, is_offered):
    session = make()

    answer = admin_client.get(change(SESSIONS, session))

    assert (f"{SESSIONS}{session.pk}/delete/" in answer.content.decode()) is is_offered


def test_a_sessions_page_costs_the_same_whatever_holds_it(admin_client, queries_in):
    sessions = [ClassSessionFactory(), a_booked_session(), a_session_left_by_who_waited()]
    pages = [partial(admin_client.get, change(SESSIONS, session)) for session in sessions]

    free, booked, left = map(queries_in, pages)

    assert free == booked == left


@pytest.mark.parametrize(
    ("url", "make"),
    [(SESSIONS, ClassSessionFactory), (TYPES, ClassTypeFactory), (CUSTOMERS, CustomerFactory)],
)
def test_what_nothing_refers_to_is_asked_about_and_deleted(admin_client, url, make):
    thing = make()

    asked = admin_client.get(f"{url}{thing.pk}/delete/")
    admin_client.post(f"{url}{thing.pk}/delete/", {"post": "yes"})

    assert asked.status_code == 200
    assert "Are you sure" in asked.content.decode()
    assert not type(thing).objects.filter(pk=thing.pk).exists()


# --- Windows ---


def test_there_is_one_window_for_a_segment_and_a_class_type(admin_client):
    there = BookingWindowFactory(segment=SegmentFactory())
    body = {"segment": there.segment.pk, "class_type": "", "opens_before": "3", "unit": "days"}

    answer = admin_client.post(WINDOWS + "add/", body)

    assert errors_on(answer) == {"__all__": ["There is a window for this segment and class type."]}
    assert BookingWindow.objects.count() == 2


def test_there_is_no_second_default(admin_client):
    body = {"segment": "", "class_type": "", "opens_before": "3", "unit": "days"}

    answer = admin_client.post(WINDOWS + "add/", body)

    assert errors_on(answer) == {"__all__": ["There is a window for this segment and class type."]}
    assert BookingWindow.objects.count() == 1


def test_the_default_window_may_be_longer_but_stays_for_everyone(admin_client):
    default = BookingWindow.objects.get()
    body = {"segment": SegmentFactory().pk, "opens_before": "21", "unit": "days"}

    admin_client.post(change(WINDOWS, default), body)

    default.refresh_from_db()
    assert (default.is_default, default.opens_before) == (True, 21)
