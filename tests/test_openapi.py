import io
import re
import warnings

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from core.tests.operations import OPERATIONS, Broken, filled_in, key_of

TOLD = [one for one in OPERATIONS if one.address != "/api/"]


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.mark.slow
def test_the_document_is_valid_and_told_without_a_warning():
    out = io.StringIO()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)

    assert out.getvalue().startswith("openapi: 3.0.3\n")


def told_address(address):
    return address.replace("{id}", f"{{{key_of(address)}}}")


def told(document, operation):
    address = told_address(operation.address)
    [path] = [path for path in document["paths"] if path.rstrip("/") == address]
    return document["paths"][path][operation.method]


def refusals_in(responses):
    if "409" not in responses:
        return [], ""
    refused = responses["409"]
    errors = refused["content"]["application/json"]["schema"]["properties"]["errors"]
    codes = errors["items"]["properties"]["code"]["enum"]
    assert codes, "a 409 without a code"
    return codes, refused["description"]


def test_an_operation_tells_its_refusals_and_no_others(db, document):
    broken = Broken()

    for operation in TOLD:
        with broken.by(operation):
            refusals = getattr(operation.view, "refusals", {}).get(operation.action, [])

            codes, text = refusals_in(told(document, operation)["responses"])

            assert sorted(codes) == sorted(refusal.code for refusal in refusals)
            assert [code for code in codes if f"`{code}`" not in text] == []

    assert not broken, str(broken)


def test_no_address_is_left_out_of_the_document(document):
    addresses = {path.rstrip("/") for path in document["paths"]}

    assert addresses == {told_address(one.address) for one in TOLD}


def test_a_body_with_other_fields_is_ruled_out_by_the_document(db, document):
    broken = Broken()

    for operation in OPERATIONS:
        if operation.method not in {"post", "put", "patch"}:
            continue
        with broken.by(operation):
            content = told(document, operation)["requestBody"]["content"]
            name = content["application/json"]["schema"]["$ref"].rsplit("/", maxsplit=1)[-1]

            assert set(content) == {"application/json"}
            assert document["components"]["schemas"][name]["additionalProperties"] is False

    assert not broken, str(broken)


def test_a_search_is_told_exactly_where_it_is_accepted(api, document):
    reading = [one for one in TOLD if one.method == "get"]
    paths, broken = filled_in(api, [one.address for one in reading]), Broken()

    for operation in reading:
        with broken.by(operation):
            told_names = {one["name"] for one in told(document, operation).get("parameters", [])}

            response = api.get(paths[operation.address], {"search": "yoga"})

            is_refused = b'"There is no such parameter."' in response.content
            assert ("search" in told_names) is not is_refused

    assert not broken, str(broken)


def test_what_a_base_class_tells_programmers_is_not_told_to_clients(document):
    told = [
        schema["description"]
        for schema in document["components"]["schemas"].values()
        if "description" in schema
    ]

    assert told
    assert not [text for text in told if "Meta.fixed" in text or "misspelt" in text]


def test_the_longest_lists_are_in_the_document(document):
    workout = document["components"]["schemas"]["WorkoutRequest"]["properties"]
    entry = document["components"]["schemas"]["EntryRequest"]["properties"]

    assert (workout["entries"]["maxItems"], entry["sets"]["maxItems"]) == (50, 100)


def test_every_kind_of_message_is_in_the_document(document):
    shape = document["components"]["schemas"]["Notification"]["properties"]["kind"]
    kinds = document["components"]["schemas"][shape["$ref"].rsplit("/", maxsplit=1)[-1]]

    assert kinds["enum"] == [
        "flash_promo",
        "membership_cancelled",
        "milestone_award",
        "session_cancelled",
        "session_moved",
        "waitlist_promoted",
    ]


@pytest.mark.parametrize("address", ["/api/docs", "/api/docs/"])
def test_the_documentation_loads_nothing_from_elsewhere(api, address):
    page = api.get(address).content.decode()

    sources = re.findall(r"""(?:src|href)=["']?([^"'\s>]+)""", page)
    assert len(sources) >= 3
    assert [source for source in sources if not source.startswith("/")] == []
    own = r"https?://(?!testserver)[^\s\"']+"
    assert re.findall(own, page) == []


def test_the_documentation_and_what_it_loads_are_served_by_the_project(api):
    page = api.get("/api/docs").content.decode()

    for source in re.findall(r"""(?:src|href)=["']?(/static/[^"'\s>]+)""", page):
        assert finders.find(source.removeprefix("/static/")), source


def test_the_document_is_served_with_and_without_a_slash(api):
    assert api.get("/api/schema").status_code == 200
    # To write it all down again took half a second.
    assert resolve("/api/schema/").func is resolve("/api/schema").func


def test_the_front_door_leads_to_the_documentation(api):
    response = api.get("/")

    assert (response.status_code, response["Location"]) == (302, "/api/docs")
