"""Memberships at the desk: sold, renewed, and what their pages show."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry

from bookings.models import Booking
from bookings.tests.admin import change, errors_on, said_in
from classes.tests.factories import TUESDAY_18, ClassTypeFactory
from core.tests.listing import listed
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
    ("values", "sentence"),
    [({}, "Sold until 12 Jun 2030."), ({"open_ended": True}, "Sold until it is cancelled.")],
    ids=["a month", "open-ended"],
)
def test_who_sold_a_membership_is_told_its_last_day(admin_client, values, sentence):
    anna, plan = CustomerFactory(), MembershipPlanFactory(**values)
    body = {"customer": anna.pk, "plan": plan.pk, "starts_on": "2030-05-13"}

    form = admin_client.get(MEMBERSHIPS + "add/").content.decode()
    answer = admin_client.post(MEMBERSHIPS + "add/", body, follow=True)

    assert 'name="_continue"' not in form
    assert 'name="_addanother"' not in form
    its_page = change(MEMBERSHIPS, Membership.objects.get())
    link = f'<a href="{its_page}" class="text-link">{anna} · {plan}</a>'
    assert said_in(answer) == [f"{link}: {sentence}"]


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
    aerial = ClassTypeFactory(name="Aerial", is_premium=True)
    membership = MembershipFactory(plan=MembershipPlanFactory(class_types=[aerial]))
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
    admin_client, admin_user, values, state, days
):
    membership = MembershipFactory(**values)

    found = {
        asked: listed(Membership, admin_user, f"state={asked}")
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


@pytest.mark.parametrize("page", ["change", "cancel"])
@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc"])
def test_a_page_of_no_membership_is_no_error_page(admin_client, page, pk):
    answer = admin_client.get(f"{MEMBERSHIPS}{pk}/{page}/", follow=True)

    assert answer.status_code == 200
    assert "Perhaps it was deleted?" in said_in(answer)[0]
