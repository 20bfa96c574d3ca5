"""
The gym cancels, moves and plans sessions while customers book them.

Real threads over the API, on the database of the run.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.checks import differences
from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from classes.models import ClassSession
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Mail, Notification
from tests.racing import at_once, book, cancel, outcomes, session_in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 20
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def every_counter_is_right_afterwards(transactional_db):
    yield

    assert [one for one in differences(tz=timezone.get_default_timezone()) if one] == []


def call_off(session):
    return "post", f"/api/class_sessions/{session.pk}/cancel", {"reason": "Burst pipe"}


def move(session, to):
    return "patch", f"/api/class_sessions/{session.pk}", {"starts_at": to}


def told_of(session):
    """Give each customer who was told something about the session, as often as they were."""
    told = Notification.objects.filter(data__class_session=session.pk)
    return sorted(told.values_list("customer", flat=True))


def test_nobody_keeps_a_booking_of_a_session_that_was_cancelled_while_twenty_booked(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=RIVALS + 1)
        early = BookingFactory(class_session=session)
        customers = CustomerFactory.create_batch(RIVALS)

        cancelled, *responses = at_once(
            call_off(session), *(book(one, session) for one in customers)
        )

        assert outcomes([cancelled]) == {200: 1}
        assert outcomes(responses).keys() <= {201, (409, "session_cancelled")}
        bookings = session.bookings.all()
        assert {one.status for one in bookings} == {BookingStatus.CANCELLED}
        assert {one.cancelled_by for one in bookings} == {"gym"}
        assert not session.bookings.using_a_day().exists()
        assert ClassSession.objects.get(pk=session.pk).booked_count == 0
        got_one = {one.json()["customer"] for one in responses if one.status_code == 201}
        assert told_of(session) == sorted({early.customer_id, *got_one})
        assert Mail.objects.filter(notification__data__class_session=session.pk).count() == len(
            bookings
        )


def test_a_session_cancelled_twenty_times_is_cancelled_and_told_once(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=5)
        booked = [BookingFactory(class_session=session) for _ in range(5)]

        responses = at_once(*[call_off(session)] * RIVALS)

        assert outcomes(responses) == {200: RIVALS}
        touched = sorted(len(answer.json()["bookings"]) for answer in responses)
        assert touched == [0] * (RIVALS - 1) + [5]
        assert told_of(session) == sorted(one.customer_id for one in booked)


def test_who_cancels_while_the_gym_cancels_gives_one_spot_back(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2, capacity=5)
        booked = [BookingFactory(class_session=session) for _ in range(5)]

        called_off, *responses = at_once(
            call_off(session), *(cancel(one.pk) for one in booked for _ in range(3))
        )

        assert outcomes([called_off, *responses]) == {200: 16}
        assert ClassSession.objects.get(pk=session.pk).booked_count == 0
        by_the_gym = session.bookings.filter(cancelled_by="gym")
        # Whoever cancelled first knows; nobody else goes untold.
        assert told_of(session) == sorted(one.customer_id for one in by_the_gym)


def test_who_is_checked_in_while_the_gym_cancels_has_come_or_is_told(race_rounds):
    for _ in range(race_rounds):
        session = ClassSessionFactory(
            starts_at=timezone.now() + timedelta(minutes=30), capacity=RIVALS
        )
        booked = [BookingFactory(class_session=session) for _ in range(10)]
        check_ins = [("patch", f"/api/bookings/{one.pk}", {"status": "attended"}) for one in booked]

        called_off, *responses = at_once(call_off(session), *check_ins)

        assert outcomes([called_off]) == {200: 1}
        assert outcomes(responses).keys() <= {200, (409, "invalid_transition")}
        came = session.bookings.filter(status=BookingStatus.ATTENDED).count()
        assert came == outcomes(responses)[200]
        assert ClassSession.objects.get(pk=session.pk).booked_count == came
        untold = session.bookings.filter(status=BookingStatus.CANCELLED)
        assert told_of(session) == sorted(one.customer_id for one in untold)


def test_of_two_moves_at_once_both_take_every_booking_along(race_rounds):
    for _ in range(race_rounds):
        session = session_in_days(2)
        booked = [BookingFactory(class_session=session) for _ in range(10)]
        goals = [session.starts_at + days * DAY for days in (1, 2)]
        # The same move twice is one move.
        moves = [move(session, to) for to in goals] * 2

        responses = at_once(*moves)

        assert outcomes(responses) == {200: 4}
        after = ClassSession.objects.get(pk=session.pk)
        assert after.starts_at in goals
        rows = session.bookings.values_list("occupied_day", "cutoff_at", "free_until")
        assert set(rows) == {(after.starts_at.date(), after.starts_at, after.starts_at)}
        told = told_of(session)
        times = len(told) // len(booked)
        assert times in (2, 3, 4)
        assert told == sorted([one.customer_id for one in booked] * times)


def test_a_move_onto_the_day_for_which_its_customers_book_never_gives_two_bookings_a_day(
    race_rounds,
):
    for _ in range(race_rounds):
        pilates = ClassTypeFactory(is_premium=True)
        plan = MembershipPlanFactory(class_types=[pilates], open_ended=True)
        began = timezone.localdate() - 30 * DAY
        session, elsewhere = session_in_days(2), session_in_days(4, minute=30)
        ClassSession.objects.filter(pk__in=[session.pk, elsewhere.pk]).update(class_type=pilates)
        booked = [
            BookingFactory(
                class_session=session,
                customer=MembershipFactory(plan=plan, starts_on=began).customer,
            )
            for _ in range(10)
        ]

        moved, *responses = at_once(
            move(session, session.starts_at + 2 * DAY),
            *(book(one.customer, elsewhere) for one in booked),
        )

        assert outcomes(responses).keys() <= {201, (409, "daily_limit_reached")}
        if moved.status_code == 200:
            assert outcomes(responses) == {(409, "daily_limit_reached"): len(booked)}
            assert told_of(session) == sorted(one.customer_id for one in booked)
        else:
            assert outcomes([moved]) == {(409, "reschedule_conflicts"): 1}
            [error] = moved.json()["errors"]
            assert set(error["facts"]["customers"]) <= set(
                elsewhere.bookings.values_list("customer", flat=True)
            )
            assert outcomes(responses) == {201: len(booked)}
            assert told_of(session) == []


def test_two_sessions_moved_onto_one_day_never_give_a_customer_two_bookings_on_it(race_rounds):
    for _ in range(race_rounds):
        one, other = session_in_days(2), session_in_days(3)
        for customer in CustomerFactory.create_batch(5):
            BookingFactory(class_session=one, customer=customer)
            BookingFactory(class_session=other, customer=customer)
        goal = other.starts_at + 2 * DAY

        responses = at_once(move(one, goal), move(other, goal + timedelta(hours=1)))

        assert outcomes(responses) == {200: 1, (409, "reschedule_conflicts"): 1}
        assert Booking.objects.filter(occupied_day=goal.date()).count() == 5
        Booking.objects.filter(class_session__in=[one, other]).delete()
        ClassSession.objects.filter(pk__in=[one.pk, other.pk]).delete()


def test_a_series_planned_ten_times_at_once_is_planned_once(race_rounds):
    for _ in range(race_rounds):
        yoga = ClassTypeFactory()
        body = {
            "class_type": yoga.pk,
            "starts_on": "2030-05-13",
            "ends_on": "2030-06-13",
            "weekdays": [1, 4],
            "local_time": "18:30",
        }

        responses = at_once(*[("post", "/api/class_sessions/series", body)] * 10)

        assert outcomes(responses) == {201: 10}
        answers = [answer.json() for answer in responses]
        assert sorted(len(one["created"]) for one in answers) == [0] * 9 + [10]
        assert len({tuple(one["created"] or one["existing"]) for one in answers}) == 1
        assert yoga.sessions.count() == 10


def test_of_ten_calendar_addresses_made_at_once_one_works(race_rounds):
    for _ in range(race_rounds):
        customer = CustomerFactory()
        make = ("post", f"/api/customers/{customer.pk}/calendar_token", {})

        responses = at_once(*[make] * 10)

        assert outcomes(responses) == {201: 10}
        addresses = [answer.json()["url"].removeprefix("http://testserver") for answer in responses]
        served = [answer.status_code for answer in at_once(*(("get", a, None) for a in addresses))]
        assert sorted(served) == [200] + [404] * 9


def test_calendar_addresses_are_made_and_revoked_one_after_the_other(race_rounds):
    for _ in range(race_rounds):
        address = f"/api/customers/{CustomerFactory().pk}/calendar_token"

        responses = at_once(*[("post", address, {})] * 4, *[("delete", address, None)] * 3)

        assert outcomes(responses) == {201: 4, 204: 3}
