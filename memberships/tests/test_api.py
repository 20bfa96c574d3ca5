"""Memberships over HTTP: what the desk sends and sees."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from customers.tests.factories import CustomerFactory
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory

pytestmark = pytest.mark.django_db

URL = "/api/memberships"
NOON = datetime(2030, 5, 14, 12, tzinfo=UTC)


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


@time_machine.travel(NOON, tick=False)
def test_a_membership_is_answered_as_it_is_read_and_listed(api):
    customer, plan = CustomerFactory(), MembershipPlanFactory()

    made = api.post(URL, {"customer": customer.pk, "plan": plan.pk, "starts_on": "2030-05-01"})

    assert made.status_code == 201
    assert made.json() == {
        "id": Membership.objects.get().pk,
        "customer": customer.pk,
        "plan": plan.pk,
        "starts_on": "2030-05-01",
        "ends_on": "2030-05-31",
        "cancelled_on": None,
        "cancellation_reason": "",
        "is_current": True,
    }
    assert api.get(f"{URL}/{made.json()['id']}").json() == made.json()
    assert api.get(URL).json()["results"] == [made.json()]


@pytest.mark.parametrize(
    ("at", "starts_on"),
    [
        pytest.param("2030-05-14T21:59:59Z", "2030-05-14", id="the last second of the day"),
        pytest.param("2030-05-14T22:00:00Z", "2030-05-15", id="midnight in Berlin"),
        pytest.param("2030-12-31T22:59:59Z", "2030-12-31", id="the last second of the year"),
        pytest.param("2030-12-31T23:00:00Z", "2031-01-01", id="midnight in Berlin in winter"),
    ],
)
def test_a_membership_starts_today_where_the_gym_is(api, berlin, at, starts_on):
    body = {"customer": CustomerFactory().pk, "plan": MembershipPlanFactory().pk}

    with time_machine.travel(at, tick=False):
        made = api.post(URL, body)

    assert (made.json()["starts_on"], made.json()["is_current"]) == (starts_on, True)


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"customer": None}, [("null", "customer")]),
        ({"customer": "7"}, [("invalid", "customer")]),
        ({"customer": 0}, [("min_value", "customer")]),
        ({"customer": 999_999}, [("does_not_exist", "customer")]),
        ({"plan": 999_999}, [("does_not_exist", "plan")]),
        ({"plan": 2**63}, [("max_value", "plan")]),
        ({"plan": [1]}, [("invalid", "plan")]),
        ({"starts_on": None}, [("null", "starts_on")]),
        ({"starts_on": ""}, [("invalid", "starts_on")]),
        ({"starts_on": "tomorrow"}, [("invalid", "starts_on")]),
        ({"starts_on": "2030-02-30"}, [("invalid", "starts_on")]),
        ({"starts_on": "2030-05-14T12:00:00Z"}, [("invalid", "starts_on")]),
        ({"starts_on": "1899-12-31"}, [("invalid", "starts_on")]),
        ({"starts_on": "2200-01-01"}, [("invalid", "starts_on")]),
        ({"starts_on": "2199-12-31"}, [("max_value", "starts_on")]),
        ({"starts_on": 20300514}, [("invalid", "starts_on")]),
        ({"cancelled_on": "2030-05-20"}, [("immutable", "cancelled_on")]),
        ({"cancellation_reason": "ill"}, [("immutable", "cancellation_reason")]),
        ({"start_on": "2030-05-14"}, [("unknown_field", "start_on")]),
    ],
    ids=str,
)
def test_a_malformed_membership_is_a_400_that_names_the_field(api, wrong, errors):
    body = {"customer": CustomerFactory().pk, "plan": MembershipPlanFactory().pk}

    answer = api.post(URL, body | wrong)

    assert (answer.status_code, errors_of(answer)) == (400, errors)
    assert not Membership.objects.exists()


def test_customer_and_plan_are_needed(api):
    answer = api.post(URL, {})

    assert answer.status_code == 400
    assert errors_of(answer) == [("required", "customer"), ("required", "plan")]


def test_what_is_not_cancelled_may_say_so(api):
    body = {"customer": CustomerFactory().pk, "plan": MembershipPlanFactory().pk}

    made = api.post(URL, body | {"cancelled_on": None, "cancellation_reason": ""})

    assert (made.status_code, made.json()["cancelled_on"]) == (201, None)


@time_machine.travel(NOON, tick=False)
def test_a_sale_sent_twice_does_no_harm_and_names_the_first(api):
    body = {"customer": CustomerFactory().pk, "plan": MembershipPlanFactory().pk}
    first = api.post(URL, body).json()

    again = api.post(URL, body)

    assert again.status_code == 409
    assert again.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "membership_overlaps",
                "detail": "The customer has a membership of this plan on some of these days "
                "already.",
                "attr": None,
                "facts": {"membership": first["id"]},
            }
        ],
    }
    assert Membership.objects.count() == 1


def test_a_retired_plan_is_a_409(api):
    plan = MembershipPlanFactory(is_active=False)

    answer = api.post(URL, {"customer": CustomerFactory().pk, "plan": plan.pk})

    assert answer.status_code == 409
    assert answer.json()["errors"] == [
        {
            "code": "plan_retired",
            "detail": "This plan is not sold any more.",
            "attr": None,
            "facts": {"plan": plan.pk},
        }
    ]
    assert not Membership.objects.exists()


def test_a_renewal_is_a_membership_of_its_own(api):
    held = MembershipFactory(starts_on=date(2030, 5, 1))

    renewed = api.post(f"{URL}/{held.pk}/renew")
    again = api.post(f"{URL}/{held.pk}/renew", {})

    assert renewed.status_code == 201
    assert renewed.json() == api.get(f"{URL}/{renewed.json()['id']}").json()
    assert (renewed.json()["starts_on"], renewed.json()["ends_on"]) == ("2030-06-01", "2030-06-30")
    assert (again.status_code, errors_of(again)) == (409, [("membership_overlaps", None)])
    assert again.json()["errors"][0]["facts"] == {"membership": renewed.json()["id"]}
    assert Membership.objects.count() == 2


def test_a_renewal_takes_no_other_days(api):
    held = MembershipFactory()

    answer = api.post(f"{URL}/{held.pk}/renew", {"starts_on": "2030-07-01"})

    assert (answer.status_code, errors_of(answer)) == (400, [("unknown_field", "starts_on")])
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("action", ["", "/renew"])
def test_a_membership_that_does_not_exist_is_a_404(api, action):
    method = api.post if action else api.get

    answer = method(f"{URL}/999999{action}")

    assert (answer.status_code, errors_of(answer)) == (404, [("not_found", None)])


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_membership_is_neither_edited_nor_deleted(api, method):
    held = MembershipFactory()

    answer = getattr(api, method)(f"{URL}/{held.pk}", {"ends_on": "2040-01-01"})

    assert answer.status_code == 405
    held.refresh_from_db()
    assert held.ends_on == date(2030, 5, 31)


@pytest.mark.parametrize(
    ("day", "month", "cancelled", "void", "open_ended"),
    [
        pytest.param("2030-04-30", False, False, False, False, id="the day before"),
        pytest.param("2030-05-01", True, True, False, True, id="the first day"),
        pytest.param("2030-05-09", True, True, False, True, id="the day before it was cancelled"),
        pytest.param("2030-05-10", True, False, False, True, id="the day of the cancellation"),
        pytest.param("2030-05-31", True, False, False, True, id="the last day"),
        pytest.param("2030-06-01", False, False, False, True, id="the day after"),
    ],
)
def test_a_membership_is_current_on_the_days_on_which_it_grants(
    api, day, month, cancelled, void, open_ended
):
    first = date(2030, 5, 1)
    made = [
        MembershipFactory(starts_on=first),
        MembershipFactory(starts_on=first, cancelled_on=date(2030, 5, 10)),
        MembershipFactory(starts_on=first, cancelled_on=first),
        MembershipFactory(starts_on=first, plan__open_ended=True),
    ]
    expected = [month, cancelled, void, open_ended]

    found = api.get(URL, {"current_on": day, "ordering": "id"}).json()["results"]
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        rows = api.get(URL, {"ordering": "id"}).json()["results"]

    current = [one.pk for one, is_current in zip(made, expected, strict=True) if is_current]
    assert [row["id"] for row in found] == current
    assert [row["is_current"] for row in rows] == expected


@pytest.mark.parametrize(
    ("at", "is_current"),
    [
        pytest.param("2030-04-30T21:59:59Z", False, id="a second before its first day"),
        pytest.param("2030-04-30T22:00:00Z", True, id="midnight in Berlin"),
        pytest.param("2030-05-31T21:59:59Z", True, id="the last second of its last day"),
        pytest.param("2030-05-31T22:00:00Z", False, id="the midnight after"),
    ],
)
def test_a_membership_is_current_by_the_gyms_day(api, berlin, at, is_current):
    held = MembershipFactory(starts_on=date(2030, 5, 1))

    with time_machine.travel(at, tick=False):
        row = api.get(f"{URL}/{held.pk}").json()

    assert row["is_current"] is is_current


def test_memberships_are_found_by_customer_and_plan(api):
    one = MembershipFactory()
    of_the_customer = MembershipFactory(customer=one.customer)
    of_the_plan = MembershipFactory(plan=one.plan)

    def ids(**query):
        return [row["id"] for row in api.get(URL, query).json()["results"]]

    assert ids(customer=one.customer.pk) == [of_the_customer.pk, one.pk]
    assert ids(plan=one.plan.pk) == [of_the_plan.pk, one.pk]
    assert ids(plan=one.plan.pk, customer=one.customer.pk) == [one.pk]
    assert ids(ordering="starts_on", customer=one.customer.pk) == [one.pk, of_the_customer.pk]
