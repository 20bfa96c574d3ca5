from itertools import product

import pytest

from core.tests.operations import LISTS, MODELS, OPERATIONS, Broken, as_words, key_of, make

ORDERED = [one for one in OPERATIONS if one.action == "list"]


@pytest.mark.parametrize("address", LISTS, ids=as_words)
def test_a_list_says_how_many_there_are_and_where_the_next_page_is(api, address):
    for _ in range(3):
        make(api, address)
    everything = api.get(address).json()
    total = everything["count"]

    first = api.get(address, {"page_size": total - 1}).json()
    second = api.get(address, {"page_size": total - 1, "page": 2}).json()

    assert list(first) == ["count", "next", "previous", "results"]
    assert (first["count"], second["count"]) == (total, total)
    assert (first["previous"], second["next"]) == (None, None)
    assert first["next"] == f"http://testserver{address}?page=2&page_size={total - 1}"
    assert second["previous"] == f"http://testserver{address}?page_size={total - 1}"
    assert first["results"] + second["results"] == everything["results"]
    assert len(second["results"]) == 1


def test_a_page_past_the_end_is_a_404(api):
    broken = Broken()
    for address in LISTS:
        make(api, address)

    for address, page in product(LISTS, ("9", "500", "1000000000000", "9" * 30)):
        with broken.by(address):
            response = api.get(address, {"page": page})

            assert response.status_code == 404, page
            [error] = response.json()["errors"]
            assert (error["code"], error["attr"], error["facts"]) == ("not_found", None, {})

    assert not broken, str(broken)


def test_a_list_without_rows_has_one_empty_page(api):
    # The gym's default window is always there.
    default = {"/api/booking_windows": 1}
    broken = Broken()

    for address in LISTS:
        with broken.by(address):
            response = api.get(address, {"page": 1})

            assert response.status_code == 200
            number = default.get(address, 0)
            assert len(response.json()["results"]) == response.json()["count"] == number

    assert not broken, str(broken)


def test_a_page_has_50_rows_unless_it_is_told_otherwise_and_at_most_500(api):
    segment = MODELS["/api/segments"]
    segment.objects.bulk_create(segment(name=f"Segment {number}") for number in range(51))

    assert len(api.get("/api/segments").json()["results"]) == 50
    assert len(api.get("/api/segments", {"page_size": 500}).json()["results"]) == 51
    assert api.get("/api/segments", {"page_size": 501}).json()["errors"][0]["code"] == "max_value"


@pytest.mark.parametrize("operation", ORDERED, ids=as_words)
def test_every_order_is_total_and_turns_around_and_equal_rows_come_by_their_ids(api, operation):
    key = key_of(operation.address)
    made = [make(api, operation.address)[key] for _ in range(4)]
    everything = {row[key] for row in api.get(operation.address).json()["results"]}
    assert everything >= set(made)
    assert key in operation.view.ordering_fields

    for name in operation.view.ordering_fields:
        for order in (name, f"-{name}"):
            pages = [
                api.get(operation.address, {"ordering": order, "page_size": 2, "page": page})
                for page in range(1, (len(everything) + 1) // 2 + 1)
            ]

            ids = [row[key] for response in pages for row in response.json()["results"]]
            assert set(ids) == everything, order
            whole = api.get(operation.address, {"ordering": order}).json()["results"]
            assert [row[key] for row in whole] == ids, order
            if order == key:
                assert [one for one in ids if one in made] == made


def test_an_order_may_name_several_fields(api):
    for first_name, last_name in (("B", "Y"), ("A", "X"), ("A", "Y")):
        make(api, "/api/customers", first_name=first_name, last_name=last_name)

    rows = api.get("/api/customers", {"ordering": "-last_name,first_name"}).json()["results"]

    assert [(row["last_name"], row["first_name"]) for row in rows] == [
        ("Y", "A"),
        ("Y", "B"),
        ("X", "A"),
    ]


def test_an_unknown_order_is_told_which_there_are(api):
    broken = Broken()

    for address in LISTS:
        with broken.by(address):
            response = api.get(address, {"ordering": "nothing"})

            assert response.status_code == 400
            [error] = response.json()["errors"]
            assert (error["code"], error["attr"]) == ("invalid_choice", "ordering")
            assert error["detail"].startswith("Order by ")

    assert not broken, str(broken)
