"""Lists of venues, benefits and uses, and how a use is recorded and deleted."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from zeal import zeal_ignore

from benefits import summary
from benefits.admin import usages
from benefits.checks import differences
from benefits.models import Benefit, BenefitUsage
from benefits.states import Recurrence
from benefits.tests.admin import (
    BENEFITS,
    DAY,
    USAGES,
    VENUES,
    change,
    errors_on,
    found_in,
    said_in,
)
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory, use
from customers.tests.factories import CustomerFactory
from venues.models import Venue
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution


# --- Lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(VENUES, lambda: use(BenefitFactory(), NOON), id="venues"),
        pytest.param(BENEFITS, BenefitFactory, id="benefits"),
        pytest.param(USAGES, BenefitUsageFactory, id="uses"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_the_list_of_venues_says_what_they_offer_and_how_often_it_is_used(admin_client, at_noon):
    busy, empty = VenueFactory(name="A busy one"), VenueFactory(name="An empty one")
    for _ in range(4):
        use(BenefitFactory(venue=busy), NOON - 180 * DAY, NOON)
    use(busy.benefits.first(), NOON - 180 * DAY - TICK)

    shown = found_in(admin_client.get(VENUES))

    assert [(venue, venue.benefit_count, venue.uses) for venue in shown] == [
        (busy, 4, 8),
        (empty, 0, 0),
    ]


def test_uses_are_found_by_person_by_benefit_by_venue_and_by_day(admin_client):
    anna = CustomerFactory(first_name="Anna", last_name="Weber", email="weber@example.org")
    wraps = BenefitFactory(title="Wraps", venue__name="Bun & Co")
    annas = BenefitUsageFactory(person=anna, used_at=datetime(2026, 5, 15, tzinfo=UTC))
    wrap = BenefitUsageFactory(benefit=wraps, used_at=datetime(2026, 5, 14, tzinfo=UTC))
    BenefitUsageFactory(used_at=datetime(2026, 5, 13, tzinfo=UTC))

    asked = {
        "q=anna+weber": [annas],
        "q=WEBER@example.org": [annas],
        "q=wraps": [wrap],
        "q=bun": [wrap],
        "q=wraps+weber": [],
        f"benefit__id__exact={wraps.pk}": [wrap],
        f"benefit__venue__id__exact={wraps.venue_id}": [wrap],
        f"person__id__exact={anna.pk}": [annas],
        "used_at_from=2026-05-14&used_at_to=2026-05-14": [wrap],
        "used_at_from=2026-05-14": [annas, wrap],
    }
    found = {query: found_in(admin_client.get(f"{USAGES}?{query}")) for query in asked}

    assert found == asked


@pytest.mark.parametrize(
    ("matching", "found", "said"),
    [
        pytest.param(2, 2, [], id="as many as are looked up"),
        pytest.param(
            3, 0, ["More than 2 are called so. Type more of the name, please."], id="one more"
        ),
    ],
)
def test_a_search_that_finds_too_many_asks_for_more(
    admin_client, monkeypatch, matching, found, said
):
    monkeypatch.setattr(usages, "MOST_FOUND", 2)
    for _ in range(matching):
        BenefitUsageFactory(person__first_name="Zoë")

    answer = admin_client.get(USAGES, {"q": "Zoë"})

    assert (len(found_in(answer)), said_in(answer)) == (found, said)


def test_uses_are_exported_with_who_what_and_where(admin_client):
    usage = BenefitUsageFactory(external_id=7)
    person, benefit = usage.person, usage.benefit

    answer = admin_client.post(USAGES, {"action": "export_to_csv", "_selected_action": usage.pk})

    [heading, row] = csv.reader(StringIO(answer.getvalue().decode().removeprefix("\ufeff")))
    assert dict(zip(heading, row, strict=True)) == {
        "id": str(usage.pk),
        "used": "2026-05-14 12:00:00+00:00",
        "person id": str(person.pk),
        "first name": person.first_name,
        "last name": person.last_name,
        "email": person.email,
        "benefit id": str(benefit.pk),
        "benefit": benefit.title,
        "venue id": str(benefit.venue_id),
        "venue": benefit.venue.name,
        "external id": "7",
    }


@pytest.mark.parametrize("typed", ["9" * 30, "-1", "0"])
def test_an_id_that_nothing_has_finds_nothing(admin_client, typed):
    BenefitUsageFactory()

    answer = admin_client.get(USAGES, {"benefit__id__exact": typed})

    assert found_in(answer) == []


def test_a_benefit_is_picked_by_its_title_and_its_venue(admin_client):
    benefit = BenefitFactory(title="Burgers", venue__name="Bun & Co")
    field = {"app_label": "benefits", "model_name": "benefitusage", "field_name": "benefit"}

    answer = admin_client.get(BENEFITS + "pick/", {"term": "burg bun", **field})

    labels = [one["text"] for one in answer.json()["results"]]
    assert labels == ["Burgers · Bun & Co"]
    proposed = admin_client.get(USAGES, {"benefit__id__exact": benefit.pk})
    assert "Burgers · Bun &amp; Co</option>" in proposed.content.decode()


# --- Recording and deleting ---------------------------------------------------------------------


def recorded(person, benefit, at=NOON):
    day, time = at.isoformat()[:10], at.isoformat()[11:19]
    return {"person": person.pk, "benefit": benefit.pk, "used_at_0": day, "used_at_1": time}


def test_a_use_is_recorded_by_the_service(admin_client, at_noon):
    person, benefit = CustomerFactory(), BenefitFactory()
    use(benefit, NOON - 3 * DAY)
    for _ in summary.close(at=NOON):
        pass
    proposed = admin_client.get(USAGES + "add/").context["adminform"].form["used_at"].value()

    admin_client.post(USAGES + "add/", recorded(person, benefit, NOON - 2 * DAY))

    usage = BenefitUsage.objects.latest("pk")
    assert proposed == NOON
    assert (usage.person, usage.benefit, usage.used_at) == (person, benefit, NOON - 2 * DAY)
    assert LogEntry.objects.get().object_id == str(usage.pk)
    # Only the service keeps the totals.
    assert list(differences()) == []


TOO_SOON = (
    "The benefit was used, and cannot be used again yet. "
    "Last used at: Wed 13 May 2026, 12:01. Available at: Thu 14 May 2026, 12:01."
)
TOO_SOON_BEFORE = (
    "The benefit was used again too soon after that time. Last used at: Wed 13 May 2026, 12:01."
)


@pytest.mark.parametrize(
    ("asked_at", "errors"),
    [
        pytest.param(NOON, {"__all__": [TOO_SOON]}, id="too soon"),
        pytest.param(
            NOON - 2 * DAY + timedelta(minutes=2),
            {"__all__": [TOO_SOON_BEFORE]},
            id="too soon before another",
        ),
        pytest.param(
            NOON + timedelta(seconds=1),
            {"used_at": ["This lies in the future."]},
            id="in the future",
        ),
    ],
)
def test_a_refused_use_is_told_and_not_written(admin_client, at_noon, asked_at, errors):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, NOON - DAY + timedelta(minutes=1), by=person)

    answer = admin_client.post(USAGES + "add/", recorded(person, benefit, asked_at))

    assert errors_on(answer) == errors
    assert BenefitUsage.objects.count() == 1
    assert LogEntry.objects.count() == 0


def test_a_use_is_looked_at_and_never_edited(admin_client):
    usage, imported = BenefitUsageFactory(), BenefitUsageFactory(external_id=7041)
    before = list(BenefitUsage.objects.values())

    pages = [admin_client.get(change(USAGES, one)).content.decode() for one in (usage, imported)]
    answer = admin_client.post(
        change(USAGES, usage), recorded(CustomerFactory(), BenefitFactory(), NOON - DAY)
    )

    assert change(VENUES, usage.benefit.venue) in pages[0]
    assert ["7041" in page for page in pages] == [False, True]
    assert answer.status_code == 403
    assert list(BenefitUsage.objects.values()) == before


@pytest.mark.parametrize("number", [1, 2], ids=["on its page", "several at once"])
def test_a_use_is_deleted_by_the_service(admin_client, number):
    benefit = BenefitFactory()
    use(benefit, *(NOON - days * DAY for days in (1, 2, 3)))
    for _ in summary.close(at=NOON):
        pass
    chosen = list(BenefitUsage.objects.order_by("pk").values_list("pk", flat=True)[:number])
    several = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    if number == 1:
        admin_client.post(f"{USAGES}{chosen[0]}/delete/", {"post": "yes"})
    else:
        # Each by the service, so they are no query for all.
        with zeal_ignore():
            admin_client.post(USAGES, several)

    assert BenefitUsage.objects.count() == 3 - number
    assert not BenefitUsage.objects.filter(pk__in=chosen).exists()
    assert list(differences()) == []


@pytest.mark.parametrize(
    ("url", "holder", "why"),
    [
        pytest.param(VENUES, lambda use: use.benefit.venue, "benefits refer to it.", id="venue"),
        pytest.param(
            BENEFITS, lambda use: use.benefit, "benefit usages refer to it.", id="benefit"
        ),
    ],
)
def test_what_has_a_history_is_not_deleted(admin_client, url, holder, why):
    held = holder(BenefitUsageFactory())

    answer = admin_client.post(f"{url}{held.pk}/delete/", {"post": "yes"})

    assert said_in(answer) == [f"This cannot be deleted: {why}"]
    assert (Venue.objects.count(), Benefit.objects.count()) == (1, 1)
