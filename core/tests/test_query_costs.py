"""What an operation costs does not depend on how many rows there are."""

import pytest

from core.tests.operations import LISTS, OPERATIONS, as_words, key_of, make


def test_every_list_is_one_of_rows_that_can_be_read_alone():
    alone = {one.address for one in OPERATIONS if one.action == "retrieve"}

    assert alone == {f"{address}/{{id}}" for address in LISTS}


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_list_and_a_row_of_it_cost_the_same_for_one_row_as_for_five(
    api, queries_in, django_assert_num_queries, address
):
    path = f"{address}/{make(api, address)[key_of(address)]}"
    for_one, alone = queries_in(lambda: api.get(address)), queries_in(lambda: api.get(path))
    for _ in range(4):
        make(api, address)

    with django_assert_num_queries(for_one):
        five = api.get(address)
    with django_assert_num_queries(alone):
        one = api.get(path)

    assert five.json()["count"] >= 5
    assert one.status_code == 200


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
