"""
Who wins when everybody asks at once? Real threads over the API, on the database of the run.

Each answer must be one of those that the loser of a race is owed: no fault, no "locked".
"""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking, BookingWindow
from bookings.states import BookingStatus
from classes.models import ClassSession
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory, SegmentFactory
from notifications.models import Notification
from tests.racing import at_once, book, cancel, outcomes, session_in_days

pytestmark = pytest.mark.django_db(transaction=True)

RIVALS = 20


@pytest.fixture(autouse=True)
def every_counter_is_right_afterwards(transactional_db):
    yield

    for session in ClassSession.objects.all():
        assert session.booked_count == session.bookings.live().count()
        assert session.capacity is None or session.booked_count <= session.capacity


@pytest.mark.slow
def test_of_twenty_sessions_of_one_day_a_customer_gets_exactly_one(race_rounds):
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sessions = [session_in_days(2, minute=minute) for minute in range(RIVALS)]

        responses = at_once(*(book(customer, session) for session in sessions))

        assert outcomes(responses) == {201: 1, (409, "daily_limit_reached"): RIVALS - 1}
        [winner] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["booking"] for error in refused} == {winner["id"]}
        assert list(customer.bookings.values_list("pk", flat=True)) == [winner["id"]]


def test_of_twenty_customers_three_get_the_three_spots(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=3)
        customers = CustomerFactory.create_batch(RIVALS)

        responses = at_once(*(book(customer, session) for customer in customers))

        assert outcomes(responses) == {201: 3, (409, "session_full"): RIVALS - 3}
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["capacity"] for error in refused} == {3}
        assert session.bookings.count() == 3


@pytest.mark.slow
def test_a_customer_who_books_one_session_twenty_times_has_one_booking(race_rounds):
    for _ in range(race_rounds):
        customer, session = CustomerFactory(), session_in_days(2)

        responses = at_once(*(book(customer, session) for _ in range(RIVALS)))

        assert outcomes(responses) == {201: 1, (409, "already_booked"): RIVALS - 1}
        [winner] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["booking"] for error in refused} == {winner["id"]}


@pytest.mark.slow
def test_a_booking_cancelled_twenty_times_gives_one_spot_back(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=5)
        [kept, cancelled] = [
            at_once(book(CustomerFactory(), session))[0].json()["id"] for _ in range(2)
        ]

        responses = at_once(*(cancel(cancelled) for _ in range(RIVALS)))

        assert outcomes(responses) == {200: RIVALS}
        assert {answer.json()["status"] for answer in responses} == {"cancelled"}
        assert len({answer.json()["cancelled_at"] for answer in responses}) == 1
        assert list(session.bookings.live().values_list("pk", flat=True)) == [kept]
        assert ClassSession.objects.get(pk=session.pk).booked_count == 1


@pytest.mark.slow
def test_a_freed_spot_goes_to_exactly_one_of_those_who_want_it(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=1)
        holder, *rivals = CustomerFactory.create_batch(RIVALS)
        booking = at_once(book(holder, session))[0].json()["id"]

        freed, *responses = at_once(cancel(booking), *(book(rival, session) for rival in rivals))

        assert freed.status_code == 200
        assert set(outcomes(responses)) <= {201, (409, "session_full")}
        assert outcomes(responses)[201] <= 1
        # Whoever asks after the race finds the counter as the race left it.
        later = at_once(book(CustomerFactory(), session))[0]
        assert outcomes([*responses, later])[201] == 1


@pytest.mark.slow
def test_cancelling_and_booking_again_at_once_keeps_counter_and_day_right(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=5)
        customers = CustomerFactory.create_batch(4)
        bookings = [at_once(book(one, session))[0].json()["id"] for one in customers]

        pairs = zip(customers, bookings, strict=True)
        requests = [[cancel(booking), book(customer, session)] * 2 for customer, booking in pairs]
        responses = at_once(*itertools.chain.from_iterable(requests))

        assert set(outcomes(responses)) <= {200, 201, (409, "already_booked")}
        assert outcomes(responses)[200] == 2 * len(customers)
        for customer in customers:
            assert customer.bookings.live().count() <= 1
            cancelled = customer.bookings.filter(status=BookingStatus.CANCELLED)
            assert cancelled.get().occupied_day is None


@pytest.mark.slow
def test_a_capacity_lowered_while_twenty_book_is_never_overbooked(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=10)
        customers = CustomerFactory.create_batch(RIVALS)
        lower = ("patch", f"/api/class_sessions/{session.pk}", {"capacity": 5})

        edited, *responses = at_once(lower, *(book(customer, session) for customer in customers))

        assert outcomes([edited]).keys() <= {200, (409, "capacity_below_bookings")}
        capacity = 5 if edited.status_code == 200 else 10
        assert outcomes(responses) == {201: capacity, (409, "session_full"): RIVALS - capacity}


@pytest.mark.slow
def test_a_session_moved_while_twenty_book_takes_every_booking_to_the_new_day(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2)
        customers = CustomerFactory.create_batch(RIVALS)
        moved_to = session.starts_at + timedelta(days=3)
        move = ("patch", f"/api/class_sessions/{session.pk}", {"starts_at": moved_to})

        edited, *responses = at_once(move, *(book(customer, session) for customer in customers))

        assert outcomes([edited]) == {200: 1}
        assert outcomes(responses) == {201: RIVALS}
        session.refresh_from_db()
        assert session.starts_at == moved_to
        assert set(session.bookings.values_list("occupied_day", flat=True)) == {moved_to.date()}
        # Who booked before the move is told of it and may cancel until the start.
        moved = session.bookings.filter(free_until=moved_to)
        told = Notification.objects.filter(kind="session_moved", data__class_session=session.pk)
        assert set(told.values_list("customer", flat=True)) == {one.customer_id for one in moved}


@pytest.mark.slow
def test_check_in_and_cancellation_at_once_never_leave_a_cancelled_booking_with_a_spot(race_rounds):
    for _ in range(race_rounds):
        session = ClassSessionFactory(
            starts_at=timezone.now() + timedelta(minutes=30), capacity=RIVALS
        )
        booking = at_once(book(CustomerFactory(), session))[0].json()["id"]
        check_in = ("patch", f"/api/bookings/{booking}", {"status": "attended"})

        responses = at_once(*[cancel(booking), check_in] * (RIVALS // 2))

        assert set(outcomes(responses)) <= {200, (409, "invalid_transition")}
        assert outcomes(responses)[200] >= RIVALS // 2
        assert Booking.objects.get(pk=booking).status in {"attended", "cancelled"}


@pytest.mark.slow
def test_of_twenty_customers_with_one_email_one_is_created(race_rounds):
    for number in range(race_rounds):
        bodies = [
            {"first_name": "A", "last_name": "B", "email": f"{name}.{number}@example.org"}
            for name in ("anna", "ANNA", "Anna", "aNNa") * (RIVALS // 4)
        ]

        responses = at_once(*(("post", "/api/customers", body) for body in bodies))

        assert outcomes(responses) == {201: 1, (400, "unique"): RIVALS - 1}
        refused = [answer.json()["errors"] for answer in responses if answer.status_code == 400]
        assert {(error["attr"]) for [error] in refused} == {"email"}
        assert Customer.objects.count() == number + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "with_class_type", [True, False], ids=["of a class type", "of every class"]
)
def test_of_ten_windows_for_one_pair_one_is_created(race_rounds, with_class_type):
    for _ in range(race_rounds):
        body = {
            "segment": SegmentFactory().pk,
            "class_type": ClassTypeFactory().pk if with_class_type else None,
            "opens_before": 7,
            "unit": "days",
        }

        responses = at_once(*[("post", "/api/booking_windows", body)] * 10)

        assert outcomes(responses) == {201: 1, (400, "unique"): 9}
        assert BookingWindow.objects.filter(segment=body["segment"]).count() == 1


@pytest.mark.slow
def test_a_customer_who_books_while_being_deleted_is_held_or_gone(race_rounds):
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sessions = [session_in_days(day) for day in range(1, 11)]
        delete = ("delete", f"/api/customers/{customer.pk}", None)

        deleted, *responses = at_once(delete, *(book(customer, session) for session in sessions))

        if deleted.status_code == 204:
            assert outcomes(responses) == {(400, "does_not_exist"): len(sessions)}
            assert not Customer.objects.filter(pk=customer.pk).exists()
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert set(outcomes(responses)) <= {201}
            assert customer.bookings.count() == len(sessions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "address", "change"),
    [
        pytest.param(ClassTypeFactory, "class_types", {"capacity": 9}, id="a class type"),
        pytest.param(SegmentFactory, "segments", {"description": "x"}, id="a segment"),
        pytest.param(CustomerFactory, "customers", {"first_name": "B"}, id="a customer"),
        pytest.param(ClassSessionFactory, "class_sessions", {"capacity": 9}, id="a session"),
    ],
)
def test_what_is_edited_while_it_is_deleted_is_edited_or_gone(race_rounds, make, address, change):
    for _ in range(race_rounds):
        path = f"/api/{address}/{make().pk}"
        requests = [("patch", path, change), ("delete", path, None)] * 5

        answers = outcomes(at_once(*requests))

        assert set(answers) <= {200, 204, (404, "not_found")}
        # Deleting what is being deleted is as good as having deleted it.
        assert answers[204] >= 1


@pytest.mark.slow
def test_a_segment_gets_a_rule_or_customers_by_hand_never_both(race_rounds):
    for _ in range(race_rounds):
        segment = SegmentFactory()
        customers = CustomerFactory.create_batch(5)
        rule = {"rule": "frequent_visitors", "rule_days": 30, "rule_min_visits": 1}
        put = [
            ("patch", f"/api/customers/{one.pk}", {"segments": [segment.pk]}) for one in customers
        ]

        ruled, *responses = at_once(("patch", f"/api/segments/{segment.pk}", rule), *put)

        segment.refresh_from_db()
        if ruled.status_code == 200:
            assert outcomes(responses) == {(400, "segment_has_rule"): len(customers)}
            assert (segment.rule, segment.chosen_customers.count()) == ("frequent_visitors", 0)
        else:
            assert outcomes([ruled]) == {(409, "segment_has_customers"): 1}
            assert outcomes(responses) == {200: len(customers)}
            assert (segment.rule, segment.chosen_customers.count()) == ("manual", 5)
