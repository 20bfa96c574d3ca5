"""A filter that cannot be read is a 400, never an empty list or a full one."""

from itertools import product

import pytest

from core.tests.operations import (
    LISTS,
    OPERATIONS,
    Broken,
    as_words,
    every_row,
    filled_in,
    key_of,
    make,
)

NOT_AN_ID = [
    "abc",
    "1.0",
    "1.5",
    "-1",
    "1_0",
    "1e3",
    "\uff11",
    "0",
    "999999",
    "9" * 30,
    "1,2",
    "null",
]
NOT_A_TIME = [
    "yesterday",
    "2030-02-30T00:00:00Z",
    "2030-13-01T00:00:00Z",
    "2030-01-01T24:30:00Z",
    "2030-01-01T00:00:00+24:30",
    "0446-10-18T10:28:13-23:23",
    "0001-01-01T00:00:00+23:59",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "2030-01-01T00:00:00Z\x00",
    "\x00",
    "1700000000",
]
NOT_A_DAY = [
    "tomorrow",
    "2030-02-30",
    "2030-1-1",
    "20300101",
    "2030-W01-1",
    "0446-10-18",
    "9999-12-31",
    "1899-12-31",
    "2200-01-01",
    "2030-01-01T00:00:00Z",
    "2030-01-01\x00",
    "\uff12\uff10\uff13\uff10-01-01",
]
NOT_TRUE_OR_FALSE = ["yes", "1", "True", "TRUE", "null", "true,false", "true\x00"]

FILTERS = {
    "/api/customers": {
        "email": ["\x00", "a" * 255],
        "origin": ["Web", "newspaper", "web,phone", "web\x00", "null"],
        "segment": NOT_AN_ID,
        "created_at_after": NOT_A_TIME,
        "created_at_before": NOT_A_TIME,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/segments": {"search": ["\x00", "a" * 101, "a b c d e f g h i"]},
    "/api/class_types": {
        "is_premium": NOT_TRUE_OR_FALSE,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/class_sessions": {
        "class_type": NOT_AN_ID,
        "status": ["moved", "Scheduled", "scheduled,cancelled", "scheduled\x00", "null"],
        "starts_at_after": NOT_A_TIME,
        "starts_at_before": NOT_A_TIME,
        "date": NOT_A_DAY,
        "is_premium": NOT_TRUE_OR_FALSE,
        "has_spots": NOT_TRUE_OR_FALSE,
        "for_customer": ["abc", "1.5", "0", "-1", "999999", "9" * 30, "1,2", "1\x00"],
    },
    "/api/bookings": {
        "customer": NOT_AN_ID,
        "class_session": NOT_AN_ID,
        "class_type": NOT_AN_ID,
        "status": [
            "came",
            "Booked",
            ",",
            "booked,",
            ",booked",
            "booked,came",
            "booked\x00",
            "null",
        ],
        "starts_at_after": NOT_A_TIME,
        "starts_at_before": NOT_A_TIME,
        "created_at_after": NOT_A_TIME,
        "created_at_before": NOT_A_TIME,
    },
    "/api/booking_windows": {
        "segment": NOT_AN_ID,
        "class_type": NOT_AN_ID,
        "unit": ["weeks", "Days", "hours,days", "days\x00", "null"],
    },
    "/api/membership_plans": {
        "is_active": NOT_TRUE_OR_FALSE,
        "class_type": NOT_AN_ID,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/memberships": {"customer": NOT_AN_ID, "plan": NOT_AN_ID, "current_on": NOT_A_DAY},
    "/api/milestones": {
        "counts": ["cancelled", "Booked", "booked,attended", "booked\x00", "null"],
        "is_active": NOT_TRUE_OR_FALSE,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/milestone_awards": {
        "customer": NOT_AN_ID,
        "milestone": NOT_AN_ID,
        "awarded_at_after": NOT_A_TIME,
        "awarded_at_before": NOT_A_TIME,
    },
    "/api/notifications": {
        "customer": NOT_AN_ID,
        "kind": ["advert", "Milestone_award", "milestone_award,", "milestone_award\x00", "null"],
        "unread": NOT_TRUE_OR_FALSE,
    },
    "/api/venues": {"search": ["\x00", "a" * 101, "a b c d e f g h i"]},
    "/api/benefits": {
        "venue": NOT_AN_ID,
        "recurrence": ["year", "Day", "day,", "day,year", "day\x00", "null"],
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/benefit_usages": {
        "person": NOT_AN_ID,
        "benefit": NOT_AN_ID,
        "venue": NOT_AN_ID,
        "used_at_after": NOT_A_TIME,
        "used_at_before": NOT_A_TIME,
    },
    "/api/agreements": {
        "customer": NOT_AN_ID,
        "status": ["Active", "paused", "active,", "active\x00", "null"],
        "alert": ["Canceled", "cancelled", "none,", "none\x00", "null"],
        "is_trial": NOT_TRUE_OR_FALSE,
    },
    "/api/exercises": {
        "equipment": ["barbell", "Dumbbell", "dumbbell,", "dumbbell\x00", "null"],
        "kind": ["Strength", "power", "strength,", ",", "strength\x00", "null"],
        "is_active": NOT_TRUE_OR_FALSE,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/workouts": {
        "customer": NOT_AN_ID,
        "exercise": NOT_AN_ID,
        "started_at_after": NOT_A_TIME,
        "started_at_before": NOT_A_TIME,
        "running": NOT_TRUE_OR_FALSE,
    },
    "/api/follow_ups": {
        "follow_up_status": ["Lead", "prospect", "lead,", ",", "lead,prospect", "lead\x00", "null"],
        "since_after": NOT_A_TIME,
        "since_before": NOT_A_TIME,
        "search": ["\x00", "a" * 101, "a b c d e f g h i"],
    },
    "/api/products": {"venue": NOT_AN_ID, "search": ["\x00", "a" * 101, "a b c d e f g h i"]},
    "/api/flash_promos": {
        "product": NOT_AN_ID,
        "venue": NOT_AN_ID,
        "segment": NOT_AN_ID,
        "is_active": NOT_TRUE_OR_FALSE,
        "starts_at_after": NOT_A_TIME,
        "starts_at_before": NOT_A_TIME,
        "ends_at_after": NOT_A_TIME,
        "ends_at_before": NOT_A_TIME,
    },
    "/api/promo_reservations": {
        "promo": NOT_AN_ID,
        "customer": NOT_AN_ID,
        "status": ["sold", "Held", "held,", "held\x00", "null"],
        "created_at_after": NOT_A_TIME,
        "created_at_before": NOT_A_TIME,
    },
    "/api/waitlist_entries": {
        "customer": NOT_AN_ID,
        "class_session": NOT_AN_ID,
        "status": ["gone", "Waiting", "waiting,", "waiting\x00", "null"],
    },
}
PAGES = {
    "page": ["0", "-1", "abc", "1.0", "last", "²", "\uff11", "1,2", "\x00"],
    "page_size": ["0", "-1", "abc", "501", "1e2", "\uff19", "9" * 30, "\x00"],
    "ordering": ["name_of_nothing", "-", "id,", ",", "id,nothing", "--id", "id\x00", "id;id"],
}


def refusal_of(response, name):
    [error] = response.json()["errors"]
    assert (response.status_code, error["attr"], error["facts"]) == (400, name, {})
    assert response.json()["type"] == "validation_error"
    return error["code"]


def _read_by_list(view):
    return [its for action, its in (view.query_serializers or {}).items() if action == "list"]


def test_every_filter_of_every_list_is_held_to_it():
    known = {
        one.address: set(getattr(getattr(one.view, "filterset_class", None), "base_filters", ()))
        | ({"search"} if one.view.search_fields else set())
        | {name for of_list in _read_by_list(one.view) for name in of_list().fields}
        for one in OPERATIONS
        if one.action == "list"
    }

    assert {address: set(filters) for address, filters in FILTERS.items()} == known


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_bad_value_is_a_400_that_names_the_parameter(api, address):
    make(api, address)

    for name, values in (FILTERS[address] | PAGES).items():
        for value in values:
            response = api.get(address, {name: value})

            assert refusal_of(response, name) not in {"unknown_parameter", "blank"}, (name, value)


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_parameter_has_a_value_and_stands_once(api, address):
    for name in {**FILTERS[address], **PAGES}:
        twice = api.get(f"{address}?{name}=1&{name}=1")
        blanks = [] if name == "search" else [api.get(address, {name: v}) for v in ("", "  ")]

        assert refusal_of(twice, name) == "repeated_parameter"
        assert [refusal_of(blank, name) for blank in blanks] == ["blank"] * len(blanks)


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_blank_search_finds_everything_where_there_is_a_search(api, address):
    made = make(api, address)

    response = api.get(address, {"search": ""})

    if "search" in FILTERS[address]:
        key = key_of(address)
        assert [found[key] for found in response.json()["results"]] == [made[key]]
    else:
        assert refusal_of(response, "search") == "unknown_parameter"


READING = [one.address for one in OPERATIONS if one.method == "get"]


def test_a_parameter_that_does_not_exist_is_refused(api):
    names = ("custmer", "Ordering", "id", "limit", "filter{x}", "\x00", "é")
    paths, broken = filled_in(api, READING), Broken()

    for address, name in product(READING, names):
        with broken.by(address):
            response = api.get(paths[address], {name: "1"})

            assert refusal_of(response, name) == "unknown_parameter"

    assert not broken, str(broken)


def test_more_than_a_thousand_parameters_are_refused(api):
    thousand_and_one = "&".join(f"a{number}=1" for number in range(1001))
    paths, broken = filled_in(api, READING), Broken()

    for address in READING:
        with broken.by(address):
            response = api.get(f"{paths[address]}?{thousand_and_one}")

            [error] = response.json()["errors"]
            assert response.status_code == 400
            assert (error["code"], error["attr"], error["facts"]) == ("invalid", None, {})

    assert not broken, str(broken)


def test_writing_takes_no_parameters(api):
    writing = [one for one in OPERATIONS if one.method != "get"]
    paths, broken = filled_in(api, [one.address for one in writing]), Broken()
    before = every_row()

    for operation in writing:
        with broken.by(operation):
            path = f"{paths[operation.address]}?page=1"
            response = getattr(api, operation.method)(path, {})

            assert refusal_of(response, "page") == "unknown_parameter"
            assert every_row() == before

    assert not broken, str(broken)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param("2030-05-14T18:00:00Z", True, id="exactly then"),
        pytest.param("2030-05-14T18:00:00.000001Z", False, id="a microsecond later"),
        pytest.param("2030-05-14T20:00:00+02:00", True, id="with an offset"),
        pytest.param("2030-05-14T20:00:00 02:00", True, id="a plus that became a blank"),
        pytest.param("2030-05-14T18:00:00", True, id="without an offset, in the zone of the gym"),
    ],
)
def test_after_is_inclusive_and_before_is_exclusive(api, after, found):
    make(api, "/api/class_sessions", starts_at="2030-05-14T18:00:00Z")

    later = api.get("/api/class_sessions", {"starts_at_after": after}).json()["count"]
    earlier = api.get("/api/class_sessions", {"starts_at_before": after}).json()["count"]

    assert (later, earlier) == (int(found), int(not found))
