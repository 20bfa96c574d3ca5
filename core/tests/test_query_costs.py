"""What an operation costs does not depend on how many rows there are."""

import pytest

from core.tests.operations import LISTS, OPERATIONS, as_words, key_of, make


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_list_costs_the_same_for_one_row_as_for_five(
    api, queries_in, django_assert_num_queries, address
):
    make(api, address)
    for_one = queries_in(lambda: api.get(address))
    for _ in range(4):
        make(api, address)

    with django_assert_num_queries(for_one):
        response = api.get(address)

    assert response.json()["count"] >= 5


def test_a_schedule_for_a_customer_costs_the_same_for_one_session_as_for_five(
    api, queries_in, django_assert_num_queries
):
    address, customer = "/api/class_sessions", make(api, "/api/customers")["id"]
    session = make(api, address)
    make(api, "/api/booking_windows")
    for_one = queries_in(lambda: api.get(address, {"for_customer": customer}))
    api.post("/api/bookings", {"customer": customer, "class_session": session["id"]})
    for _ in range(4):
        make(api, address)

    with django_assert_num_queries(for_one):
        response = api.get(address, {"for_customer": customer})

    assert len(response.json()["results"]) == 5


def test_a_customer_in_five_segments_costs_the_same_as_one_in_none(
    api, queries_in, django_assert_num_queries
):
    segments = [make(api, "/api/segments")["id"] for _ in range(5)]
    alone = make(api, "/api/customers")["id"]
    sociable = make(api, "/api/customers", segments=segments)["id"]
    for_none = queries_in(lambda: api.get(f"/api/customers/{alone}"))

    with django_assert_num_queries(for_none):
        response = api.get(f"/api/customers/{sociable}")

    assert response.json()["segments"] == segments


@pytest.mark.parametrize(
    "address",
    sorted({one.address for one in OPERATIONS if one.action == "retrieve"}),
    ids=as_words,
)
def test_one_row_costs_the_same_among_many(api, queries_in, django_assert_num_queries, address):
    resource = address.removesuffix("/{id}")
    path = f"{resource}/{make(api, resource)[key_of(resource)]}"
    alone = queries_in(lambda: api.get(path))
    for _ in range(4):
        make(api, resource)

    with django_assert_num_queries(alone):
        response = api.get(path)

    assert response.status_code == 200
