"""
Is a stretch awarded once, and told once, when everything happens at once?

Real threads over the API, on the database of the run.
"""

from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from bookings.models import Booking
from bookings.services import book_session
from bookings.tests.factories import BookingFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from milestones.management.commands.award_milestones import CUSTOMERS_AT_ONCE
from milestones.models import Milestone, MilestoneAward
from milestones.states import Counts
from milestones.tests.factories import MilestoneFactory
from notifications.models import Mail, Notification
from tests.racing import at_once, book, cancel, outcomes, session_in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def awards_of(customer):
    found = MilestoneAward.objects.filter(customer=customer).order_by("number")
    return list(found.values_list("number", flat=True))


def every_award_was_told_once(customer):
    """Is there one message and one mail for each award of the customer, and none besides?"""
    awards = MilestoneAward.objects.filter(customer=customer)
    keys = {f"milestone_award:{one.pk}" for one in awards}
    messages = Notification.objects.filter(customer=customer)
    told = sorted(messages.values_list("key", flat=True))
    mails = Mail.objects.filter(notification__in=messages).count()
    linked = sum(one.notification_id is not None for one in awards)
    return told == sorted(keys) and mails == linked == len(keys)


@pytest.fixture
def fortnight(transactional_db):
    """Sessions at noon of each of the next ten days."""
    return [session_in_days(number) for number in range(1, 11)]


def test_ten_sessions_booked_at_once_are_ten_in_a_month_exactly_once(race_rounds, fortnight):
    MilestoneFactory(session_count=10)
    for _ in range(race_rounds):
        customer = CustomerFactory()

        responses = at_once(*(book(customer, session) for session in fortnight))

        assert outcomes(responses) == {201: 10}
        assert awards_of(customer) == [1]
        assert every_award_was_told_once(customer)
        award = MilestoneAward.objects.get(customer=customer)
        assert award.window_end == fortnight[-1].starts_at


def test_ten_sessions_booked_at_once_earn_five_in_a_month_once_or_twice(race_rounds, fortnight):
    MilestoneFactory(session_count=5)
    for _ in range(race_rounds):
        customer = CustomerFactory()

        responses = at_once(*(book(customer, session) for session in fortnight))

        # Which of them came first decides where the first stretch ends, and what is left after it.
        assert outcomes(responses) == {201: 10}
        assert awards_of(customer) in ([1], [1, 2])
        assert every_award_was_told_once(customer)


def test_a_second_stretch_booked_at_once_is_the_second_award(race_rounds, fortnight):
    MilestoneFactory(session_count=5)
    for _ in range(race_rounds):
        customer = CustomerFactory()

        first = at_once(*(book(customer, session) for session in fortnight[:5]))
        second = at_once(*(book(customer, session) for session in fortnight[5:]))

        assert outcomes([*first, *second]) == {201: 10}
        assert awards_of(customer) == [1, 2]
        assert every_award_was_told_once(customer)
        ends = MilestoneAward.objects.filter(customer=customer).order_by("number")
        assert [one.window_end for one in ends] == [fortnight[4].starts_at, fortnight[9].starts_at]


def test_who_books_cancels_and_books_again_at_once_is_congratulated_once(race_rounds, fortnight):
    MilestoneFactory(session_count=10)
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sessions, cancelled = fortnight[:8], fortnight[8:]
        held = [at_once(book(customer, session))[0].json()["id"] for session in cancelled]

        responses = at_once(
            *(book(customer, session) for session in sessions),
            *(cancel(booking) for booking in held),
        )
        at_once(*(book(customer, session) for session in cancelled))

        assert outcomes(responses) == {201: 8, 200: 2}
        assert customer.bookings.live().count() == 10
        assert awards_of(customer) == [1]
        assert every_award_was_told_once(customer)


def test_visits_checked_in_at_once_are_awarded_once(race_rounds):
    MilestoneFactory(session_count=10, counts=Counts.ATTENDED)
    noon = timezone.now().replace(hour=12)
    for _ in range(race_rounds):
        customer = CustomerFactory()
        bookings = [
            BookingFactory(
                customer=customer, class_session__starts_at=noon - timedelta(days=number)
            )
            for number in range(1, 11)
        ]

        responses = at_once(
            *(("patch", f"/api/bookings/{one.pk}", {"status": "attended"}) for one in bookings * 2)
        )

        assert outcomes(responses) == {200: 20}
        assert awards_of(customer) == [1]
        assert every_award_was_told_once(customer)


def test_customers_of_one_session_reach_twenty_milestones_each(race_rounds):
    MilestoneFactory.create_batch(20, session_count=1)
    for _ in range(race_rounds):
        session = session_in_days(2)
        customers = CustomerFactory.create_batch(3)

        responses = at_once(*(book(customer, session) for customer in customers))

        assert outcomes(responses) == {201: 3}
        assert MilestoneAward.objects.filter(booking__class_session=session).count() == 60
        assert all(every_award_was_told_once(customer) for customer in customers)


def test_a_milestone_deleted_while_it_is_reached_is_reached_or_gone(race_rounds):
    for _ in range(race_rounds):
        milestone = MilestoneFactory(session_count=1)
        session = session_in_days(2)
        customers = CustomerFactory.create_batch(6)
        delete = ("delete", f"/api/milestones/{milestone.pk}", None)

        deleted, *responses = at_once(delete, *(book(customer, session) for customer in customers))

        assert outcomes(responses) == {201: 6}
        if deleted.status_code == 204:
            assert not MilestoneAward.objects.filter(milestone=milestone.pk).exists()
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert MilestoneAward.objects.filter(milestone=milestone).exists()
            # So that it is not reached in the next round.
            Milestone.objects.filter(pk=milestone.pk).update(is_active=False)


def test_what_is_awarded_for_the_past_and_with_bookings_at_once_is_awarded_once(
    race_rounds, fortnight
):
    for _ in range(race_rounds):
        milestone = MilestoneFactory(session_count=5)
        customer = CustomerFactory()
        for session in fortnight[:5]:
            BookingFactory(customer=customer, class_session=session)
        commands = [
            Thread(target=award_the_past_of, args=(milestone,), daemon=True) for _ in range(2)
        ]

        for command in commands:
            command.start()
        responses = at_once(*(book(customer, session) for session in fortnight[5:]))
        for command in commands:
            command.join()

        assert outcomes(responses) == {201: 5}
        # Where a booking was first, it completed the stretch and ended it later.
        assert awards_of(customer) in ([1], [1, 2])
        assert every_award_was_told_once(customer)
        Milestone.objects.update(is_active=False)


def award_the_past_of(milestone):
    try:
        call_command(
            "award_milestones", f"--milestone={milestone.pk}", "--notify", stdout=StringIO()
        )
    finally:
        connection.close()


def test_the_past_is_awarded_although_somebody_books_meanwhile():
    session = session_in_days(2)
    customers = Customer.objects.bulk_create(CustomerFactory.build_batch(CUSTOMERS_AT_ONCE + 1))
    Booking.objects.bulk_create(
        BookingFactory.build(customer=customer, class_session=session) for customer in customers
    )
    milestone = MilestoneFactory(session_count=1)
    late = CustomerFactory()
    responses = []

    def book_once_the_customers_are_known(run, sql, params, many, context):
        result = run(sql, params, many, context)
        if sql.startswith("SELECT DISTINCT") and not responses:
            responses.extend(at_once(book(late, session)))
        return result

    with connection.execute_wrapper(book_once_the_customers_are_known):
        call_command("award_milestones", f"--milestone={milestone.pk}", stdout=StringIO())

    assert outcomes(responses) == {201: 1}
    assert MilestoneAward.objects.count() == CUSTOMERS_AT_ONCE + 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time.")
def test_two_customers_who_reach_a_milestone_do_not_wait_for_each_other():
    MilestoneFactory(session_count=1)
    first, second = CustomerFactory.create_batch(2)
    sessions = [session_in_days(number) for number in (1, 2)]

    with transaction.atomic():
        book_session(customer_id=first.pk, session_id=sessions[0].pk, at=timezone.now())
        # Answers only if it does not wait for what is not committed yet.
        [response] = at_once(book(second, sessions[1]))

    assert response.status_code == 201
    assert (awards_of(first), awards_of(second)) == ([1], [1])
