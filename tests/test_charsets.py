"""What a web server hands to the app itself, before Django's own client could tidy it up."""

import json
from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest

from customers.tests.factories import CustomerFactory
from gymtastic.wsgi import application

# The app closes the connection of the test, as it does after every request.
pytestmark = pytest.mark.django_db(transaction=True)


def get(query, content_type):
    """Send a GET to the app as a web server does; give the status and the JSON."""
    environ = {
        "PATH_INFO": "/api/customers",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "testserver",
        "wsgi.input": BytesIO(),
    }
    setup_testing_defaults(environ)
    answered = []
    body = b"".join(application(environ, lambda status, headers: answered.append(status)))
    return answered[0], json.loads(body)


@pytest.mark.parametrize(
    "charset", ["hex", "rot13", "punycode", "utf-7", "unicode_escape", "utf-16", "no-such-charset"]
)
def test_a_query_is_utf_8_whatever_charset_the_request_claims(charset):
    juergen = CustomerFactory(first_name="Jürgen")
    CustomerFactory()

    status, found = get("search=j%C3%BCrgen&page=1", f"application/json; charset={charset}")

    assert status == "200 OK"
    assert [row["id"] for row in found["results"]] == [juergen.pk]


def test_a_thousand_and_one_parameters_are_refused_in_the_apis_own_shape():
    query = "&".join(f"a{number}=1" for number in range(1001))

    status, answer = get(query, "application/json; charset=utf-8")

    assert status == "400 Bad Request"
    assert [error["code"] for error in answer["errors"]] == ["invalid"]
