"""Each field takes one type of JSON and no other."""

import pytest

from core.tests.operations import Broken, as_words, every_row, make

NOT_TEXT = [5, 5.5, True, [], ["a"], {}, {"a": 1}]
NOT_A_WHOLE_NUMBER = ["5", "", 5.5, True, [], {}, 1e300, -(10**400), 10**400]
NOT_A_NUMBER = ["5", True, [], {}]
NOT_TRUE_OR_FALSE = ["true", "yes", "", 1, 0, [], {}, None]
NOT_AN_ID = ["1", "", 1.0, 1.5, True, False, [], {}, 0, -1, 10**18, 2**63, 10**400]
NOT_IDS = ["1", 1, True, {}, ["1"], [1.5], [True], [None], [0], [-1], [10**18], [2**63], [[1]]]
NOT_A_TIME = [
    5,
    1.5,
    True,
    [],
    {},
    "",
    "tomorrow",
    "2030-02-30T10:00:00Z",
    "2030-01-01T25:00:00Z",
    "2030-01-01T10:00:00+25:00",
    "2030-01-01T10:00:00Z\x00",
    "0446-10-18T10:28:13-23:23",
    "0001-01-01T00:00:00+23:59",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "99999-01-01T00:00:00Z",
]
NOT_A_DAY = [5, True, [], {}, "", "tomorrow", "2030-02-30", "2030-1-1", "1899-12-31", "2200-01-01"]
NOT_AN_AMOUNT = [
    *[True, [], {}, "", "ten", "NaN", "Infinity", "1e2", "\uff15", "5,00", "5.00 EUR", "5\x00"],
    *["-0.01", -5, "0.001", 0.001, "100000000.00", 1e300, 10**400],
]
NOT_A_UUID: list[object] = [
    *[5, True, None, [], {}, "", "1", "00000000000040008000000000000001", "g" * 36],
    *["{00000000-0000-4000-8000-000000000001}", "00000000-0000-4000-8000-00000000000\uff11"],
]
NOT_MUSCLES: list[object] = [
    5,
    True,
    None,
    {},
    "chest",
    [5],
    [None],
    [""],
    ["a" * 51],
    ["a\x00"],
    ["a"] * 21,
]
NOT_AN_ORIGIN: list[object] = [5, True, None, [], {}, "", "Web", "newspaper", "web\x00"]

WRONG = [
    ("/api/customers", "first_name", [*NOT_TEXT, None, "", "  ", "a\x00", "a" * 101]),
    ("/api/customers", "email", [*NOT_TEXT, None, "", "anna", "a@b", "a\x00@example.org"]),
    ("/api/customers", "origin", NOT_AN_ORIGIN),
    ("/api/customers", "latitude", [*NOT_A_NUMBER, 90.000001, -90.000001, 1e300, 10**400]),
    ("/api/customers", "longitude", [*NOT_A_NUMBER, 180.000001, -180.000001, -(10**400)]),
    ("/api/customers", "segments", [*NOT_IDS, None]),
    ("/api/segments", "description", [*NOT_TEXT, None, "a\x00", "a" * 2001]),
    ("/api/segments", "rule", ["", "Manual", 5, None, [], {}, True]),
    ("/api/segments", "rule_days", [*NOT_A_WHOLE_NUMBER, 0, -1, 36_501]),
    ("/api/segments", "rule_min_visits", [*NOT_A_WHOLE_NUMBER, 0, -1, 10_001]),
    ("/api/class_types", "duration_minutes", [*NOT_A_WHOLE_NUMBER, None, 0, -1, 10_081]),
    ("/api/class_types", "capacity", [*NOT_A_WHOLE_NUMBER, -1, 100_001]),
    ("/api/class_types", "late_cancel_cutoff_minutes", [*NOT_A_WHOLE_NUMBER, None, -1, 44_641]),
    ("/api/class_types", "is_premium", NOT_TRUE_OR_FALSE),
    ("/api/class_sessions", "class_type", [*NOT_AN_ID, None]),
    ("/api/class_sessions", "starts_at", [*NOT_A_TIME, None]),
    ("/api/class_sessions", "capacity", [*NOT_A_WHOLE_NUMBER, -1, 100_001]),
    ("/api/class_sessions", "status", ["", "moved", 5, True, [], {}, None]),
    ("/api/bookings", "customer", [*NOT_AN_ID, None]),
    ("/api/bookings", "class_session", [*NOT_AN_ID, None]),
    ("/api/bookings", "status", ["", "came", 5, True, [], {}, None]),
    ("/api/booking_windows", "segment", NOT_AN_ID),
    ("/api/booking_windows", "class_type", NOT_AN_ID),
    ("/api/booking_windows", "opens_before", [*NOT_A_WHOLE_NUMBER, None, -1, 10_001]),
    ("/api/booking_windows", "unit", ["", "weeks", 5, True, [], {}, None]),
    ("/api/venues", "name", [*NOT_TEXT, None, "", "  ", "a\x00", "a" * 101]),
    ("/api/venues", "latitude", [*NOT_A_NUMBER, None, 90.000001, -90.000001, 1e300, 10**400]),
    ("/api/venues", "longitude", [*NOT_A_NUMBER, None, 180.000001, -180.000001, -(10**400)]),
    ("/api/benefits", "venue", [*NOT_AN_ID, None]),
    ("/api/benefits", "title", [*NOT_TEXT, None, "", "  ", "a\x00", "a" * 201]),
    ("/api/benefits", "recurrence", ["", "year", "Day", 5, True, [], {}, None]),
    ("/api/products", "venue", [*NOT_AN_ID, None]),
    ("/api/products", "name", [*NOT_TEXT, None, "", "  ", "a\x00", "a" * 201]),
    ("/api/products", "regular_price", [*NOT_AN_AMOUNT, None, "0.00", 0]),
    ("/api/flash_promos", "product", [*NOT_AN_ID, None]),
    ("/api/flash_promos", "promo_price", [*NOT_AN_AMOUNT, None, "0.00", 0, "9.90"]),
    ("/api/flash_promos", "starts_at", [*NOT_A_TIME, None]),
    ("/api/flash_promos", "ends_at", [*NOT_A_TIME, None, "2001-01-01T00:00:00Z"]),
    ("/api/flash_promos", "segments", [*NOT_IDS, None, []]),
    ("/api/flash_promos", "max_distance_km", [*NOT_A_NUMBER, None, 0, -1, 20_000.1, 1e300]),
    ("/api/flash_promos", "quantity", [*NOT_A_WHOLE_NUMBER, None, 0, -1, 1_000_001]),
    ("/api/flash_promos", "is_active", NOT_TRUE_OR_FALSE),
    ("/api/agreements", "customer", [*NOT_AN_ID, None]),
    ("/api/agreements", "purchased_on", [*NOT_A_DAY, None]),
    ("/api/agreements", "session_quantity", [*NOT_A_WHOLE_NUMBER, 0, -1, 10_001]),
    ("/api/agreements", "sessions_remaining", [*NOT_A_WHOLE_NUMBER, -1]),
    ("/api/agreements", "status", ["", "Active", "paused", 5, True, [], {}, None]),
    ("/api/agreements", "alert", ["", "Canceled", "cancelled", 5, True, [], {}, None]),
    ("/api/agreements", "past_due_balance", [*NOT_AN_AMOUNT, None]),
    ("/api/agreements", "is_trial", NOT_TRUE_OR_FALSE),
    ("/api/exercises", "name", [*NOT_TEXT, None, "", "  ", "a\x00", "a" * 101]),
    ("/api/exercises", "equipment", ["", "barbell", "Dumbbell", 5, True, [], {}, None]),
    ("/api/exercises", "kind", ["", "power", "Strength", 5, True, [], {}, None]),
    ("/api/exercises", "muscles", NOT_MUSCLES),
    ("/api/exercises", "is_active", NOT_TRUE_OR_FALSE),
    ("/api/workouts", "client_id", NOT_A_UUID),
    ("/api/workouts", "customer", [*NOT_AN_ID, None]),
    ("/api/workouts", "started_at", [*NOT_A_TIME, None]),
    ("/api/workouts", "ended_at", [*NOT_A_TIME, "2199-12-31T23:59:59Z"]),
    ("/api/workouts", "note", [*NOT_TEXT, None, "a\x00", "a" * 2001]),
    ("/api/workouts", "entries", [5, "", True, None, {}, [5], [None], ["a"], [[]]]),
    ("/api/benefit_usages", "person", [*NOT_AN_ID, None]),
    ("/api/benefit_usages", "benefit", [*NOT_AN_ID, None]),
    ("/api/benefit_usages", "used_at", [*NOT_A_TIME, None]),
]

# What never changes, so it can only be wrong when one is made.
FIXED_IN = {
    "/api/agreements": ["customer"],
    "/api/bookings": ["customer", "class_session"],
    "/api/benefit_usages": ["person", "benefit", "used_at"],
    "/api/workouts": ["client_id", "customer", "started_at"],
}


@pytest.mark.parametrize("address", dict.fromkeys(address for address, _, _ in WRONG), ids=as_words)
def test_a_value_of_the_wrong_kind_is_a_400_that_names_the_field(api, address):
    made = make(api, address)
    path, fixed = f"{address}/{made['id']}", FIXED_IN.get(address, ())
    before, broken = every_row(), Broken()

    for field, values in [(field, values) for its, field, values in WRONG if its == address]:
        with broken.by(field):
            for value in values:
                if field in fixed:
                    whole = {name: made[name] for name in fixed}
                    response = api.post(address, whole | {field: value})
                else:
                    response = api.patch(path, {field: value})

                assert response.status_code == 400, value
                assert response.json()["type"] == "validation_error", value
                attrs = {error["attr"].split(".")[0] for error in response.json()["errors"]}
                assert attrs == {field}, value
                assert all(error["facts"] == {} for error in response.json()["errors"])
            assert every_row() == before

    assert not broken, str(broken)


@pytest.mark.parametrize("text", ["2030-05-14T18:00:00Z", "2030-05-14T20:00:00+02:00"])
def test_a_time_is_answered_in_utc_whatever_offset_it_was_sent_with(api, text):
    session = make(api, "/api/class_sessions", starts_at=text)

    assert session["starts_at"] == "2030-05-14T18:00:00Z"
    assert session["ends_at"] == "2030-05-14T19:00:00Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2030-05-14T18:00:00", "2030-05-14T16:00:00Z", id="in summer"),
        pytest.param("2030-01-15T18:00:00", "2030-01-15T17:00:00Z", id="in winter"),
        pytest.param("2030-03-31T02:30:00", "2030-03-31T01:30:00Z", id="a time that DST skips"),
        pytest.param("2030-10-27T02:30:00", "2030-10-27T00:30:00Z", id="a time that comes twice"),
        pytest.param(
            "2030-05-14T18:00:00.123456", "2030-05-14T16:00:00.123456Z", id="microseconds"
        ),
    ],
)
def test_a_time_without_an_offset_is_read_in_the_zone_of_the_gym(berlin, api, text, instant):
    session = make(api, "/api/class_sessions", starts_at=text)

    assert session["starts_at"] == instant


@pytest.mark.parametrize("number", [5, 5.0])
def test_json_has_one_kind_of_number_so_five_point_zero_is_five(api, number):
    assert make(api, "/api/class_types", capacity=number)["capacity"] == 5


def test_blanks_around_a_text_are_cut_off(api):
    assert make(api, "/api/class_types", name="  Yoga ")["name"] == "Yoga"


def test_a_segment_named_twice_counts_once(api):
    segment = make(api, "/api/segments")["id"]

    customer = make(api, "/api/customers", segments=[segment, segment])

    assert customer["segments"] == [segment]


def test_more_than_500_ids_at_once_are_refused(api):
    response = api.post(
        "/api/customers",
        {"first_name": "A", "last_name": "B", "email": "a@example.org", "segments": [1] * 501},
    )

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "segments"
    assert response.json()["errors"][0]["code"] == "max_length"
