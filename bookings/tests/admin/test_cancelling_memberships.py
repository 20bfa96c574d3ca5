"""Cancelling a membership at the desk, after a look at what is lost with it."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from bookings.models import Booking
from bookings.tests.admin import change, said_in
from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Notification

pytestmark = pytest.mark.django_db

MEMBERSHIPS = "/admin/memberships/membership/"
RENEW = {"memberships_membership_renew": "1"}
# The day before the session, when these tests happen.
TODAY = date(2030, 5, 13)
FROM_TODAY = {"cancelled_on": "2030-05-13", "reason": "Moves away"}


def cancel(membership):
    return f"{MEMBERSHIPS}{membership.pk}/cancel/"


def member_with_a_booking(**values):
    """Give a membership of May, and what its customer has booked with it on Tuesday."""
    aerial = ClassTypeFactory(name="Aerial", is_premium=True)
    plan = MembershipPlanFactory(name="Fly", class_types=[aerial])
    membership = MembershipFactory(plan=plan, **values)
    session = ClassSessionFactory(class_type=aerial)
    return membership, BookingFactory(customer=membership.customer, class_session=session)


def written():
    rows = (Membership, Booking, Notification, LogEntry)
    return [list(model.objects.order_by("pk").values()) for model in rows]


def test_cancelling_first_shows_what_would_be_lost_and_writes_nothing(admin_client):
    membership, booking = member_with_a_booking()
    before = written()

    asked = admin_client.get(cancel(membership))
    shown = admin_client.post(cancel(membership), FROM_TODAY)
    again = admin_client.post(cancel(membership), {**FROM_TODAY, "back": ""})

    assert asked.context["form"]["cancelled_on"].value() == TODAY
    assert shown.context["lost"] == [
        (f"/admin/bookings/booking/{booking.pk}/change/", "Aerial, Tue 14 May 2030, 18:00")
    ]
    assert "Moves away" in shown.content.decode()
    assert again.context["form"]["reason"].value() == "Moves away"
    assert "lost" not in again.context
    assert written() == before


def test_the_customer_is_told_also_where_no_booking_is_lost(admin_client):
    shown = admin_client.post(cancel(MembershipFactory()), FROM_TODAY).content.decode()

    assert "No booking would be lost. The customer would be told all the same" in shown


def test_what_is_confirmed_is_cancelled_and_the_customer_told(admin_client):
    membership, booking = member_with_a_booking()

    answer = admin_client.post(cancel(membership), {**FROM_TODAY, "confirmed": ""}, follow=True)

    sentence = "It opens nothing from 13 May 2030 on. One booking was cancelled with it."
    assert said_in(answer) == [sentence]
    membership.refresh_from_db()
    booking.refresh_from_db()
    assert (membership.cancelled_on, membership.cancellation_reason) == (TODAY, "Moves away")
    assert (booking.status, booking.cancelled_by) == ("cancelled", "gym")
    assert Notification.objects.get().customer == membership.customer
    assert LogEntry.objects.get().change_message == "Cancelled."


@pytest.mark.parametrize("pressed", [{}, {"confirmed": ""}], ids=["shown", "confirmed"])
@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2030-04-30", "This is not one of the membership&#x27;s days."),
        ("2030-06-01", "This is not one of the membership&#x27;s days."),
        ("soon", "Enter a valid date."),
        ("", "This field is required."),
    ],
    ids=["the day before", "the day after", "no day", "nothing"],
)
def test_a_day_that_is_none_of_the_memberships_is_told(admin_client, day, problem, pressed):
    membership, _ = member_with_a_booking()
    before = written()

    answer = admin_client.post(cancel(membership), {**FROM_TODAY, **pressed, "cancelled_on": day})

    assert problem in answer.content.decode()
    assert list(answer.context["form"].errors) == ["cancelled_on"]
    assert written() == before


def test_what_is_cancelled_is_not_cancelled_again(admin_client):
    membership, _ = member_with_a_booking(cancelled_on=date(2030, 5, 20))
    before = written()

    answer = admin_client.post(cancel(membership), {**FROM_TODAY, "confirmed": ""}, follow=True)
    its_page = admin_client.get(change(MEMBERSHIPS, membership))

    assert said_in(answer) == ["It is cancelled already."]
    assert its_page.context["actions_detail"] == []
    assert written() == before


def test_who_may_only_look_neither_renews_nor_cancels(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_membership"))
    client.force_login(guest)
    membership, _ = member_with_a_booking()
    its_page = change(MEMBERSHIPS, membership)
    before = written()

    looked_at = client.get(its_page)
    refused = [
        client.post(its_page, RENEW),
        client.get(cancel(membership)),
        client.post(cancel(membership), {**FROM_TODAY, "confirmed": ""}),
    ]

    assert looked_at.status_code == 200
    assert looked_at.context["actions_submit_line"] == []
    assert looked_at.context["actions_detail"] == []
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert written() == before
