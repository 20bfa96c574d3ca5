"""What a body may not be, whatever the operation."""

import json
from io import BytesIO
from itertools import product

import pytest
from rest_framework.exceptions import ParseError

from core.api.parsers import StrictJSONParser
from core.tests.operations import OPERATIONS, Broken, every_row, filled_in

WRITING = [one for one in OPERATIONS if one.method in {"post", "put", "patch"}]
NAME = b'{"name": '

MALFORMED = [
    pytest.param(b"{", id="half an object"),
    pytest.param(b"{'name': 1}", id="single quotes"),
    pytest.param(b"\xef\xbb\xbf{}", id="a byte order mark"),
    pytest.param(b'{"name": "\xfc"}', id="latin-1"),
    pytest.param('{"name": "x"}'.encode("utf-16"), id="utf-16"),
    pytest.param(b"\x00", id="a NUL byte"),
    pytest.param(NAME + b"NaN}", id="not a number"),
    pytest.param(NAME + b"Infinity}", id="infinity"),
    pytest.param(NAME + b"-Infinity}", id="minus infinity"),
    pytest.param(NAME + b"1e400}", id="a float past the range"),
    pytest.param(NAME + b"-1.0E-400}", id="a float too small to be told from zero"),
    pytest.param(NAME + b"9" * 5000 + b"}", id="an integer of 5000 digits"),
    pytest.param(b'{"name": "a", "name": "a"}', id="a name twice"),
    pytest.param(NAME + b'"\\ud800"}', id="the first half of a surrogate pair"),
    pytest.param(NAME + b'"\\udc00 x"}', id="the second half of a surrogate pair"),
    pytest.param(b'{"n\\ud800": 1}', id="half a surrogate pair as a name"),
    pytest.param(NAME + b"[" * 33 + b"]" * 33 + b"}", id="33 levels"),
    pytest.param(b'{"name":' * 40 + b"1" + b"}" * 40, id="40 objects in each other"),
    pytest.param(b"[" * 1_000_000, id="a million brackets"),
]


@pytest.fixture
def paths(api):
    return filled_in(api, [one.address for one in WRITING])


def sent(api, operation, paths, body, **headers):
    return getattr(api, operation.method)(paths[operation.address], body, **headers)


@pytest.mark.parametrize("body", MALFORMED)
def test_a_body_that_is_no_json_is_a_400_that_writes_nothing(api, body):
    response = api.post("/api/segments", body, content_type="application/json")

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["code"], error["attr"], error["facts"]) == ("parse_error", None, {})
    assert response.json()["type"] == "client_error"
    assert api.get("/api/segments").json()["count"] == 0


def test_no_operation_takes_malformed_json(api, paths):
    bodies, broken = (b"{", NAME + b"NaN}", b"[" * 100_000, b'{"a": "\\ud800"}'), Broken()

    for operation, body in product(WRITING, bodies):
        with broken.by(operation):
            response = sent(api, operation, paths, body, content_type="application/json")

            assert response.status_code == 400, body
            assert response.json()["errors"][0]["code"] == "parse_error"

    assert not broken, str(broken)


def test_a_body_is_an_object(api, paths):
    bodies, broken = (b"null", b"[]", b"[{}]", b'"text"', b"5", b"true"), Broken()

    for operation, body in product(WRITING, bodies):
        with broken.by(operation):
            response = sent(api, operation, paths, body, content_type="application/json")

            assert response.status_code == 400, body
            [error] = response.json()["errors"]
            assert (error["attr"], error["facts"]) == (None, {})

    assert not broken, str(broken)


def test_every_depth_of_nesting_is_refused_before_it_exhausts_the_stack():
    for depth in range(40, 1100):
        body = b'{"a": "\\u0041", "b": ' + b"[" * depth + b"]" * depth + b"}"

        with pytest.raises(ParseError):
            StrictJSONParser().parse(BytesIO(body))


def test_32_levels_are_read_and_33_are_not(api):
    def code_of_nested(levels: int) -> str:
        lists = levels - 1
        body = b'{"name": ' + b"[" * lists + b"]" * lists + b"}"
        response = api.post("/api/segments", body, content_type="application/json")
        return response.json()["errors"][0]["code"]

    assert code_of_nested(32) == "invalid"
    assert code_of_nested(33) == "parse_error"


def test_a_body_of_2_mb_is_read_and_one_byte_more_is_not(api):
    empty = len(json.dumps({"name": ""}))
    largest = json.dumps({"name": "a" * (2 * 1024 * 1024 - empty)})

    read = api.post("/api/segments", largest, content_type="application/json")
    refused = api.post("/api/segments", largest + " ", content_type="application/json")

    assert (read.status_code, read.json()["errors"][0]["code"]) == (400, "max_length")
    assert refused.status_code == 413
    assert refused.json()["errors"] == [
        {
            "code": "body_too_large",
            "detail": "A request's body has at most 2 MB.",
            "attr": None,
            "facts": {},
        }
    ]


def test_a_body_in_chunks_without_a_length_is_a_411_that_changes_nothing(api, paths):
    before, broken = every_row(), Broken()

    for operation in WRITING:
        with broken.by(operation):
            response = api.generic(
                operation.method,
                paths[operation.address],
                content_type="application/json",
                HTTP_TRANSFER_ENCODING="chunked",
            )

            assert response.status_code == 411
            assert response.json()["errors"] == [
                {
                    "code": "length_required",
                    "detail": "Send the body in one piece, with its Content-Length.",
                    "attr": None,
                    "facts": {},
                }
            ]
            assert every_row() == before

    assert not broken, str(broken)


def test_an_edit_without_a_body_is_a_400_that_changes_nothing(api, paths):
    edits = [one for one in WRITING if one.method in {"put", "patch"}]
    before, broken = every_row(), Broken()

    for operation, length in product(edits, ({}, {"CONTENT_LENGTH": "0"})):
        with broken.by(operation):
            response = api.generic(
                operation.method,
                paths[operation.address],
                content_type="application/json",
                **length,
            )

            assert response.status_code == 400, length
            assert response.json()["errors"] == [
                {"code": "parse_error", "detail": "A body is needed.", "attr": None, "facts": {}}
            ]
            assert every_row() == before

    assert not broken, str(broken)


def test_a_body_that_does_not_say_json_is_a_415(api, paths):
    forms = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
    broken = Broken()

    for operation, content_type in product(WRITING, ("text/plain", "application/xml", *forms)):
        with broken.by(operation):
            response = sent(api, operation, paths, b"{}", content_type=content_type)

            assert response.status_code == 415
            assert response.json() == {
                "type": "client_error",
                "errors": [
                    {
                        "code": "unsupported_media_type",
                        "detail": f'Unsupported media type "{content_type}" in request.',
                        "attr": None,
                        "facts": {},
                    }
                ],
            }

    assert not broken, str(broken)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "latin-1", "no-such-charset"])
def test_json_is_utf_8_whatever_the_header_says(api, charset):
    response = api.post(
        "/api/segments",
        '{"name": "Früh"}'.encode(),
        content_type=f"application/json; charset={charset}",
    )

    assert response.status_code == 201
    assert response.json()["name"] == "Früh"


def test_a_whole_surrogate_pair_is_one_character(api):
    response = api.post(
        "/api/segments", b'{"name": "\\ud83d\\ude00"}', content_type="application/json"
    )

    assert response.status_code == 201
    assert response.json()["name"] == "😀"
