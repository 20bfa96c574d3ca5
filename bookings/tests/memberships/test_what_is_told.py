"""Cancelling a membership: what the customer is told."""

from datetime import UTC, datetime

import pytest

from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import DAY, NOON, cancel, lost_in
from classes.tests.factories import TUESDAY_18
from customers.tests.factories import CustomerFactory
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db


def test_the_customer_is_told_once_with_the_list(api, berlin, pilates):
    customer = CustomerFactory(first_name="Zoë", last_name="O'Neill")
    plan = MembershipPlanFactory(name="Pilates & more", class_types=[pilates])
    membership = MembershipFactory(customer=customer, plan=plan)
    late = datetime(2030, 5, 16, 22, 30, tzinfo=UTC)
    bookings = [
        BookingFactory(
            customer=customer, class_session__class_type=pilates, class_session__starts_at=starts_at
        )
        for starts_at in (TUESDAY_18 + DAY, late)
    ]

    cancel(api, membership, reason="Moved away")
    cancel(api, membership)

    told = Notification.objects.get()
    assert (told.customer, told.kind) == (customer, "membership_cancelled")
    assert told.key == f"membership_cancelled:{membership.pk}"
    assert told.created_at == NOON
    assert told.data == {"membership": membership.pk, "bookings": [one.pk for one in bookings]}
    assert told.title == "Your membership Pilates & more is cancelled"
    assert "Hello Zoë," in told.body
    assert "from Tuesday, 14 May 2030 on" in told.body
    assert "- Pilates, Wednesday 15 May 2030, 20:00\n" in told.body
    assert "- Pilates, Friday 17 May 2030, 00:30\n" in told.body
    mail = Mail.objects.get()
    assert (mail.notification, mail.status, mail.due_at) == (told, "queued", NOON)


def test_the_customer_is_told_also_when_nothing_was_booked(api, membership):
    cancel(api, membership)

    told = Notification.objects.get()
    assert told.data == {"membership": membership.pk, "bookings": []}
    assert "What you had booked" not in told.body
    assert Mail.objects.count() == 1


def test_a_cancellation_costs_the_same_however_many_bookings_go_with_it(
    api, queries_in, django_assert_num_queries, membership, booked, pilates
):
    booked(1)
    for_one = queries_in(lambda: cancel(api, membership))
    other = MembershipFactory(plan=membership.plan)
    for days in range(1, 6):
        BookingFactory(
            customer=other.customer,
            class_session__class_type=pilates,
            class_session__starts_at=TUESDAY_18 + days * DAY,
        )

    with django_assert_num_queries(for_one):
        answer = cancel(api, other)

    assert len(lost_in(answer)) == 5
    assert Membership.objects.filter(cancelled_on__isnull=False).count() == 2
