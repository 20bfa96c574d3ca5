"""
No input makes a 500, and every answer is one that the OpenAPI document tells of.

Two fuzzers: one that goes by the document, one that knows what databases stumble over.
"""

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from rest_framework.test import APIClient

from core.tests.operations import LISTS, OPERATIONS, as_words, key_of, make
from gymtastic.wsgi import application

pytestmark = pytest.mark.slow

SEEDED = 3
FIXED = hypothesis(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """A few of everything, whose ids the fuzzers use: made once, as it takes longer than a test."""
    api = APIClient()
    api.default_format = "json"
    with django_db_blocker.unblock(), rolled_back():
        yield {
            address: [make(api, address)[key_of(address)] for _ in range(SEEDED)]
            for address in LISTS
        }


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def db(seeded):
    """Let each test find what is seeded, and nothing of the others."""
    with rolled_back():
        yield


# --- By the document ----------------------------------------------------------------------------

schemathesis = pytest.importorskip("schemathesis", reason="it comes with requirements-dev.txt")


RESOURCE_OF = {
    "customer": "/api/customers",
    "for_customer": "/api/customers",
    "class_session": "/api/class_sessions",
    "class_type": "/api/class_types",
    "segment": "/api/segments",
    "plan": "/api/membership_plans",
    "milestone": "/api/milestones",
    "venue": "/api/venues",
    "product": "/api/products",
    "promo": "/api/flash_promos",
    "exercise": "/api/exercises",
}


@pytest.fixture
def one_connection():
    """As Django's own client does it: all requests of a test are one transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def document(seeded, settings, one_connection):
    """Give the document; three of four ids that it makes up are those of something seeded."""
    settings.ALLOWED_HOSTS = ["localhost"]
    loaded = schemathesis.openapi.from_wsgi("/api/schema?format=json", application)

    def existing(values, resources):
        for name in resources.keys() & (values if isinstance(values, dict) else {}):
            if isinstance(values[name], int) and values[name] % 4:
                values[name] = seeded[resources[name]][values[name] % SEEDED]
        return values

    def map_path_parameters(context, path_parameters):
        resource = context.operation.path.split("/{", maxsplit=1)[0]
        return existing(path_parameters, {key_of(resource): resource})

    loaded.hook(map_path_parameters)
    loaded.hook("map_query")(lambda context, query: existing(query, RESOURCE_OF))
    loaded.hook("map_body")(lambda context, body: existing(body, RESOURCE_OF))
    return loaded


by_the_document = schemathesis.pytest.from_fixture("document")


@by_the_document.parametrize()
@hypothesis(FIXED, max_examples=10)
def test_every_answer_is_as_the_document_says(case):
    response = case.call()

    case.validate_response(
        response,
        checks=[
            schemathesis.checks.not_a_server_error,
            schemathesis.specs.openapi.checks.status_code_conformance,
            schemathesis.specs.openapi.checks.content_type_conformance,
            schemathesis.specs.openapi.checks.response_schema_conformance,
        ],
    )


# --- By what databases stumble over -------------------------------------------------------------

ODD_TEXTS = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff\ud800",
        "\uffff",
        "\U0001f600",
        "null",
        "NaN",
        "-0",
        "1e400",
        "9" * 19,
        "9" * 400,
        "-9223372036854775809",
        "9223372036854775808",
        "0x10",
        "1_000",
        "%",
        "%00",
        "' OR 1=1 --",
        "0446-10-18T10:28:13-23:23",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.999999-23:59",
        "2030-01-01T00:00:00+99:99",
        "2030-03-31T02:30:00",
        "1900-01-01T00:00:00Z",
        "2199-12-31T23:59:59.999999Z",
        "1900-01-01",
        "2199-12-31",
        "0000-00-00",
        "2030-W01-1",
        "P1D",
        "booked,attended",
        ",",
        "-id",
        "true",
        "1",
        "2",
    ]
)
TEXTS = ODD_TEXTS | st.text(max_size=20)
NUMBERS = st.sampled_from(
    [0, -0.0, 1, 2, -1, 0.5, 1e308, 5e-324, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**400]
)
SCALARS = TEXTS | NUMBERS | st.none() | st.booleans()
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, SCALARS, max_size=2)


def names_of(operation):
    """Give the names that an operation knows, and one that nothing knows."""
    view = operation.view
    names = {"page", "page_size", "ordering", "search", "format", "nothing"}
    names |= set(getattr(getattr(view, "filterset_class", None), "base_filters", ()))
    for serializer in getattr(view, "query_serializers", {}).values():
        names |= set(serializer().fields)
    serializer = getattr(view, "serializer_class", None)
    return sorted(names), sorted(
        {"nothing", "reason", "cancelled_on", *(serializer().fields if serializer else ())}
    )


def is_sound(response):
    assert response.status_code in {200, 201, 204, 400, 404, 405, 409, 413, 415}
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/json"
        body = response.json()
        assert set(body) == {"type", "errors"}
        for error in body["errors"]:
            assert set(error) == {"code", "detail", "attr", "facts"}
    return True


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.method == "get"], ids=as_words
)
def test_no_parameters_make_a_500(api, seeded, operation):
    parameters, _ = names_of(operation)
    address = operation.address.replace("{id}", str(seeded.get(operation.address[:-5], [1])[0]))

    @hypothesis(FIXED, max_examples=50)
    @given(st.dictionaries(st.sampled_from(parameters), TEXTS, max_size=3))
    def ask(query):
        # A browser sends what UTF-8 cannot hold as it is.
        raw = {name: text.encode("utf-8", "surrogatepass") for name, text in query.items()}
        if raw.get("format") != b"api":
            assert is_sound(api.get(address, raw))

    ask()


A_SERIES = {
    "starts_on": "2030-05-01",
    "ends_on": "2030-05-31",
    "weekdays": [1],
    "local_time": "18:30",
}


def of_something_seeded(operation, seeded):
    """Give the operation's resource, and its address with the id of something there is."""
    resource = operation.address.split("/{id}", maxsplit=1)[0]
    return resource, operation.address.replace("{id}", str(seeded.get(resource, [""])[0]))


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.method in {"post", "put", "patch"}],
    ids=as_words,
)
def test_no_body_makes_a_500(api, seeded, operation):
    _, fields = names_of(operation)
    resource, address = of_something_seeded(operation, seeded)
    if resource not in seeded:
        whole = A_SERIES | {"class_type": seeded["/api/class_types"][0]}
    elif operation.method == "patch":
        whole = {}
    else:
        whole = api.get(f"{resource}/{seeded[resource][0]}").json()

    @hypothesis(FIXED, max_examples=50)
    @given(st.dictionaries(st.sampled_from(fields), VALUES, max_size=3))
    def send(changes):
        body = json.dumps(whole | changes)
        response = getattr(api, operation.method)(address, body, content_type="application/json")
        assert is_sound(response)

    send()


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.method in {"post", "put", "patch"}],
    ids=as_words,
)
def test_no_bytes_make_a_500(api, seeded, operation):
    _, address = of_something_seeded(operation, seeded)
    kinds = ["application/json", "application/json; charset=utf-16", "text/plain", "", "/", "\xff"]

    @hypothesis(FIXED, max_examples=40)
    @given(
        st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0d8e1-.', max_size=40).map(str.encode),
        st.sampled_from(kinds),
    )
    def send(body, kind):
        method = operation.method.upper()
        assert is_sound(api.generic(method, address, body, content_type=kind))

    send()


@hypothesis(FIXED, max_examples=200)
@given(
    st.text(max_size=12).map(lambda text: text.replace("?", "").replace("#", "")),
    st.sampled_from(["get", "post", "put", "patch", "delete", "options", "head"]),
)
def test_no_address_makes_a_500(api, path, method):
    response = getattr(api, method)(f"/api/{path}")

    assert response.status_code in {200, 201, 400, 404, 405, 415}


@hypothesis(FIXED, max_examples=100)
@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_no_moment_makes_a_500(api, seeded, moment):
    assert isinstance(moment, datetime)
    text = moment.isoformat()
    session, membership = seeded["/api/class_sessions"][0], seeded["/api/memberships"][0]
    customer, plan = seeded["/api/customers"][0], seeded["/api/membership_plans"][0]
    sold = {"customer": customer, "plan": plan, "starts_on": text[:10]}

    answers = [
        api.get("/api/class_sessions", {"starts_at_after": text}),
        api.get("/api/bookings", {"created_at_before": text, "starts_at_after": text}),
        api.get(f"/api/class_sessions/{session}/eligibility", {"customer": 1, "at": text}),
        api.get("/api/reports/late_cancels", {"to": text[:10], "group_by": "week"}),
        api.patch(f"/api/class_sessions/{session}", {"starts_at": text}),
        api.get("/api/memberships", {"current_on": text[:10]}),
        api.post("/api/memberships", sold),
        api.post(f"/api/memberships/{membership}/cancel", {"cancelled_on": text[:10]}),
    ]

    for response in answers:
        assert is_sound(response)
