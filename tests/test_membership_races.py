"""
Memberships sold, renewed and cancelled at the same instant, and booked with meanwhile.

Real threads over the API, on the database of the run.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.checks import differences
from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Mail, Notification
from tests.racing import at_once, book, cancel, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 20
SESSIONS = 10


@pytest.fixture(autouse=True)
def every_counter_is_right_afterwards(transactional_db):
    yield

    assert [one for one in differences(tz=timezone.get_default_timezone()) if one] == []


def end(membership, **body):
    return "post", f"/api/memberships/{membership.pk}/cancel", body


def member(**more):
    """Give a membership without an end that began a month ago."""
    began = timezone.localdate() - timedelta(days=30)
    return MembershipFactory(plan__open_ended=True, starts_on=began, **more)


def premium_sessions(membership):
    """Give sessions of the coming days, one a day, that the membership opens."""
    [opened] = membership.plan.class_types.all()
    return [
        ClassSessionFactory(class_type=opened, starts_at=timezone.now() + timedelta(days=day))
        for day in range(1, SESSIONS + 1)
    ]


def test_of_twenty_sales_of_one_plan_to_a_customer_one_is_made(race_rounds):
    plan = MembershipPlanFactory()
    for _ in range(race_rounds):
        customer = CustomerFactory()
        sale = ("post", "/api/memberships", {"customer": customer.pk, "plan": plan.pk})

        responses = at_once(*[sale] * RIVALS)

        assert outcomes(responses) == {201: 1, (409, "membership_overlaps"): RIVALS - 1}
        [sold] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["membership"] for error in refused} == {sold["id"]}
        assert list(customer.memberships.values_list("pk", flat=True)) == [sold["id"]]


def test_of_twenty_renewals_of_a_membership_one_is_made(race_rounds):
    for _ in range(race_rounds):
        held = MembershipFactory(starts_on=timezone.localdate())
        renewal = ("post", f"/api/memberships/{held.pk}/renew", {})

        responses = at_once(*[renewal] * RIVALS)

        assert outcomes(responses) == {201: 1, (409, "membership_overlaps"): RIVALS - 1}
        [renewed] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["membership"] for error in refused} == {renewed["id"]}
        assert held.customer.memberships.count() == 2


def test_nobody_keeps_a_premium_spot_that_was_booked_while_the_membership_was_cancelled(
    race_rounds,
):
    for _ in range(race_rounds):
        membership = member()
        bookings = [book(membership.customer, one) for one in premium_sessions(membership)]

        cancelled, *responses = at_once(end(membership), *bookings)

        assert cancelled.status_code == 200
        assert set(outcomes(responses)) <= {201, (409, "membership_required")}
        booked = {answer.json()["id"] for answer in responses if answer.status_code == 201}
        assert {one["id"] for one in cancelled.json()["bookings"]} == booked
        assert not membership.customer.bookings.live().exists()
        assert not membership.customer.bookings.using_a_day().exists()


def test_a_membership_cancelled_twenty_times_is_cancelled_and_told_once(race_rounds):
    for _ in range(race_rounds):
        membership = member()
        for session in premium_sessions(membership):
            BookingFactory(customer=membership.customer, class_session=session)
        today = timezone.localdate()
        # Each names another day and reason: those of the first stay.
        days = [today - timedelta(days=number) for number in range(RIVALS)]

        responses = at_once(
            *(end(membership, cancelled_on=str(day), reason=f"Until {day}") for day in days)
        )

        assert outcomes(responses) == {200: RIVALS}
        answers = [answer.json() for answer in responses]
        stands = {(one["cancelled_on"], one["cancellation_reason"]) for one in answers}
        [(cancelled_on, reason)] = stands
        assert reason == f"Until {cancelled_on}"
        assert sorted(len(one["bookings"]) for one in answers) == [0] * (RIVALS - 1) + [SESSIONS]
        assert Notification.objects.filter(customer=membership.customer).count() == 1
        assert Mail.objects.filter(notification__customer=membership.customer).count() == 1


def test_of_two_memberships_cancelled_at_once_neither_counts_on_the_other(race_rounds):
    for _ in range(race_rounds):
        pilates = ClassTypeFactory(is_premium=True)
        customer = CustomerFactory()
        plans = [MembershipPlanFactory(open_ended=True, class_types=[pilates]) for _ in range(2)]
        held = [member(customer=customer, plan=plan) for plan in plans]
        for session in premium_sessions(held[0]):
            BookingFactory(customer=customer, class_session=session)

        responses = at_once(*(end(membership) for membership in held))

        assert outcomes(responses) == {200: 2}
        assert sorted(len(answer.json()["bookings"]) for answer in responses) == [0, SESSIONS]
        assert not customer.bookings.live().exists()


@pytest.mark.parametrize(
    ("change", "statuses"),
    [
        pytest.param(
            lambda booking: ("patch", f"/api/bookings/{booking.pk}", {"status": "attended"}),
            {BookingStatus.ATTENDED, BookingStatus.CANCELLED},
            id="a check-in",
        ),
        pytest.param(
            lambda booking: cancel(booking.pk),
            {BookingStatus.LATE_CANCELLED, BookingStatus.CANCELLED},
            id="a late cancellation",
        ),
    ],
)
def test_what_becomes_of_a_booking_meanwhile_is_one_thing_or_the_other(
    race_rounds, change, statuses
):
    for _ in range(race_rounds):
        pilates = ClassTypeFactory(is_premium=True, late_cancel_cutoff_minutes=120)
        membership = member(plan__class_types=[pilates])
        soon = timezone.now() + timedelta(minutes=30)
        booking = BookingFactory(
            customer=membership.customer,
            class_session__class_type=pilates,
            class_session__starts_at=soon,
        )

        cancelled, changed = at_once(end(membership), change(booking))

        lost = [one["id"] for one in cancelled.json()["bookings"]]
        after = Booking.objects.get(pk=booking.pk)
        assert outcomes([changed]).keys() <= {200, (409, "invalid_transition")}
        assert after.status in statuses
        assert lost == ([booking.pk] if after.cancelled_by == "gym" else [])
        assert Membership.objects.get(pk=membership.pk).cancelled_on is not None
