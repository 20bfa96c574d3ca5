"""Benefits and their uses over HTTP: what phones and partners send, and see to the letter."""

from datetime import timedelta

import pytest
import time_machine

from benefits.models import BenefitUsage
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory, use
from customers.tests.factories import CustomerFactory
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

BENEFITS, USAGES = "/api/benefits", "/api/benefit_usages"
DAY = timedelta(hours=24)
TICK = timedelta.resolution


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


# --- Benefits -----------------------------------------------------------------------------------


def test_a_benefit_is_a_venues_and_says_how_soon_it_can_be_used_again(api):
    sent = {"venue": VenueFactory().pk, "title": "Free smoothie", "recurrence": "week"}

    made = api.post(BENEFITS, sent)

    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], **sent}


def test_benefits_are_filtered_by_venue_and_recurrence_and_searched_by_title(api):
    burger = BenefitFactory(title="Burgers", recurrence="day")
    smoothie = BenefitFactory(title="Smoothie", recurrence="week")
    both = BenefitFactory(title="Burger and smoothie", recurrence="month", venue=burger.venue)

    assert ids(api.get(BENEFITS)) == [burger.pk, smoothie.pk, both.pk]
    assert ids(api.get(BENEFITS, {"venue": burger.venue_id})) == [burger.pk, both.pk]
    assert ids(api.get(BENEFITS, {"recurrence": "day,week"})) == [burger.pk, smoothie.pk]
    assert ids(api.get(BENEFITS, {"search": "smoothie"})) == [smoothie.pk, both.pk]
    assert ids(api.get(BENEFITS, {"ordering": "title"})) == [both.pk, burger.pk, smoothie.pk]


# --- Uses ---------------------------------------------------------------------------------------


def test_a_use_is_of_this_moment_unless_it_says_otherwise(api):
    sent = {"person": CustomerFactory().pk, "benefit": BenefitFactory().pk}

    made = api.post(USAGES, sent)
    earlier = api.post(USAGES, sent | {"used_at": "2026-05-13T14:00:00.000001+02:00"})

    assert (made.status_code, earlier.status_code) == (201, 409)
    usage = BenefitUsage.objects.get()
    assert made.json() == {"id": usage.pk, **sent, "used_at": "2026-05-14T12:00:00Z"}
    assert usage.external_id is None
    assert api.get(f"{USAGES}/{usage.pk}").json() == made.json()


@pytest.mark.parametrize(
    ("text", "used_at"),
    [
        ("2026-05-14T12:00:00Z", "2026-05-14T12:00:00Z"),
        ("2026-05-14T11:59:59.999999Z", "2026-05-14T11:59:59.999999Z"),
        ("2026-05-14T07:00:00-05:00", "2026-05-14T12:00:00Z"),
        pytest.param("2026-05-14T14:00:00", "2026-05-14T12:00:00Z", id="as in the gym's zone"),
        pytest.param("1900-01-01T01:00:00", "1900-01-01T00:00:00Z", id="as long ago as can be"),
    ],
)
def test_the_time_of_a_use_is_answered_in_utc(berlin, api, text, used_at):
    sent = {"person": CustomerFactory().pk, "benefit": BenefitFactory().pk, "used_at": text}

    made = api.post(USAGES, sent)

    assert (made.status_code, made.json()["used_at"]) == (201, used_at)


def test_a_use_in_the_future_is_a_400(api):
    sent = {"person": CustomerFactory().pk, "benefit": BenefitFactory().pk}

    refused = api.post(USAGES, sent | {"used_at": "2026-05-14T12:00:00.000001Z"})

    assert (refused.status_code, errors_of(refused)) == (400, [("max_value", "used_at")])
    assert not BenefitUsage.objects.exists()


def test_a_use_needs_a_person_and_a_benefit_that_exist(api):
    sent = {"person": CustomerFactory().pk, "benefit": BenefitFactory().pk}

    for name in ("person", "benefit"):
        missing = api.post(USAGES, {key: value for key, value in sent.items() if key != name})
        unknown = api.post(USAGES, sent | {name: 999_999})

        assert (missing.status_code, errors_of(missing)) == (400, [("required", name)])
        assert (unknown.status_code, errors_of(unknown)) == (400, [("does_not_exist", name)])
    assert not BenefitUsage.objects.exists()


@pytest.mark.parametrize(
    ("used_at", "facts"),
    [
        pytest.param(
            "2026-05-14T12:00:00Z",
            {"last_used_at": "2026-05-14T06:00:00Z", "available_at": "2026-05-15T06:00:00Z"},
            id="after the other use",
        ),
        pytest.param(
            "2026-05-14T05:00:00Z",
            {"last_used_at": "2026-05-14T06:00:00Z", "available_at": None},
            id="before the other use",
        ),
    ],
)
def test_a_benefit_that_is_not_available_is_a_409_that_says_which_use_is_in_the_way(
    api, used_at, facts
):
    usage = BenefitUsageFactory(used_at=NOON - timedelta(hours=6))
    sent = {"person": usage.person_id, "benefit": usage.benefit_id, "used_at": used_at}

    refused = api.post(USAGES, sent)

    assert refused.status_code == 409
    assert refused.json()["type"] == "client_error"
    [error] = refused.json()["errors"]
    assert (error["code"], error["attr"]) == ("benefit_not_available", None)
    assert error["facts"] == facts
    assert BenefitUsage.objects.get() == usage


def test_a_use_is_deleted_once_and_its_benefit_can_be_used_again(api):
    sent = {"person": CustomerFactory().pk, "benefit": BenefitFactory().pk}
    path = f"{USAGES}/{api.post(USAGES, sent).json()['id']}"

    assert (api.delete(path).status_code, api.delete(path).status_code) == (204, 404)
    assert not BenefitUsage.objects.exists()
    assert api.post(USAGES, sent).status_code == 201


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_use_is_not_edited(api, method):
    usage = BenefitUsageFactory()
    path = f"{USAGES}/{usage.pk}"

    refused = getattr(api, method)(path, api.get(path).json() | {"used_at": "2026-05-01T12:00:00Z"})

    assert (refused.status_code, errors_of(refused)) == (405, [("method_not_allowed", None)])
    usage.refresh_from_db()
    assert usage.used_at == NOON


def test_uses_are_listed_last_first_and_filtered(api):
    anna, berta = CustomerFactory.create_batch(2)
    burger, smoothie = BenefitFactory.create_batch(2)
    fries = BenefitFactory(venue=burger.venue)
    rows = [(anna, burger, NOON), (berta, burger, NOON), (anna, smoothie, NOON - TICK)]
    a, b, c, d = [
        BenefitUsageFactory(person=person, benefit=benefit, used_at=used_at).pk
        for person, benefit, used_at in [*rows, (berta, fries, NOON - DAY)]
    ]
    noon, before = "2026-05-14T12:00:00Z", "2026-05-14T11:59:59.999999Z"

    assert ids(api.get(USAGES)) == [b, a, c, d]
    assert ids(api.get(USAGES, {"ordering": "used_at"})) == [d, c, a, b]
    assert ids(api.get(USAGES, {"person": anna.pk})) == [a, c]
    assert ids(api.get(USAGES, {"benefit": burger.pk})) == [b, a]
    assert ids(api.get(USAGES, {"venue": burger.venue_id})) == [b, a, d]
    assert ids(api.get(USAGES, {"venue": burger.venue_id, "person": berta.pk})) == [b, d]
    assert ids(api.get(USAGES, {"used_at_after": noon})) == [b, a]
    assert ids(api.get(USAGES, {"used_at_before": noon})) == [c, d]
    assert ids(api.get(USAGES, {"used_at_after": before, "used_at_before": noon})) == [c]


# --- The reports, in their partners' words ------------------------------------------------------


def test_the_most_used_benefits_of_every_venue(api):
    bar, empty = VenueFactory.create_batch(2)
    once, twice = BenefitFactory.create_batch(2, venue=bar)
    use(once, NOON)
    use(twice, NOON - 180 * DAY, NOON)

    answer = api.get(f"{BENEFITS}/top")

    assert answer.status_code == 200
    assert answer.json() == [
        {
            "venueId": bar.pk,
            "topBenefits180Days": [
                {"benefitId": twice.pk, "usageCount": 2},
                {"benefitId": once.pk, "usageCount": 1},
            ],
        },
        {"venueId": empty.pk, "topBenefits180Days": []},
    ]


def test_what_a_person_can_use_at_a_venue(api):
    person, venue = CustomerFactory(), VenueFactory()
    free, used = BenefitFactory.create_batch(2, venue=venue, title="Fries", recurrence="week")
    use(used, NOON, by=person)

    answer = api.get(f"{BENEFITS}/available", {"personId": person.pk, "venueId": venue.pk})

    assert answer.status_code == 200
    assert answer.json() == [
        {"id": free.pk, "venueId": venue.pk, "title": "Fries", "recurrence": "week"}
    ]


def test_when_a_venues_benefits_were_not_used(api):
    venue = VenueFactory()
    never, once = BenefitFactory.create_batch(2, venue=venue, recurrence="month")
    use(once, NOON - 40 * DAY + TICK)

    answer = api.get(f"{BENEFITS}/inactivity_periods", {"venueId": venue.pk})

    beginning, now = "2025-11-15T12:00:00Z", "2026-05-14T12:00:00Z"
    used_at = "2026-04-04T12:00:00.000001Z"
    assert answer.status_code == 200
    assert answer.json() == [
        {
            "benefitId": never.pk,
            "inactivityPeriods": [{"startTime": beginning, "endTime": now, "ongoing": True}],
        },
        {
            "benefitId": once.pk,
            "inactivityPeriods": [
                {"startTime": beginning, "endTime": used_at, "ongoing": False},
                {"startTime": used_at, "endTime": now, "ongoing": True},
            ],
        },
    ]


def test_where_there_is_nothing_a_report_is_an_empty_list(api):
    person, venue = CustomerFactory().pk, VenueFactory().pk
    parameters = {"personId": person, "venueId": venue}

    assert api.get(f"{BENEFITS}/available", parameters).json() == []
    assert api.get(f"{BENEFITS}/inactivity_periods", {"venueId": venue}).json() == []
    assert api.get(f"{BENEFITS}/top").json() == [{"venueId": venue, "topBenefits180Days": []}]
