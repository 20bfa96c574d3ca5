"""Agreements: found, sold and edited, by two at once as well."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from zeal import zeal_ignore

from core.tests.sending import sent_by
from followups.models import Agreement, AgreementChange, FollowUp
from followups.services import edit_agreement
from followups.states import FollowUpStatus
from followups.tests.admin import (
    AGREEMENTS,
    NOON,
    change,
    errors_on,
    found_in,
    read_aloud,
    sold,
    somebody,
)

pytestmark = pytest.mark.django_db


def test_agreements_are_found_by_customer_and_by_what_they_are(admin_client):
    plain = sold(somebody("Anna"))
    trial = sold(somebody("Ben"), is_trial=True)
    owing = sold(plain.customer, status="collections", past_due_balance=Decimal("9.90"))
    expired = sold(trial.customer, status="inactive", alert="expired")

    asked = {
        "q=anna": [owing, plain],
        f"customer__id__exact={trial.customer_id}": [expired, trial],
        "status__exact=collections": [owing],
        "alert__exact=expired": [expired],
        "trial=yes": [trial],
        "trial=no": [expired, owing, plain],
        "past_due=yes": [owing],
        "past_due=no": [expired, trial, plain],
        "trial=perhaps": [expired, owing, trial, plain],
    }
    found = {query: found_in(admin_client.get(f"{AGREEMENTS}?{query}")) for query in asked}

    assert found == asked


@pytest.mark.parametrize(
    ("typed", "remaining"),
    [
        pytest.param({"session_quantity": "10"}, 10, id="all of them unless it is said"),
        pytest.param({"session_quantity": "10", "sessions_remaining": "0"}, 0, id="none"),
        pytest.param({}, None, id="unlimited"),
    ],
)
def test_an_agreement_is_sold_by_the_service(admin_client, typed, remaining):
    anna = somebody()
    proposed = admin_client.get(AGREEMENTS + "add/").context["adminform"].form
    body = {**sent_by(proposed), "customer": anna.pk, **typed}

    admin_client.post(AGREEMENTS + "add/", body)

    agreement = Agreement.objects.get()
    assert (agreement.customer, agreement.purchased_on) == (anna, date(2030, 5, 14))
    assert agreement.sessions_remaining == remaining
    assert LogEntry.objects.get().object_id == str(agreement.pk)
    assert FollowUp.objects.get().status == FollowUpStatus.ACTIVE


def open_form(admin_client, agreement):
    return admin_client.get(change(AGREEMENTS, agreement)).context["adminform"].form


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        pytest.param(
            {"status": "inactive"},
            {"alert": ["An inactive agreement was canceled or has expired: it needs that alert."]},
            id="inactive for no reason",
        ),
        pytest.param(
            {"alert": "expired"},
            {"alert": ["Only an inactive agreement has an alert."]},
            id="active and expired",
        ),
        pytest.param(
            {"sessions_remaining": "11"},
            {"sessions_remaining": ["No more than the 10 that were bought can remain."]},
            id="more left than bought",
        ),
        pytest.param(
            {"sessions_remaining": "9" * 30},
            {"sessions_remaining": ["No more than the 10 that were bought can remain."]},
            id="far more left than bought",
        ),
        pytest.param(
            {"past_due_balance": "-0.01"},
            {"past_due_balance": ["Ensure this value is greater than or equal to 0."]},
            id="a negative balance",
        ),
        pytest.param(
            {"past_due_balance": "0.001"},
            {"past_due_balance": ["Ensure that there are no more than 2 decimal places."]},
            id="tenths of cents",
        ),
        pytest.param(
            {"session_quantity": "0"},
            {"session_quantity": ["Ensure this value is greater than or equal to 1."]},
            id="none bought",
        ),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_not_written(admin_client, typed, errors):
    agreement = sold()
    before = list(Agreement.objects.values())

    answer = admin_client.post(
        change(AGREEMENTS, agreement), sent_by(open_form(admin_client, agreement), **typed)
    )

    assert errors_on(answer) == errors
    assert list(Agreement.objects.values()) == before
    assert (AgreementChange.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_an_edit_is_kept_with_who_made_it_and_stands_below_the_form(admin_client):
    agreement = sold()
    body = sent_by(open_form(admin_client, agreement), status="suspended", past_due_balance="5")

    admin_client.post(change(AGREEMENTS, agreement), body)
    edit_agreement(agreement=agreement, changes={"session_quantity": None}, by="maria", at=NOON)

    assert read_aloud(admin_client.get(change(AGREEMENTS, agreement)), "changes").endswith(
        "When What By whom, or why Tue 14 May 2030, 12:00 "
        "Session quantity: 10 → unlimited Sessions remaining: 10 → unlimited Edited by maria "
        "Tue 14 May 2030, 12:00 Status: Active → Suspended Past due balance: 0.00 → 5.00 "
        "Edited by desk"
    )


def test_an_agreement_stays_its_customers_and_is_not_deleted(admin_client):
    agreement, ben = sold(), somebody("Ben")
    body = sent_by(open_form(admin_client, agreement), customer=ben.pk)

    admin_client.post(change(AGREEMENTS, agreement), body)
    deleted = admin_client.post(f"{AGREEMENTS}{agreement.pk}/delete/", {"post": "yes"})

    assert Agreement.objects.get() == agreement
    assert Agreement.objects.get().customer == agreement.customer != ben
    assert deleted.status_code == 403


# --- Two at once ----------------------------------------------------------------------------------


def test_two_who_edit_different_fields_lose_neither(admin_client):
    agreement = sold()
    annas, bens = (sent_by(open_form(admin_client, agreement)) for _ in range(2))

    admin_client.post(change(AGREEMENTS, agreement), {**annas, "status": "suspended"})
    admin_client.post(change(AGREEMENTS, agreement), {**bens, "past_due_balance": "5.00"})

    agreement.refresh_from_db()
    assert (agreement.status, agreement.past_due_balance) == ("suspended", 5)
    assert [list(one.values) for one in AgreementChange.objects.order_by("pk")] == [
        ["status"],
        ["past_due_balance"],
    ]


def test_a_session_used_up_while_a_form_stands_open_stays_used_up(admin_client):
    agreement = sold()
    body = sent_by(open_form(admin_client, agreement), past_due_balance="5.00")
    edit_agreement(agreement=agreement, changes={"sessions_remaining": 9}, by="", at=NOON)

    admin_client.post(change(AGREEMENTS, agreement), body)

    agreement.refresh_from_db()
    assert (agreement.sessions_remaining, agreement.past_due_balance) == (9, 5)


def test_who_edits_what_a_colleague_just_changed_is_shown_it_and_may_insist(admin_client):
    agreement = sold()
    annas, bens = (sent_by(open_form(admin_client, agreement)) for _ in range(2))
    url = change(AGREEMENTS, agreement)

    admin_client.post(url, {**annas, "status": "suspended", "past_due_balance": "7"})
    refused = admin_client.post(url, {**bens, "status": "collections", "session_quantity": "12"})
    agreement.refresh_from_db()
    stands = (agreement.status, agreement.session_quantity)
    again = sent_by(refused.context["adminform"].form)
    admin_client.post(url, again)

    sentence = (
        "A colleague has changed this meanwhile, to Suspended. Save again to have yours instead."
    )
    assert errors_on(refused) == {"status": [sentence]}
    assert stands == ("suspended", 10)
    assert (again["status"], again["past_due_balance"]) == (["collections"], ["7.00"])
    agreement.refresh_from_db()
    assert (agreement.status, agreement.session_quantity) == ("collections", 12)
    assert agreement.past_due_balance == 7


def test_two_who_make_the_same_edit_agree(admin_client):
    agreement = sold()
    both = [sent_by(open_form(admin_client, agreement), status="suspended") for _ in range(2)]

    answers = [admin_client.post(change(AGREEMENTS, agreement), one) for one in both]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert AgreementChange.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_field_at_one_instant_one_is_shown_the_others(
    admin_client, race_rounds
):
    agreement = sold(session_quantity=1000)
    url = change(AGREEMENTS, agreement)

    def post(body, start):
        try:
            connection.ensure_connection()
            client = Client()
            client.cookies = admin_client.cookies
            start.wait(timeout=30)
            with zeal_ignore():
                return client.post(url, body).status_code
        finally:
            connection.close()

    for number in range(race_rounds):
        start = Barrier(2)
        opened = open_form(admin_client, agreement)
        bodies = [sent_by(opened, sessions_remaining=2 * number + one) for one in (0, 1)]
        with ThreadPoolExecutor(2) as threads:
            answers = [threads.submit(post, body, start) for body in bodies]
        assert sorted(answer.result() for answer in answers) == [200, 302]

    assert AgreementChange.objects.count() == race_rounds
