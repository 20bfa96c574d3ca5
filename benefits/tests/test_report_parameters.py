"""What the three reports are asked over HTTP, what that costs, and what they cannot read."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from benefits.tests.factories import NOON, BenefitFactory, use
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

BENEFITS = "/api/benefits"
DAY = timedelta(hours=24)
TICK = timedelta.resolution
REPORTS = ["top", "available", "inactivity_periods"]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def asked(benefit, person):
    """Give the parameters that each report needs, by its name."""
    return {
        "top": {},
        "available": {"personId": str(person.pk), "venueId": str(benefit.venue_id)},
        "inactivity_periods": {"venueId": str(benefit.venue_id)},
    }


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_costs_the_same_for_one_row_as_for_five(
    api, queries_in, django_assert_num_queries, report
):
    benefit, person = BenefitFactory(recurrence="day"), CustomerFactory()
    use(benefit, NOON - 40 * DAY, by=person)
    address, parameters = f"{BENEFITS}/{report}", asked(benefit, person)[report]
    for_one = queries_in(lambda: api.get(address, parameters))
    for other in BenefitFactory.create_batch(4, venue=benefit.venue):
        use(other, NOON - 60 * DAY, NOON - 40 * DAY, by=person)
        use(BenefitFactory(), NOON - 40 * DAY, by=person)

    with django_assert_num_queries(for_one):
        answer = api.get(address, parameters)

    assert len(answer.json()) == 5


@pytest.mark.parametrize(
    ("report", "queries"), [("top", 2), ("available", 3), ("inactivity_periods", 2)]
)
def test_a_report_asks_the_database_for_each_thing_once(
    api, django_assert_num_queries, report, queries
):
    benefit, person = BenefitFactory(), CustomerFactory()

    with django_assert_num_queries(queries):
        api.get(f"{BENEFITS}/{report}", asked(benefit, person)[report])


@pytest.fixture
def get(api):
    """Ask a report that would be answered, but for one parameter."""
    parameters = asked(BenefitFactory(), CustomerFactory())

    def get(report, **changes):
        whole = parameters[report] | changes
        return api.get(
            f"{BENEFITS}/{report}", {name: v for name, v in whole.items() if v is not None}
        )

    return get


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(None, "required", id="missing"),
        pytest.param("", "blank", id="empty"),
        pytest.param("  ", "blank", id="blank"),
        pytest.param("abc", "invalid", id="no number"),
        pytest.param("1.0", "invalid", id="not whole"),
        pytest.param("1e3", "invalid", id="with an exponent"),
        pytest.param("1_0", "invalid", id="as Python writes it"),
        pytest.param("+1", "invalid", id="with a sign"),
        pytest.param("-1", "invalid", id="negative"),
        pytest.param("1,2", "invalid", id="two ids"),
        pytest.param("1\x00", "invalid", id="a NUL byte"),
        pytest.param("\uff11", "invalid", id="a digit of another script"),
        pytest.param("null", "invalid", id="null"),
        pytest.param("0", "min_value", id="zero"),
        pytest.param("999999", "does_not_exist", id="unknown"),
        pytest.param(str(2**63 - 1), "does_not_exist", id="the largest id"),
        pytest.param(str(2**63), "max_value", id="past the largest id"),
        pytest.param("9" * 5000, "max_value", id="huge"),
        pytest.param(["1", "1"], "repeated_parameter", id="doubled"),
    ],
)
def test_an_id_that_cannot_be_read_is_a_400_that_names_it(get, value, code):
    answer = get("available", personId=value)

    assert (answer.status_code, errors_of(answer)) == (400, [(code, "personId")])
    assert answer.json()["errors"][0]["facts"] == {}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param("", "blank", id="empty"),
        pytest.param(" ", "blank", id="blank"),
        pytest.param("yesterday", "invalid", id="in words"),
        pytest.param("1700000000", "invalid", id="in seconds"),
        pytest.param("2026-05-14", "invalid", id="a day alone"),
        pytest.param("2026-02-30T12:00:00Z", "invalid", id="a day that does not exist"),
        pytest.param("2026-05-14T25:00:00Z", "invalid", id="an hour that does not exist"),
        pytest.param("2026-05-14T12:00:00+25:00", "invalid", id="an offset of more than a day"),
        pytest.param("2026-05-14T12:00:00Z\x00", "invalid", id="a NUL byte"),
        pytest.param("-2026-05-14T12:00:00Z", "invalid", id="negative"),
        pytest.param("0001-01-01T00:00:00Z", "invalid", id="year 1"),
        pytest.param("0001-01-01T00:00:00+23:59", "invalid", id="before year 1"),
        pytest.param("1899-12-31T23:59:59.999999Z", "invalid", id="before 1900"),
        pytest.param("2200-01-01T00:00:00Z", "invalid", id="after 2199"),
        pytest.param("9999-12-31T23:59:59Z", "invalid", id="year 9999"),
        pytest.param("9999-12-31T23:59:59-23:59", "invalid", id="after year 9999"),
        pytest.param("9" * 5000, "invalid", id="huge"),
        pytest.param(["2026-05-14T12:00:00Z"] * 2, "repeated_parameter", id="doubled"),
    ],
)
def test_a_time_that_cannot_be_read_is_a_400_that_names_it(get, value, code):
    answer = get("top", timestamp=value)

    assert (answer.status_code, errors_of(answer)) == (400, [(code, "timestamp")])


@pytest.mark.parametrize(
    ("report", "name", "value", "code"),
    [
        ("available", "venueId", "999999", "does_not_exist"),
        ("available", "timestamp", "2026-05-14", "invalid"),
        ("inactivity_periods", "venueId", "999999", "does_not_exist"),
        ("inactivity_periods", "timestamp", "2026-05-14", "invalid"),
    ],
)
def test_every_parameter_of_every_report_is_read_like_that(get, report, name, value, code):
    answer = get(report, **{name: value})

    assert (answer.status_code, errors_of(answer)) == (400, [(code, name)])


@pytest.mark.parametrize("report", ["available", "inactivity_periods"])
def test_a_report_on_a_venue_asks_for_it(get, report):
    answer = get(report, venueId=None)

    assert (answer.status_code, errors_of(answer)) == (400, [("required", "venueId")])


def test_everything_that_is_wrong_is_named_at_once(api):
    answer = api.get(f"{BENEFITS}/available", {"personId": "x", "timestamp": "y"})

    assert answer.status_code == 400
    assert sorted(errors_of(answer)) == [
        ("invalid", "personId"),
        ("invalid", "timestamp"),
        ("required", "venueId"),
    ]


UNKNOWN = ["venue", "personid", "page", "search", "ordering", "recurrence"]


@pytest.mark.parametrize(
    ("report", "name"),
    [*(("top", name) for name in UNKNOWN), ("available", "page"), ("inactivity_periods", "page")],
)
def test_a_parameter_that_a_report_does_not_know_is_refused(get, report, name):
    answer = get(report, **{name: "1"})

    assert (answer.status_code, errors_of(answer)) == (400, [("unknown_parameter", name)])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-05-13T12:00:00Z", id="in UTC"),
        pytest.param("2026-05-13T16:00:00+04:00", id="with an offset"),
        pytest.param("2026-05-13T16:00:00 04:00", id="a plus that became a blank"),
        pytest.param("2026-05-13T16:00:00.000000 04:00", id="with microseconds and a blank"),
        pytest.param("2026-05-13T16:00 04:00", id="without seconds and with a blank"),
        pytest.param("2026-05-13T07:00:00-05:00", id="with an offset to the west"),
        pytest.param("2026-05-13T14:00:00", id="without an offset, in the zone of the gym"),
        pytest.param("2026-05-13 14:00:00", id="with a blank instead of the T"),
    ],
)
def test_a_report_is_as_of_the_moment_that_is_asked_about(berlin, api, text):
    benefit, person = BenefitFactory(), CustomerFactory()
    use(benefit, NOON - DAY, NOON - DAY + TICK, by=person)
    parameters = asked(benefit, person)

    def ask(report):
        return api.get(f"{BENEFITS}/{report}", parameters[report] | {"timestamp": text}).json()

    [venue] = ask("top")
    [inactive] = ask("inactivity_periods")
    assert venue["topBenefits180Days"] == [{"benefitId": benefit.pk, "usageCount": 1}]
    assert ask("available") == []
    assert inactive["inactivityPeriods"] == [
        {
            "startTime": "2025-11-14T12:00:00Z",
            "endTime": "2026-05-13T12:00:00Z",
            "ongoing": False,
        }
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC), id="1900"),
        pytest.param("2199-12-31T00:00:00Z", datetime(2199, 12, 31, tzinfo=UTC), id="2199"),
    ],
)
def test_a_report_can_be_asked_about_any_year_from_1900_to_2199(api, text, day):
    benefit, person = BenefitFactory(), CustomerFactory()
    use(benefit, day, by=person)
    parameters = asked(benefit, person)

    for report, rows in (("top", 1), ("available", 0), ("inactivity_periods", 1)):
        answer = api.get(f"{BENEFITS}/{report}", parameters[report] | {"timestamp": text})

        assert (answer.status_code, len(answer.json())) == (200, rows)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_report_is_only_read(api, method):
    for report in REPORTS:
        assert getattr(api, method)(f"{BENEFITS}/{report}", {}).status_code == 405
