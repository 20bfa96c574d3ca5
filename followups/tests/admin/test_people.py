"""Whom to follow up with: the list, its chart, the page of one, and who is gone."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from zeal import zeal_ignore

from bookings.services import book_session
from classes.tests.factories import ClassSessionFactory
from customers.models import Customer
from followups.models import FollowUp
from followups.services import edit_agreement, people_by_status
from followups.states import FollowUpStatus
from followups.tests.admin import (
    AGREEMENTS,
    CUSTOMERS,
    HOUR,
    NOON,
    PEOPLE,
    change,
    found_in,
    read_aloud,
    sold,
    somebody,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", [PEOPLE, AGREEMENTS])
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url):
    sold()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        sold()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_the_chart_says_how_many_have_each_status_and_leads_to_them(admin_client):
    sold(), sold(), somebody(origin="web")
    suspended = sold(status="suspended")

    answer = admin_client.get(PEOPLE)
    page = answer.content.decode()

    customers, prospects = (
        {bar.label: bar.value for bar in chart.bars} for chart in answer.context["charts"]
    )
    assert {label for label, value in {**customers, **prospects}.items() if not value} == {
        status.label for status in FollowUpStatus
    } - {"Active Customer", "Active Customer - Suspended", "Web Lead"}
    assert (customers["Active Customer"], prospects["Web Lead"]) == (2, 1)
    assert [chart.title for chart in answer.context["charts"]] == ["Customers: 3", "Prospects: 1"]
    [link] = re.findall(r'href="([^"]+)">Active Customer - Suspended</a>', page)
    [shown] = found_in(admin_client.get(link))
    assert shown.agreement == suspended


def test_people_are_found_by_name_by_address_by_status_and_by_day(admin_client):
    anna, ben = somebody("Anna", origin="web"), sold(somebody("Ben")).customer

    asked = {
        "q=ann": [anna.pk],
        f"q={anna.email.upper()}": [anna.pk],
        "q=schmidt": [ben.pk, anna.pk],
        "q=schmidt&status__exact=web_lead": [anna.pk],
        "since_from=2030-05-14": [ben.pk],
        "since_to=2030-05-13": [anna.pk],
    }
    found = {q: [row.pk for row in found_in(admin_client.get(f"{PEOPLE}?{q}"))] for q in asked}

    assert found == asked


def test_people_are_exported_with_the_reason(admin_client):
    agreement = sold(somebody("Ben"))

    answer = admin_client.post(
        PEOPLE, {"action": "export_to_csv", "_selected_action": agreement.customer_id}
    )

    [heading, row] = csv.reader(StringIO(answer.getvalue().decode().removeprefix("\ufeff")))
    assert dict(zip(heading, row, strict=True)) == {
        "customer id": str(agreement.customer_id),
        "first name": "Ben",
        "last name": "Schmidt",
        "email": agreement.customer.email,
        "status": "active_customer",
        "since": "2030-05-14 11:00:00+00:00",
        "agreement id": str(agreement.pk),
        "reason": f"Agreement {agreement.pk} is active and nothing is past due.",
    }


@pytest.fixture
def trial_that_began(at_noon):
    """Somebody with a trial, who has not come to a session that started a second ago."""
    anna = sold(is_trial=True).customer
    session = ClassSessionFactory(starts_at=NOON + HOUR)
    book_session(customer_id=anna.pk, session_id=session.pk, at=NOON)
    at_noon.move_to(session.starts_at + timedelta(seconds=1))
    assert anna.follow_up.status == FollowUpStatus.TRIAL_BOOKED
    return session, anna


def test_a_list_is_not_older_than_the_second_it_is_asked_for(admin_client, trial_that_began):
    answer = admin_client.get(PEOPLE)

    assert [row.status for row in found_in(answer)] == [FollowUpStatus.TRIAL_NO_SHOW]
    prospects = {bar.label: bar.value for bar in answer.context["charts"][1].bars}
    assert (prospects["Trial Booked"], prospects["Trial No Show"]) == (0, 1)


def test_a_page_shows_the_agreements_and_the_history_latest_first(admin_client, trial_that_began):
    session, anna = trial_that_began
    trial = anna.agreements.get()

    answer = admin_client.get(change(PEOPLE, anna))

    page = answer.content.decode()
    assert change(CUSTOMERS, anna) in page
    assert change(AGREEMENTS, trial) in page
    assert f"Has a trial, and did not come to session {session.pk}." in page
    assert f"#{trial.pk}, a trial" in read_aloud(answer, "agreements")
    assert read_aloud(answer, "history").endswith(
        "When From To Cause "
        f"Tue 14 May 2030, 13:00 Trial Booked Trial No Show Session {session.pk} started "
        f"Tue 14 May 2030, 12:00 Lead Trial Booked Booking {anna.bookings.get().pk} made"
    )


def test_a_page_costs_the_same_however_long_its_history_is(admin_client, queries_in):
    anna = sold().customer
    one = queries_in(lambda: admin_client.get(change(PEOPLE, anna)))
    for past_due in (5, 0, 5):
        edit_agreement(agreement=sold(anna), changes={"past_due_balance": past_due}, by="", at=NOON)

    more = queries_in(lambda: admin_client.get(change(PEOPLE, anna)))

    assert more == one


def test_a_status_is_never_typed_in(admin_client):
    anna = somebody()
    before = list(FollowUp.objects.values())

    posted = admin_client.post(change(PEOPLE, anna), {"status": "active_customer"})
    deleted = admin_client.post(f"{PEOPLE}{anna.pk}/delete/", {"post": "yes"})

    assert (posted.status_code, deleted.status_code) == (403, 403)
    assert list(FollowUp.objects.values()) == before


@pytest.mark.parametrize("number", [1, 2], ids=["on its page", "several at once"])
def test_who_is_deleted_is_counted_no_longer(admin_client, number):
    gone = [somebody().pk for _ in range(3)][:number]
    several = {"action": "delete_selected", "_selected_action": gone, "post": "yes"}

    if number == 1:
        admin_client.post(f"{CUSTOMERS}{gone[0]}/delete/", {"post": "yes"})
    else:
        # Each by the service, so they are no query for all.
        with zeal_ignore():
            admin_client.post(CUSTOMERS, several)

    assert not Customer.objects.filter(pk__in=gone).exists()
    assert people_by_status()["lead"] == FollowUp.objects.count() == 3 - number


def test_a_customers_page_leads_to_the_follow_up_and_the_agreements(admin_client):
    anna = somebody()

    elsewhere = dict(admin_client.get(change(CUSTOMERS, anna)).context["elsewhere"])

    assert elsewhere["Follow-up"] == change(PEOPLE, anna)
    assert elsewhere["Agreements"] == f"{AGREEMENTS}?customer__id__exact={anna.pk}"
