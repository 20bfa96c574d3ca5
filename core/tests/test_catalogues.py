"""What holds for everything that the gym keeps lists of."""

import pytest

from core.tests.operations import (
    BODIES,
    CATALOGUES,
    CREATED,
    EDITED,
    LISTS,
    as_read,
    as_words,
    key_of,
    make,
)

RECORDS_OF_ACTS = {
    "/api/agreements",
    "/api/follow_ups",
    "/api/benefit_usages",
    "/api/bookings",
    "/api/memberships",
    "/api/milestone_awards",
    "/api/notifications",
    "/api/promo_reservations",
    "/api/waitlist_entries",
}
UNKNOWN = {"statuss": "booked", "Name": "Yoga", "": 1, "a.b": 2, "id ": 3, "x\x00": 4}


def rows(api, address):
    return api.get(address, {"ordering": key_of(address)}).json()["results"]


def test_these_are_the_catalogues():
    assert [address for address in LISTS if address not in RECORDS_OF_ACTS] == CATALOGUES


@pytest.mark.parametrize("address", CATALOGUES, ids=as_words)
def test_a_whole_object_put_back_changes_nothing(api, address):
    path = f"{address}/{make(api, address)['id']}"
    read = api.get(path).json()

    put = api.put(path, read)

    assert put.status_code == 200
    assert as_read(address, put.json()) == api.get(path).json() == read


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_the_row_of_a_list_what_was_created_and_the_detail_are_the_same(api, address):
    made = make(api, address)

    assert made in rows(api, address)
    assert api.get(f"{address}/{made[key_of(address)]}").json() == made


@pytest.mark.parametrize("address", EDITED, ids=as_words)
def test_a_patch_of_nothing_changes_nothing(api, address):
    path = f"{address}/{make(api, address)['id']}"
    before = api.get(path).json()

    response = api.patch(path, {})

    assert (response.status_code, response.json()) == (200, before)


@pytest.mark.parametrize(
    ("address", "change"),
    [
        ("/api/customers", {"first_name": "Berta"}),
        ("/api/segments", {"description": "Early birds"}),
        ("/api/class_types", {"capacity": 12}),
        ("/api/class_sessions", {"capacity": 12}),
        ("/api/booking_windows", {"opens_before": 3}),
        ("/api/membership_plans", {"description": "Both rooms"}),
        ("/api/milestones", {"session_count": 12}),
        ("/api/venues", {"name": "Smoothie Bar"}),
        ("/api/benefits", {"recurrence": "month"}),
        ("/api/products", {"name": "Smoothie"}),
        ("/api/flash_promos", {"max_distance_km": 3.5}),
        ("/api/agreements", {"purchased_on": "2030-05-01"}),
        ("/api/exercises", {"equipment": "kettlebell"}),
        ("/api/workouts", {"note": "Slept badly"}),
    ],
    ids=as_words,
)
def test_a_patch_writes_only_what_was_sent(api, statements_of, address, change):
    made = make(api, address)
    path = f"{address}/{made['id']}"

    with statements_of() as statements:
        response = api.patch(path, change)

    assert response.json() == api.get(path).json()
    assert {name for name in made if made[name] != response.json()[name]} - {"spots_left"} == set(
        change
    )
    [update] = [sql for sql in statements if sql.startswith("UPDATE")]
    written = update.split(" SET ")[1].split(" WHERE ")[0]
    assert written.count("=") == 1
    assert f'"{next(iter(change))}" =' in written


@pytest.mark.parametrize("address", CATALOGUES, ids=as_words)
def test_what_nothing_holds_can_be_deleted_once(api, address):
    path = f"{address}/{make(api, address)['id']}"

    assert (api.delete(path).status_code, api.delete(path).status_code) == (204, 404)
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(
    ("address", "holder", "field", "kind"),
    [
        ("/api/customers", "/api/bookings", "customer", "bookings"),
        ("/api/segments", "/api/booking_windows", "segment", "booking windows"),
        ("/api/class_types", "/api/class_sessions", "class_type", "class sessions"),
        ("/api/class_types", "/api/booking_windows", "class_type", "booking windows"),
        ("/api/class_sessions", "/api/bookings", "class_session", "bookings"),
        ("/api/customers", "/api/memberships", "customer", "memberships"),
        ("/api/membership_plans", "/api/memberships", "plan", "memberships"),
        ("/api/milestones", "/api/milestone_awards", "milestone", "milestone awards"),
        ("/api/venues", "/api/benefits", "venue", "benefits"),
        ("/api/benefits", "/api/benefit_usages", "benefit", "benefit usages"),
        ("/api/customers", "/api/benefit_usages", "person", "benefit usages"),
        ("/api/customers", "/api/agreements", "customer", "agreements"),
        ("/api/venues", "/api/products", "venue", "products"),
        ("/api/products", "/api/flash_promos", "product", "flash promos"),
        ("/api/flash_promos", "/api/promo_reservations", "promo", "promo reservations"),
        ("/api/customers", "/api/workouts", "customer", "workouts"),
    ],
)
def test_what_has_a_history_is_not_deleted_and_names_what_holds_it(
    api, address, holder, field, kind
):
    chosen = {field: make(api, address)["id"]} if holder in BODIES else {}
    made = make(api, holder, **chosen)
    held, holding = made[field], made["id"]

    response = api.delete(f"{address}/{held}")

    assert response.status_code == 409
    assert response.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "protected",
                "detail": f"This cannot be deleted: {kind} refer to it.",
                "attr": None,
                "facts": {"held_by": {kind: [holding]}},
            }
        ],
    }
    assert api.get(f"{address}/{held}").status_code == 200


def test_of_many_holders_ten_are_named(api):
    class_type = make(api, "/api/class_types")["id"]
    sessions = [make(api, "/api/class_sessions", class_type=class_type)["id"] for _ in range(11)]

    response = api.delete(f"/api/class_types/{class_type}")

    assert response.json()["errors"][0]["facts"] == {"held_by": {"class sessions": sessions[:10]}}


@pytest.mark.parametrize("address", CREATED, ids=as_words)
def test_a_field_that_does_not_exist_is_refused_and_nothing_is_written(api, address):
    path = f"{address}/{make(api, address)['id']}"
    body = BODIES[address](api, 99)
    before = rows(api, address)

    for name, value in UNKNOWN.items():
        edits = [api.patch(path, {name: value})] if address in EDITED else []
        for response in (api.post(address, body | {name: value}), *edits):
            assert response.status_code == 400
            assert response.json()["errors"] == [
                {
                    "code": "unknown_field",
                    "detail": "There is no such field.",
                    "attr": name,
                    "facts": {},
                }
            ]
    assert rows(api, address) == before


def test_of_many_problems_a_hundred_are_named(api):
    response = api.post("/api/class_types", {f"field {number}": 1 for number in range(200)})

    assert response.status_code == 400
    assert len(response.json()["errors"]) == 100


def test_a_misspelt_field_is_told_beside_what_else_is_wrong(api):
    response = api.post("/api/class_types", {"nam": "Yoga", "capacity": "ten"})

    assert {(error["code"], error["attr"]) for error in response.json()["errors"]} == {
        ("required", "name"),
        ("invalid", "capacity"),
        ("unknown_field", "nam"),
    }


MADE_BY_THE_SERVER = {
    "/api/customers": {"id": 99, "created_at": "2001-01-01T00:00:00Z"},
    "/api/segments": {"id": 99, "customer_count": 99},
    "/api/class_types": {"id": 99},
    "/api/class_sessions": {
        "id": 99,
        "class_type_name": "Boxing",
        "ends_at": "2001-01-01T00:00:00Z",
        "booked_count": 99,
        "spots_left": 99,
        "waitlist_count": 99,
        "customer": {"can_book": True},
    },
    "/api/bookings": {
        "id": 99,
        "class_type_name": "Boxing",
        "starts_at": "2001-01-01T00:00:00Z",
        "ends_at": "2001-01-01T00:00:00Z",
        "created_at": "2001-01-01T00:00:00Z",
        "updated_at": "2001-01-01T00:00:00Z",
        "cancelled_at": "2001-01-01T00:00:00Z",
        "cancelled_by": "gym",
        "cutoff_at": "2001-01-01T00:00:00Z",
    },
    "/api/booking_windows": {"id": 99},
    "/api/membership_plans": {"id": 99},
    "/api/memberships": {"id": 99, "ends_on": "2001-01-01", "is_current": False},
    "/api/milestones": {"id": 99},
    "/api/venues": {"id": 99},
    "/api/benefits": {"id": 99},
    "/api/benefit_usages": {"id": 99},
    "/api/agreements": {"id": 99},
    "/api/products": {"id": 99},
    "/api/flash_promos": {"id": 99, "remaining": 99, "notified_at": "2001-01-01T00:00:00Z"},
    "/api/promo_reservations": {
        "id": 99,
        "created_at": "2001-01-01T00:00:00Z",
        "expires_at": "2001-01-01T00:00:00Z",
        "completed_at": "2001-01-01T00:00:00Z",
    },
    "/api/exercises": {"id": 99},
    "/api/workouts": {"id": 99, "new_records": [99]},
    "/api/waitlist_entries": {
        "id": 99,
        "class_type_name": "Boxing",
        "starts_at": "2001-01-01T00:00:00Z",
        "position": 99,
        "created_at": "2001-01-01T00:00:00Z",
        "promoted_booking": 99,
    },
}


@pytest.mark.parametrize("address", CREATED, ids=as_words)
def test_what_the_server_makes_is_ignored_when_it_is_sent(api, address):
    sent = MADE_BY_THE_SERVER[address]

    made = make(api, address, **sent)

    assert {name for name in sent if made.get(name) == sent[name]} == set()


@pytest.mark.parametrize("address", EDITED, ids=as_words)
def test_what_the_server_makes_is_ignored_when_it_is_sent_back(api, address):
    made = make(api, address)

    patched = api.patch(f"{address}/{made['id']}", MADE_BY_THE_SERVER[address])

    assert (patched.status_code, patched.json()) == (200, made)


@pytest.mark.parametrize(
    ("address", "field", "other"),
    [
        ("/api/class_sessions", "class_type", lambda api: make(api, "/api/class_types")["id"]),
        ("/api/class_sessions", "status", lambda api: "cancelled"),
        ("/api/bookings", "customer", lambda api: make(api, "/api/customers")["id"]),
        ("/api/agreements", "customer", lambda api: make(api, "/api/customers")["id"]),
        ("/api/bookings", "class_session", lambda api: make(api, "/api/class_sessions")["id"]),
        ("/api/exercises", "kind", lambda api: "cardio"),
        ("/api/workouts", "customer", lambda api: make(api, "/api/customers")["id"]),
        ("/api/workouts", "client_id", lambda api: "00000000-0000-4000-8000-00000000000f"),
        ("/api/workouts", "entries", lambda api: []),
    ],
)
def test_what_is_fixed_is_taken_unchanged_and_refused_otherwise(api, address, field, other):
    made = make(api, address)
    path = f"{address}/{made['id']}"

    same = api.patch(path, {field: made[field]})
    different = api.patch(path, {field: other(api)})

    assert (same.status_code, same.json()) == (200, made)
    assert different.status_code == 400
    [error] = different.json()["errors"]
    assert (error["code"], error["attr"]) == ("immutable", field)
    assert api.get(path).json() == made


@pytest.mark.parametrize(
    ("address", "status"),
    [("/api/class_sessions", "cancelled"), ("/api/bookings", "attended")],
)
def test_nothing_is_made_in_the_middle_of_its_life(api, address, status):
    response = api.post(address, BODIES[address](api, 0) | {"status": status})

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["attr"]) == ("immutable", "status")
    assert api.get(address).json()["count"] == 0


def test_the_default_window_stays(api):
    [default] = rows(api, "/api/booking_windows")

    response = api.delete(f"/api/booking_windows/{default['id']}")

    assert response.status_code == 409
    assert response.json()["errors"] == [
        {
            "code": "protected",
            "detail": "This cannot be deleted.",
            "attr": None,
            "facts": {"held_by": {}},
        }
    ]
    assert rows(api, "/api/booking_windows") == [default]
