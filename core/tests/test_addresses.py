from itertools import product

import pytest
from django.utils import timezone

from core.tests.operations import (
    ADDRESSES,
    BODIES,
    CREATED,
    LISTS,
    MADE_BY,
    METHODS,
    OPERATIONS,
    Broken,
    as_words,
    filled_in,
    taken_back,
)


def test_the_root_lists_every_resource(api):
    listed = api.get("/api").json()

    addresses = sorted(address.removeprefix("http://testserver") for address in listed.values())
    assert addresses == sorted(LISTS)
    assert sorted(listed) == sorted(address.removeprefix("/api/") for address in LISTS)
    assert set(BODIES) == set(CREATED)
    assert set(BODIES) | set(MADE_BY) == set(LISTS)


def test_the_root_answers_with_and_without_a_slash(api):
    assert api.get("/api").json() == api.get("/api/").json()


def test_a_slash_at_the_end_makes_no_difference(api, time_machine):
    paths, broken = filled_in(api, [one.address for one in OPERATIONS]), Broken()
    # Some answers tell when they were given.
    time_machine.move_to(timezone.now(), tick=False)

    for operation in OPERATIONS:
        address = paths[operation.address].removesuffix("/")
        with broken.by(operation):
            with taken_back():
                without = getattr(api, operation.method)(address, {})
            with_slash = getattr(api, operation.method)(f"{address}/", {})

            assert without.status_code == with_slash.status_code
            assert without.status_code in {200, 201, 204, 400, 409}
            if without.status_code != 201:
                links_with_slash = without.content.replace(b"?", b"/?")
                assert links_with_slash == with_slash.content.replace(b"?", b"/?")

    assert not broken, str(broken)


@pytest.mark.parametrize("address", ["/api/memberships/1", "/api/notifications/1/read"])
@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_method_that_an_address_does_not_know_is_a_405_without_a_body_too(api, method, address):
    response = getattr(api, method)(address)

    assert response.status_code == 405


def test_a_method_that_an_address_does_not_know_is_a_405_whatever_is_asked_with_it(api):
    assert api.post("/api/customers/1/milestone_progress?page=2").status_code == 405


def test_a_method_that_an_address_does_not_know_is_a_405(api):
    paths, broken = filled_in(api, ADDRESSES), Broken()
    known = {(one.method, one.address) for one in OPERATIONS}

    for method, address in sorted({*product(METHODS, ADDRESSES)} - known):
        with broken.by(f"{method} {address}"):
            response = getattr(api, method)(paths[address], {})

            assert response.status_code == 405
            assert response.json() == {
                "type": "client_error",
                "errors": [
                    {
                        "code": "method_not_allowed",
                        "detail": f'Method "{method.upper()}" not allowed.',
                        "attr": None,
                        "facts": {},
                    }
                ],
            }

    assert not broken, str(broken)


@pytest.mark.parametrize(
    ("address", "of_all", "of_one"),
    [
        ("/api/agreements", {"get", "post"}, {"get", "put", "patch"}),
        ("/api/follow_ups", {"get"}, {"get"}),
        ("/api/benefit_usages", {"get", "post"}, {"get", "delete"}),
        ("/api/bookings", {"get", "post"}, {"get", "patch"}),
        ("/api/memberships", {"get", "post"}, {"get"}),
        ("/api/milestone_awards", {"get"}, {"get"}),
        ("/api/notifications", {"get"}, {"get"}),
        ("/api/waitlist_entries", {"get", "post"}, {"get"}),
    ],
    ids=as_words,
)
def test_a_record_of_an_act_knows_its_own_methods_and_no_more(address, of_all, of_one):
    assert {one.method for one in OPERATIONS if one.address == address} == of_all
    assert {one.method for one in OPERATIONS if one.address == f"{address}/{{id}}"} == of_one


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/api/no_such_thing", id="no such resource"),
        pytest.param("/api/no_such_thing/", id="no such resource, with a slash"),
        pytest.param("/api/customers/999999", id="no such id"),
        pytest.param("/api/customers/0", id="id 0"),
        pytest.param("/api/customers/-1", id="a negative id"),
        pytest.param("/api/customers/999999999999999999", id="the longest id"),
        pytest.param("/api/customers/9" + "9" * 30, id="an id past the range of the database"),
        pytest.param("/api/customers/one", id="an id in words"),
        pytest.param("/api/customers/1.json", id="a format suffix"),
        pytest.param("/api/customers//", id="two slashes"),
        pytest.param("/api//", id="only slashes"),
        pytest.param("/api/customers/%00", id="a NUL byte"),
        pytest.param("/api/customers/%ff", id="no UTF-8"),
        pytest.param("/api/customers/%EF%BC%91", id="a digit of another script"),
        pytest.param("/api/bookings/1/no_such_action", id="no such action"),
        pytest.param("/api/reports/no_such_report", id="no such report"),
    ],
)
def test_what_does_not_exist_is_a_404_in_the_shape_of_every_error(api, address):
    # No customer knows a POST: that is a 405, whoever it is.
    of_one = address.rsplit("/", maxsplit=1)[-1].isdigit()

    for method in sorted(METHODS - ({"post"} if of_one else set())):
        response = getattr(api, method)(address, {})

        assert response.status_code == 404, method
        assert response.json() == {
            "type": "client_error",
            "errors": [{"code": "not_found", "detail": "Not found.", "attr": None, "facts": {}}],
        }


def test_the_browsable_api_shows_every_address(api):
    # Of everything there is one by then, so no list is empty.
    paths, broken = filled_in(api, ADDRESSES), Broken()

    for address in ADDRESSES:
        with broken.by(address):
            response = api.get(paths[address], HTTP_ACCEPT="text/html")

            # 400 where a parameter is missing, 405 where there is only a form to send.
            assert response.status_code in {200, 400, 405}
            assert response["Content-Type"] == "text/html; charset=utf-8"

    assert not broken, str(broken)


def test_no_other_format_than_json_and_html_is_served(api):
    response = api.get("/api/customers", HTTP_ACCEPT="application/xml")

    assert response.status_code == 406
    assert response.json()["errors"][0]["code"] == "not_acceptable"


def test_what_is_outside_the_api_is_not_answered_as_if_it_were_inside(api):
    assert api.get("/apix").status_code == 404
    assert api.get("/apix")["Content-Type"].startswith("text/html")
