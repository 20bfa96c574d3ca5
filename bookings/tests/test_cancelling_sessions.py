"""The gym calls a session off."""

from datetime import timedelta

import pytest
import time_machine

from bookings.models import Booking, WaitlistEntry
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from bookings.tests.schedule import HOUR, NOON, SECOND, cancel, only_error, row_of, wait_for
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from customers.tests.factories import CustomerFactory
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return ClassSessionFactory(capacity=5, class_type__late_cancel_cutoff_minutes=24 * 60)


def test_its_bookings_are_cancelled_by_the_gym_and_never_late(api, session):
    bookings = [BookingFactory(class_session=session) for _ in range(2)]

    answer = cancel(api, session)

    assert answer.status_code == 200
    assert {row_of(one).status for one in bookings} == {"cancelled"}
    assert {row_of(one).cancelled_by for one in bookings} == {"gym"}
    assert {row_of(one).occupied_day for one in bookings} == {None}
    assert {row_of(one).cancelled_at for one in bookings} == {NOON}
    assert {row_of(one).updated_at for one in bookings} == {NOON}


def test_the_answer_is_the_cancelled_session_with_whom_it_touched(api, session):
    booking = BookingFactory(class_session=session, customer__first_name="Zoë")
    entry = wait_for(session)
    before = api.get(f"/api/class_sessions/{session.pk}").json()

    answer = cancel(api, session)

    after = before | {
        "status": "cancelled",
        "booked_count": 0,
        "spots_left": 5,
        "waitlist_count": 0,
    }
    assert answer.json() == after | {
        "bookings": [
            {
                "id": booking.pk,
                "customer": booking.customer.pk,
                "customer_name": str(booking.customer),
            }
        ],
        "waitlist_entries": [
            {"id": entry.pk, "customer": entry.customer.pk, "customer_name": str(entry.customer)}
        ],
    }
    assert api.get(f"/api/class_sessions/{session.pk}").json() == after


def test_what_was_checked_in_or_cancelled_before_stays_as_it_is(api, session):
    kept = [
        BookingFactory(class_session=session, status=status)
        for status in (
            BookingStatus.ATTENDED,
            BookingStatus.CANCELLED,
            BookingStatus.LATE_CANCELLED,
        )
    ]
    BookingFactory(class_session=session)
    before = Booking.objects.filter(pk__in=[one.pk for one in kept]).order_by("pk").values()
    before = list(before)

    answer = cancel(api, session, at=TUESDAY_18 - SECOND)

    after = Booking.objects.filter(pk__in=[one.pk for one in kept]).order_by("pk").values()
    assert list(after) == before
    assert (answer.json()["booked_count"], answer.json()["spots_left"]) == (1, 4)
    assert Notification.objects.count() == 1


def test_a_check_in_of_a_cancelled_session_is_not_taken_back(api, session):
    booking = BookingFactory(class_session=session, status=BookingStatus.ATTENDED)
    cancel(api, session, at=TUESDAY_18 - SECOND)
    before = every_row()

    with time_machine.travel(TUESDAY_18, tick=False):
        answer = api.patch(f"/api/bookings/{booking.pk}", {"status": "booked"})

    assert only_error(answer) == (409, "session_cancelled", {})
    assert every_row() == before


def test_the_freed_day_can_be_booked_elsewhere_and_the_session_no_more(api, session):
    booking = BookingFactory(class_session=session)
    other = ClassSessionFactory(starts_at=TUESDAY_18 + HOUR)

    cancel(api, session)

    with time_machine.travel(NOON, tick=False):
        wish = {"customer": booking.customer.pk, "class_session": session.pk}
        refused = api.post("/api/bookings", wish)
        made = api.post("/api/bookings", wish | {"class_session": other.pk})
    assert only_error(refused) == (409, "session_cancelled", {})
    assert made.status_code == 201


def test_its_waiting_list_is_closed(api, session):
    waited = wait_for(session)
    left = wait_for(session)
    WaitlistEntry.objects.filter(pk=left.pk).update(status="left", ended_at=NOON - HOUR)
    ClassSession.objects.count_waiting(session.pk, -1)

    cancel(api, session)

    ends = WaitlistEntry.objects.order_by("pk").values_list("pk", "status", "ended_at")
    assert list(ends) == [(waited.pk, "closed", NOON), (left.pk, "left", NOON - HOUR)]


def test_each_customer_is_told_once_with_the_reason(api, berlin, session):
    booked = BookingFactory(class_session=session, customer__first_name="Zoë")
    waited = wait_for(session, first_name="Ben")

    cancel(api, session, reason="The coach & the dog are ill.")
    cancel(api, session, reason="Another reason.")

    to_booked, to_waiting = Notification.objects.order_by("pk")
    assert (to_booked.customer, to_waiting.customer) == (booked.customer, waited.customer)
    assert {one.kind for one in (to_booked, to_waiting)} == {"session_cancelled"}
    assert {one.created_at for one in (to_booked, to_waiting)} == {NOON}
    assert to_booked.data == {"class_session": session.pk, "booking": booked.pk}
    assert to_waiting.data == {"class_session": session.pk, "waitlist_entry": waited.pk}
    assert to_booked.title == "Yoga on Tuesday, 14 May is cancelled"
    assert "Hello Zoë," in to_booked.body
    assert "Tuesday, 14 May 2030, 20:00 does not take place." in to_booked.body
    assert "The coach & the dog are ill." in to_booked.body
    assert "Your booking is cancelled" in to_booked.body
    assert "You do not wait for a spot in it any more." in to_waiting.body
    mails = Mail.objects.order_by("pk").values_list("notification", "status", "due_at")
    assert list(mails) == [(one.pk, "queued", NOON) for one in (to_booked, to_waiting)]


def test_the_reason_is_kept(api, session):
    cancel(api, session, reason="Burst pipe")

    session.refresh_from_db()
    assert (session.cancellation_reason, session.cancelled_at) == ("Burst pipe", NOON)


@pytest.mark.parametrize(
    "again_at",
    [pytest.param(NOON + HOUR, id="an hour later"), pytest.param(TUESDAY_18, id="at its start")],
)
def test_cancelling_again_changes_nothing_and_touches_nobody(api, session, again_at):
    BookingFactory(class_session=session)
    cancel(api, session, reason="Burst pipe")
    before = every_row()

    answer = cancel(api, session, at=again_at, reason="Another reason")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["bookings"]) == ("cancelled", [])
    assert every_row() == before


@pytest.mark.parametrize("query", ["", "?dry_run=true"], ids=["cancelling", "a dry run"])
@pytest.mark.parametrize(
    ("at", "is_too_late"),
    [
        pytest.param(TUESDAY_18 - SECOND, False, id="a second before the start"),
        pytest.param(TUESDAY_18, True, id="exactly at the start"),
    ],
)
def test_a_started_session_takes_place(api, session, query, at, is_too_late):
    BookingFactory(class_session=session)
    before = every_row()

    answer = cancel(api, session, query, at=at)

    if is_too_late:
        facts = {"starts_at": "2030-05-14T18:00:00Z"}
        assert only_error(answer) == (409, "session_started", facts)
        assert every_row() == before
    else:
        assert answer.status_code == 200


def test_a_dry_run_answers_the_same_list_and_writes_nothing(api, session):
    for _ in range(2):
        BookingFactory(class_session=session)
        wait_for(session)
    BookingFactory(class_session=session, status=BookingStatus.ATTENDED)
    before = every_row()

    dry = cancel(api, session, "?dry_run=true", reason="Burst pipe")

    assert every_row() == before
    assert (dry.status_code, dry.json()["status"], dry.json()["booked_count"]) == (
        200,
        "scheduled",
        3,
    )
    real = cancel(api, session).json()
    assert len(real["bookings"]) == len(real["waitlist_entries"]) == 2
    assert dry.json()["bookings"] == real["bookings"]
    assert dry.json()["waitlist_entries"] == real["waitlist_entries"]


@pytest.mark.parametrize(
    ("query", "body", "error"),
    [
        pytest.param("?dry_run=yes", {}, ("invalid", "dry_run"), id="neither true nor false"),
        pytest.param("", {"reasons": "x"}, ("unknown_field", "reasons"), id="a misspelt reason"),
        pytest.param("", {"reason": 5}, ("invalid", "reason"), id="a number for a reason"),
        pytest.param("", {"reason": None}, ("null", "reason"), id="null for a reason"),
    ],
)
def test_a_malformed_request_cancels_nothing(api, session, query, body, error):
    before = every_row()

    answer = cancel(api, session, query, **body)

    [told] = answer.json()["errors"]
    assert (answer.status_code, (told["code"], told["attr"])) == (400, error)
    assert every_row() == before


def test_an_unknown_session_is_not_found(api):
    assert api.post("/api/class_sessions/404/cancel").status_code == 404


def test_the_schedule_is_filtered_by_what_takes_place(api, session):
    other = ClassSessionFactory()
    cancel(api, session)

    def found(status):
        rows = api.get("/api/class_sessions", {"status": status}).json()["results"]
        return [row["id"] for row in rows]

    assert (found("scheduled"), found("cancelled")) == ([other.pk], [session.pk])


def test_cancelling_costs_the_same_for_one_customer_as_for_twenty(
    api, queries_in, django_assert_num_queries, session
):
    BookingFactory(class_session=session)
    wait_for(session)
    for_one = queries_in(lambda: cancel(api, session))
    crowded = ClassSessionFactory(starts_at=TUESDAY_18 + timedelta(days=1))
    for _ in range(20):
        BookingFactory(class_session=crowded, customer=CustomerFactory())
        wait_for(crowded)

    with django_assert_num_queries(for_one):
        answer = cancel(api, crowded)

    assert len(answer.json()["bookings"]) == len(answer.json()["waitlist_entries"]) == 20
