"""Memberships at the desk: sold, renewed, and cancelled after a look at what is lost with them."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from bookings.models import Booking
from bookings.tests.admin import change, errors_on, said_in
from bookings.tests.factories import BookingFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from notifications.models import Notification

pytestmark = pytest.mark.django_db

MEMBERSHIPS = "/admin/memberships/membership/"
RENEW = {"memberships_membership_renew": "1"}
# The day before `TUESDAY_18`, when these tests happen.
TODAY = date(2030, 5, 13)
OVERLAPS = "The customer has a membership of this plan on some of these days already."


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


def test_the_list_costs_the_same_however_long_it_is(admin_client, queries_in):
    MembershipFactory()
    one = queries_in(lambda: admin_client.get(MEMBERSHIPS))
    MembershipFactory.create_batch(4)

    five = queries_in(lambda: admin_client.get(MEMBERSHIPS))

    assert five == one


def test_a_memberships_page_costs_the_same_however_often_it_was_renewed(admin_client, queries_in):
    membership = MembershipFactory()
    one = queries_in(lambda: admin_client.get(change(MEMBERSHIPS, membership)))
    for month in (6, 7, 8):
        MembershipFactory(
            plan=membership.plan, customer=membership.customer, starts_on=date(2030, month, 1)
        )

    four = queries_in(lambda: admin_client.get(change(MEMBERSHIPS, membership)))

    assert four == one


# --- Selling --------------------------------------------------------------------------------------


def test_a_membership_is_sold_from_today_where_nothing_else_is_said(admin_client):
    anna, plan = CustomerFactory(), MembershipPlanFactory()
    page = admin_client.get(MEMBERSHIPS + "add/")
    proposed = page.context["adminform"].form["starts_on"].value()

    body = {"customer": anna.pk, "plan": plan.pk, "starts_on": proposed}
    admin_client.post(MEMBERSHIPS + "add/", body)

    sold = Membership.objects.get()
    assert (sold.customer, sold.plan) == (anna, plan)
    assert (sold.starts_on, sold.ends_on) == (TODAY, date(2030, 6, 12))
    assert sold.sold_at == TUESDAY_18 - timedelta(days=1)
    assert LogEntry.objects.get().object_id == str(sold.pk)


@pytest.mark.parametrize(
    ("held", "starts_on", "errors"),
    [
        pytest.param({}, "2030-05-31", {"__all__": [OVERLAPS]}, id="on a day of another"),
        pytest.param(
            {"plan__is_active": False},
            "2030-06-01",
            {"plan": ["This plan is not sold any more."]},
            id="of a retired plan",
        ),
        pytest.param(
            {},
            "2199-12-31",
            {"starts_on": ["It would reach past the year 2199."]},
            id="beyond the calendar",
        ),
        pytest.param(
            {},
            "1899-12-31",
            {"starts_on": ["The year must be within 1900 to 2199."]},
            id="before the calendar",
        ),
    ],
)
def test_a_membership_that_is_not_sold_is_told_on_the_form(admin_client, held, starts_on, errors):
    held = MembershipFactory(**held)
    before = written()
    body = {"customer": held.customer_id, "plan": held.plan_id, "starts_on": starts_on}

    answer = admin_client.post(MEMBERSHIPS + "add/", body)

    assert errors_on(answer) == errors
    assert written() == before


# --- Its page -------------------------------------------------------------------------------------


def test_its_page_shows_its_days_what_it_opens_and_its_renewals(admin_client):
    membership, _ = member_with_a_booking()
    next_one = MembershipFactory(
        customer=membership.customer, plan=membership.plan, starts_on=date(2030, 6, 1)
    )

    answer = admin_client.get(change(MEMBERSHIPS, membership))

    shown = [(row["days"], row["state"]) for row in answer.context["all_of_this_plan"]]
    assert shown == [
        ("1 Jun 2030 – 30 Jun 2030", "To come"),
        ("1 May 2030 – 31 May 2030", "Current"),
    ]
    assert [one.name for one in answer.context["opened"]] == ["Aerial"]
    assert change(MEMBERSHIPS, next_one) in answer.content.decode()


def test_a_membership_is_neither_edited_nor_deleted(admin_client):
    membership, another = MembershipFactory(), CustomerFactory()
    before = written()
    body = {"customer": another.pk, "starts_on": "2030-01-01", "ends_on": "", "cancelled_on": ""}

    answer = admin_client.post(change(MEMBERSHIPS, membership), body, follow=True)
    deleted = admin_client.post(f"{MEMBERSHIPS}{membership.pk}/delete/", {"post": "yes"})

    assert said_in(answer) == ["Nothing to change."]
    assert deleted.status_code == 403
    assert written() == before


MAY, JUNE = date(2030, 5, 1), date(2030, 6, 1)


@pytest.mark.parametrize(
    ("values", "state", "days"),
    [
        pytest.param({}, "current", "1 May 2030 – 31 May 2030", id="in the middle"),
        pytest.param(
            {"starts_on": JUNE}, "to_come", "1 Jun 2030 – 30 Jun 2030", id="sold ahead of time"
        ),
        pytest.param(
            {"starts_on": date(2030, 4, 13)}, "over", "13 Apr 2030 – 12 May 2030", id="run out"
        ),
        pytest.param(
            {"starts_on": date(2030, 4, 14)}, "current", "14 Apr 2030 – 13 May 2030", id="last day"
        ),
        pytest.param(
            {"cancelled_on": TODAY}, "cancelled", "1 May 2030 – 12 May 2030", id="cancelled"
        ),
        pytest.param(
            {"cancelled_on": date(2030, 5, 14)},
            "current",
            "1 May 2030 – 13 May 2030",
            id="cancelled from tomorrow on",
        ),
        pytest.param(
            {"cancelled_on": MAY}, "cancelled", "None, cancelled from 1 May 2030 on", id="never"
        ),
        pytest.param(
            {"starts_on": JUNE, "cancelled_on": JUNE},
            "cancelled",
            "None, cancelled from 1 Jun 2030 on",
            id="cancelled ahead of time",
        ),
        pytest.param(
            {"plan__open_ended": True}, "current", "From 1 May 2030 until cancelled", id="open"
        ),
    ],
)
def test_the_list_says_what_a_membership_is_worth_and_is_filtered_by_it(
    admin_client, values, state, days
):
    membership = MembershipFactory(**values)

    found = {
        asked: list(admin_client.get(MEMBERSHIPS, {"state": asked}).context["cl"].result_list)
        for asked in ("current", "to_come", "over", "cancelled")
    }
    row = str(admin_client.get(MEMBERSHIPS).context["results"][0])

    assert [asked for asked, rows in found.items() if rows == [membership]] == [state]
    assert days in row


# --- Renewing -------------------------------------------------------------------------------------


def test_a_membership_is_renewed_from_the_day_after_it_ends(admin_client):
    membership = MembershipFactory()

    answer = admin_client.post(change(MEMBERSHIPS, membership), RENEW, follow=True)

    renewed = Membership.objects.exclude(pk=membership.pk).get()
    assert (renewed.starts_on, renewed.ends_on) == (JUNE, date(2030, 6, 30))
    assert said_in(answer) == ["Renewed: 1 Jun 2030 – 30 Jun 2030."]
    assert answer.redirect_chain[-1][0] == change(MEMBERSHIPS, renewed)
    assert LogEntry.objects.get().object_id == str(renewed.pk)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"plan__is_active": False}, "This plan is not sold any more."),
        ({"plan__open_ended": True}, OVERLAPS),
    ],
    ids=["of a retired plan", "without an end"],
)
def test_a_renewal_that_is_refused_is_told(admin_client, values, sentence):
    membership = MembershipFactory(**values)
    before = written()

    answer = admin_client.post(change(MEMBERSHIPS, membership), RENEW)

    assert errors_on(answer) == {"__all__": [sentence]}
    assert written() == before


# --- Cancelling -----------------------------------------------------------------------------------

FROM_TODAY = {"cancelled_on": "2030-05-13", "reason": "Moves away"}


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


def test_what_is_confirmed_is_cancelled_and_the_customer_told(admin_client):
    membership, booking = member_with_a_booking()

    answer = admin_client.post(cancel(membership), {**FROM_TODAY, "confirmed": ""}, follow=True)

    sentence = "It opens nothing from Mon 13 May 2030 on. One booking was cancelled with it."
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
