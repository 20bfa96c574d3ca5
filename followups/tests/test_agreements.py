"""Agreements sold and edited, by service and over the API."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from customers.tests.factories import CustomerFactory
from followups import services
from followups.models import Agreement, AgreementChange, FollowUp
from followups.tests.factories import AgreementFactory

pytestmark = pytest.mark.django_db

URL = "/api/agreements"
# Midnight in Berlin is past, and the gym keeps UTC.
NOW = datetime(2030, 5, 14, 22, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_now():
    with time_machine.travel(NOW, tick=False):
        yield


def sell(**values):
    values = {"purchased_on": date(2030, 5, 1), **values}
    return services.sell_agreement(customer_id=CustomerFactory().pk, values=values, at=NOW)


def edit(agreement, **changes):
    return services.edit_agreement(agreement=agreement, changes=changes, by="", at=NOW)


def changes_of(agreement):
    rows = agreement.changes.order_by("pk")
    assert all(row.changed_at == NOW for row in rows)
    return list(rows.values_list("cause", "values"))


def post(api, **values):
    return api.post(URL, {"customer": CustomerFactory().pk, **values})


def test_an_agreement_begins_active_unlimited_and_paid_today(api):
    customer = CustomerFactory()

    answer = api.post(URL, {"customer": customer.pk})

    assert answer.status_code == 201
    assert answer.json() == {
        "id": Agreement.objects.get().pk,
        "customer": customer.pk,
        "purchased_on": "2030-05-14",
        "session_quantity": None,
        "sessions_remaining": None,
        "status": "active",
        "alert": "none",
        "past_due_balance": "0.00",
        "is_trial": False,
    }
    assert api.get(f"{URL}/{answer.json()['id']}").json() == answer.json()
    assert changes_of(customer.agreements.get()) == []


def test_today_is_the_gyms_day(api, berlin):
    assert post(api).json()["purchased_on"] == "2030-05-15"


def test_all_of_the_sessions_remain_unless_it_is_said_otherwise(api):
    assert post(api, session_quantity=10).json()["sessions_remaining"] == 10
    assert post(api, session_quantity=10, sessions_remaining=0).json()["sessions_remaining"] == 0


@pytest.mark.parametrize("amount", ["35", "35.5", "35.50", 35.5, 0, "99999999.99"])
def test_a_balance_has_at_most_two_decimals(api, amount):
    answer = post(api, past_due_balance=amount)

    assert answer.json()["past_due_balance"] == f"{Decimal(str(amount)):.2f}"


@pytest.mark.parametrize(
    ("values", "attr", "code"),
    [
        pytest.param({"status": "inactive"}, "alert", "required", id="inactive without an alert"),
        pytest.param(
            {"status": "inactive", "alert": "none"}, "alert", "required", id="inactive for nothing"
        ),
        pytest.param({"alert": "expired"}, "alert", "invalid", id="an alert of an active one"),
        pytest.param(
            {"status": "collections", "alert": "canceled"},
            "alert",
            "invalid",
            id="an alert of one in collections",
        ),
        pytest.param(
            {"session_quantity": 5, "sessions_remaining": 6},
            "sessions_remaining",
            "max_value",
            id="more remaining than bought",
        ),
        pytest.param(
            {"session_quantity": 5, "sessions_remaining": -1},
            "sessions_remaining",
            "min_value",
            id="fewer than none remaining",
        ),
        pytest.param(
            {"session_quantity": 5, "sessions_remaining": None},
            "sessions_remaining",
            "invalid",
            id="no number remaining of five",
        ),
        pytest.param(
            {"sessions_remaining": 3},
            "sessions_remaining",
            "invalid",
            id="three remaining of an unlimited one",
        ),
        pytest.param({"session_quantity": 0}, "session_quantity", "min_value", id="no sessions"),
        pytest.param(
            {"session_quantity": 10_001}, "session_quantity", "max_value", id="too many sessions"
        ),
        pytest.param(
            {"past_due_balance": "-0.01"}, "past_due_balance", "min_value", id="a negative balance"
        ),
        pytest.param(
            {"past_due_balance": "0.001"},
            "past_due_balance",
            "max_decimal_places",
            id="a balance of three decimals",
        ),
        pytest.param({"status": "Active"}, "status", "invalid_choice", id="Active for active"),
        pytest.param({"alert": "cancelled"}, "alert", "invalid_choice", id="two l in canceled"),
        pytest.param({"customer": 999_999}, "customer", "does_not_exist", id="nobody's"),
    ],
)
def test_what_cannot_be_is_a_400_that_names_the_field(api, values, attr, code):
    answer = post(api, **values)

    assert answer.status_code == 400
    assert [(one["attr"], one["code"]) for one in answer.json()["errors"]] == [(attr, code)]
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("begins", "change", "attr"),
    [
        pytest.param({}, {"status": "inactive"}, "alert", id="inactive, and no alert yet"),
        pytest.param(
            {"status": "inactive", "alert": "expired"},
            {"status": "active"},
            "alert",
            id="active again, and the alert stays",
        ),
        pytest.param(
            {"session_quantity": 10},
            {"sessions_remaining": 11},
            "sessions_remaining",
            id="more remaining than bought",
        ),
        pytest.param(
            {"session_quantity": 10},
            {"session_quantity": 9},
            "sessions_remaining",
            id="fewer bought than remain",
        ),
        pytest.param(
            {"session_quantity": 10},
            {"sessions_remaining": None},
            "sessions_remaining",
            id="no number remaining of ten",
        ),
    ],
)
def test_an_edit_that_contradicts_what_stands_is_a_400(api, begins, change, attr):
    agreement = sell(**begins)
    before = api.get(f"{URL}/{agreement.pk}").json()

    answer = api.patch(f"{URL}/{agreement.pk}", change)

    assert answer.status_code == 400
    assert [one["attr"] for one in answer.json()["errors"]] == [attr]
    assert api.get(f"{URL}/{agreement.pk}").json() == before
    assert changes_of(agreement) == []


def test_what_staff_edit_is_kept_with_the_values_before_and_after(api):
    agreement = sell(session_quantity=10)

    answer = api.patch(
        f"{URL}/{agreement.pk}",
        {
            "sessions_remaining": 3,
            "past_due_balance": "35",
            "status": "active",
            "purchased_on": "2030-05-02",
        },
    )

    assert answer.status_code == 200
    values = {
        "sessions_remaining": [10, 3],
        "past_due_balance": ["0.00", "35.00"],
        "purchased_on": ["2030-05-01", "2030-05-02"],
    }
    assert changes_of(agreement) == [("edited", values)]


def test_who_edited_is_kept():
    agreement = sell()

    services.edit_agreement(agreement=agreement, changes={"is_trial": True}, by="desk", at=NOW)

    assert changes_of(agreement) == [("edited by desk", {"is_trial": [False, True]})]


def test_an_edit_of_nothing_is_no_change(api):
    agreement = sell(session_quantity=10)
    whole = api.get(f"{URL}/{agreement.pk}").json()

    assert api.put(f"{URL}/{agreement.pk}", whole).json() == whole
    assert api.patch(f"{URL}/{agreement.pk}", {}).json() == whole
    assert not AgreementChange.objects.exists()


def test_an_edit_writes_over_nothing_that_a_colleague_wrote_meanwhile():
    stale = sell(session_quantity=10)
    edit(Agreement.objects.get(), past_due_balance=Decimal("35.00"))

    edited = edit(stale, status="suspended")

    agreement = Agreement.objects.get()
    assert (agreement.status, agreement.past_due_balance) == ("suspended", Decimal("35.00"))
    assert edited.past_due_balance == Decimal("35.00")


@pytest.mark.parametrize(
    ("before", "after", "remaining"),
    [
        pytest.param(None, 5, 5, id="bounded, so all of them remain"),
        pytest.param(5, None, None, id="unlimited, so there is no number"),
        pytest.param(5, 8, 5, id="three more bought, and as many remain as before"),
    ],
)
def test_another_quantity_leaves_a_number_that_fits(before, after, remaining):
    agreement = edit(sell(session_quantity=before), session_quantity=after)

    assert (agreement.session_quantity, agreement.sessions_remaining) == (after, remaining)


def test_an_agreement_stays_with_its_customer(api):
    agreement = sell()
    whole = api.get(f"{URL}/{agreement.pk}").json()

    answer = api.put(f"{URL}/{agreement.pk}", whole | {"customer": CustomerFactory().pk})

    assert answer.status_code == 400
    assert [(e["attr"], e["code"]) for e in answer.json()["errors"]] == [("customer", "immutable")]
    assert api.get(f"{URL}/{agreement.pk}").json() == whole


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "inactive,suspended"}, ["over", "paused"]),
        ({"alert": "canceled"}, ["over"]),
        ({"is_trial": "true"}, ["trial"]),
        ({"ordering": "-purchased_on"}, ["trial", "over", "paused"]),
    ],
    ids=["of two statuses", "of an alert", "trials", "the newest first"],
)
def test_agreements_are_found_and_ordered(api, query, found):
    made = {
        "paused": AgreementFactory(status="suspended"),
        "over": AgreementFactory(
            status="inactive", alert="canceled", purchased_on=date(2030, 5, 2)
        ),
        "trial": AgreementFactory(is_trial=True, purchased_on=date(2030, 5, 3)),
    }

    rows = api.get(URL, query).json()["results"]

    ids = {agreement.pk: name for name, agreement in made.items()}
    names = [ids[row["id"]] for row in rows]
    assert names == found if "ordering" in query else sorted(names) == found


def test_a_refused_sale_leaves_no_status_behind(api):
    customer = CustomerFactory()

    api.post(URL, {"customer": customer.pk, "status": "inactive"})

    assert not FollowUp.objects.exists()
