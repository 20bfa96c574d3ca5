"""Whom to follow up with, over the API: one, the list, the summary, the history."""

from decimal import Decimal

import pytest
import time_machine

from classes.tests.factories import TUESDAY_18
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp, FollowUpChange, FollowUpTally
from followups.services import tallies
from followups.states import FollowUpStatus
from followups.tests.stories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_18,
    book,
    come,
    come_for_a_trial,
    sell,
    written,
)

pytestmark = pytest.mark.django_db

URL = "/api/follow_ups"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY_18, tick=False) as traveller:
        yield traveller


def listed(api, **query):
    answer = api.get(URL, query)
    assert answer.status_code == 200, answer.content
    return [row["customer"] for row in answer.json()["results"]]


def summary(api):
    return {status: people for status, people in counts(api).items() if people}


def counts(api):
    return api.get(f"{URL}/summary").json()


def test_one_is_told_with_status_reason_and_since(api):
    customer = come()
    agreement = sell(customer, past_due_balance=Decimal("35.00"), at=MONDAY_18 + HOUR)

    answer = api.get(f"{URL}/{customer.pk}")

    assert answer.status_code == 200
    assert answer.json() == {
        "customer": customer.pk,
        "first_name": "Anna",
        "last_name": "Schmidt",
        "email": "anna@example.org",
        "follow_up_status": "delinquent_customer",
        "label": "Delinquent Customer",
        "since": written(MONDAY_18 + HOUR),
        "agreement": agreement.pk,
        "reason": f"35.00 is past due on agreement {agreement.pk}.",
    }
    assert api.get(URL).json()["results"] == [answer.json()]


def test_who_moves_is_told_with_the_new_name(api):
    customer = come()
    api.patch(f"/api/customers/{customer.pk}", {"last_name": "Meier"})

    assert api.get(f"{URL}/{customer.pk}").json()["last_name"] == "Meier"
    assert listed(api, search="meier") == [customer.pk]


@pytest.mark.parametrize("address", ["{id}", "{id}/history"])
@pytest.mark.parametrize("known", [False, True], ids=["nobody", "deleted"])
def test_who_is_not_there_is_a_404(api, address, known):
    customer = come()
    if known:
        assert api.delete(f"/api/customers/{customer.pk}").status_code == 204
    path = f"{URL}/{address.format(id=customer.pk if known else 999_999)}"

    assert api.get(path).status_code == 404


@pytest.mark.parametrize("path", ["", "/summary", "/{id}", "/{id}/history"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_types_a_status_in(api, path, method):
    customer = come()

    answer = getattr(api, method)(
        URL + path.format(id=customer.pk), {"follow_up_status": "active_customer"}
    )

    assert answer.status_code == 405
    assert FollowUp.objects.get().status == "lead"


def test_the_summary_counts_every_status_with_its_zeros(api, clock):
    come(email="one@example.org", origin="web")
    come(email="two@example.org", origin="web")
    book(come_for_a_trial())
    sell(come(email="four@example.org"))

    clock.move_to(TUESDAY_18)

    assert list(counts(api)) == FollowUpStatus.values
    assert counts(api) == dict.fromkeys(FollowUpStatus.values, 0) | {
        "web_lead": 2,
        "trial_no_show": 1,
        "active_customer": 1,
    }


def test_the_summary_is_the_same_after_its_numbers_were_added_up(api):
    for number in range(20):
        sell(come(email=f"{number}@example.org"))
    before = counts(api)

    tallies.add_up()

    assert counts(api) == before
    assert summary(api) == {"active_customer": 20}
    assert FollowUpTally.objects.count() <= len(FollowUpStatus)


def test_who_is_deleted_is_counted_and_listed_no_more(api):
    customer, other = come(), come(email="other@example.org")
    api.patch(f"/api/customers/{customer.pk}", {"origin": "web"})

    assert api.delete(f"/api/customers/{customer.pk}").status_code == 204

    assert summary(api) == {"lead": 1}
    assert listed(api) == [other.pk]
    assert not FollowUpChange.objects.exists()


def test_who_has_an_agreement_is_not_deleted_and_stays_counted(api):
    customer = come()
    sell(customer)

    assert api.delete(f"/api/customers/{customer.pk}").status_code == 409

    assert summary(api) == {"active_customer": 1}
    assert FollowUpChange.objects.count() == 1


@pytest.fixture
def people():
    """Four people, each an hour after the one before."""
    names = ["Anna Alt", "Berta Busch", "Carla Christ", "Dora Alt"]
    made = []
    for hour, name in enumerate(names):
        first_name, last_name = name.split()
        made.append(
            come(
                email=f"{first_name.lower()}@example.org",
                first_name=first_name,
                last_name=last_name,
                origin="web" if hour % 2 else "other",
                at=MONDAY_18 + hour * HOUR,
            )
        )
    sell(made[3], at=MONDAY_18 + 4 * HOUR)
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, "ABCD", id="everybody"),
        pytest.param({"follow_up_status": "web_lead"}, "B", id="of a status"),
        pytest.param({"follow_up_status": "lead,active_customer"}, "ACD", id="of two statuses"),
        pytest.param({"follow_up_status": "drop_in"}, "", id="of a status that nobody has"),
        pytest.param({"since_after": written(MONDAY_18 + HOUR)}, "BCD", id="since then or after"),
        pytest.param({"since_before": written(MONDAY_18 + HOUR)}, "A", id="since before"),
        pytest.param(
            {
                "since_after": written(MONDAY_18 + HOUR),
                "since_before": written(MONDAY_18 + 2 * HOUR),
            },
            "B",
            id="since between",
        ),
        pytest.param({"search": "ALT"}, "AD", id="by a name"),
        pytest.param({"search": "dora@"}, "D", id="by an address"),
        pytest.param({"search": "alt", "follow_up_status": "lead"}, "A", id="by name and status"),
        pytest.param({"ordering": "-since"}, "DCBA", id="the latest first"),
        pytest.param({"ordering": "-customer"}, "DCBA", id="the newest first"),
        pytest.param({"ordering": "last_name,-first_name"}, "DABC", id="by last and first name"),
        pytest.param({"ordering": "-email"}, "DCBA", id="by address, backwards"),
        pytest.param({"page": 2, "page_size": 3}, "D", id="the second page"),
    ],
)
def test_people_are_found_and_ordered(api, people, query, found):
    names = {customer.pk: customer.first_name[0] for customer in people}

    assert "".join(names[pk] for pk in listed(api, **query)) == found


@pytest.mark.parametrize(
    ("query", "number"),
    [
        pytest.param({}, 4, id="everybody"),
        pytest.param({"page": 2}, 4, id="everybody, on any page"),
        pytest.param({"follow_up_status": "lead"}, 2, id="of a status"),
        pytest.param({"follow_up_status": "lead,active_customer"}, 3, id="of two statuses"),
        pytest.param({"follow_up_status": "lead,lead"}, 2, id="of a status, said twice"),
        pytest.param({"follow_up_status": "lead", "search": "busch"}, 0, id="by name and status"),
        pytest.param(
            {"follow_up_status": "lead", "since_after": written(MONDAY_18 + HOUR)},
            1,
            id="by time and status",
        ),
    ],
)
def test_a_page_says_how_many_there_are_in_all(api, people, query, number):
    answer = api.get(URL, {"page_size": 1, **query})

    assert answer.json()["count"] == number


@pytest.mark.parametrize("status", ["Lead", "prospect", "lead,", "lead,prospect"])
def test_an_unknown_status_is_a_400(api, people, status):
    answer = api.get(URL, {"follow_up_status": status})

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == ["follow_up_status"]


def test_a_page_is_as_of_its_request_however_many_are_due(api, clock):
    people = [come_for_a_trial(email=f"{number}@example.org") for number in range(3)]
    for customer in people[:2]:
        book(customer)
    clock.move_to(TUESDAY_18 + DAY)

    assert listed(api, follow_up_status="trial_no_show") == [one.pk for one in people[:2]]
    assert listed(api, follow_up_status="trial_booked") == []


def test_history_has_the_latest_first_and_pages(api):
    customer = come(origin="web")
    agreement = sell(customer, at=MONDAY_18 + MINUTE)
    api.patch(f"/api/agreements/{agreement.pk}", {"status": "suspended"})

    answer = api.get(f"{URL}/{customer.pk}/history", {"page_size": 1}).json()

    assert (answer["count"], answer["previous"]) == (2, None)
    assert answer["results"] == [
        {
            "from_status": "active_customer",
            "to_status": "active_customer_suspended",
            "changed_at": written(MONDAY_18 + MINUTE),
            "cause": f"agreement {agreement.pk} edited",
        }
    ]
    second = api.get(answer["next"]).json()["results"]
    assert [(row["from_status"], row["cause"]) for row in second] == [
        ("web_lead", f"agreement {agreement.pk} sold")
    ]


def test_nobodys_history_is_anothers(api):
    customer, other = come(), come(email="other@example.org")
    sell(other)

    assert api.get(f"{URL}/{customer.pk}/history").json()["count"] == 0


def test_reading_costs_the_same_for_one_person_as_for_many(api, queries_in):
    paths = [
        URL,
        f"{URL}/summary",
        f"{URL}/{come().pk}",
        f"{URL}/{Customer.objects.get().pk}/history",
    ]
    for_one = [queries_in(lambda path=path: api.get(path)) for path in paths]
    for number in range(5):
        sell(come(email=f"{number}@example.org"))
        book(come_for_a_trial(email=f"trial.{number}@example.org"))

    for_many = [queries_in(lambda path=path: api.get(path)) for path in paths]

    assert for_many == for_one
    assert for_one[2] == 1


def test_settling_what_is_due_costs_the_same_for_one_person_as_for_five(api, clock, queries_in):
    costs = []
    for day, number in ((1, 2), (2, 5)):
        for each in range(number):
            book(come_for_a_trial(email=f"{day}.{each}@example.org"))
        clock.move_to(TUESDAY_18 + day * DAY)
        costs.append(queries_in(lambda: api.get(URL)))
        FollowUp.objects.update(due_at=TUESDAY_18)

    assert costs[0] == costs[1]


def test_who_was_made_behind_the_applications_back_is_found_when_asked_for(api):
    customer = CustomerFactory(origin="web")
    assert not FollowUp.objects.exists()

    row = api.get(f"{URL}/{customer.pk}").json()

    assert (row["follow_up_status"], row["since"]) == ("web_lead", written(MONDAY_18))
    assert summary(api) == {"web_lead": 1}
    assert not FollowUpChange.objects.exists()
