"""What the logs tell, and what they must not."""

import json
import logging
import re

import pytest
from django.db import IntegrityError

from core.logs import formatter
from core.tests.operations import make

MADE = re.compile(r"[0-9a-f]{32}")
TOKEN = "t0ken" * 8 + "abc"


@pytest.fixture
def logged():
    """Collect what is logged as the lines of production."""
    lines = []

    class Collecting(logging.Handler):
        def emit(self, record):
            text = self.format(record)
            assert "\n" not in text
            lines.append(json.loads(text))

    handler = Collecting()
    handler.setFormatter(formatter(is_readable=False))
    loggers = [logging.getLogger(), logging.getLogger("django")]
    requests = logging.getLogger("core.observing")
    quiet = requests.level
    requests.setLevel(logging.INFO)
    for logger in loggers:
        logger.addHandler(handler)
    yield lines
    for logger in loggers:
        logger.removeHandler(handler)
    requests.setLevel(quiet)


def breaking(monkeypatch, error):
    """Let the health check fail in a way that nobody foresaw."""

    def fail():
        raise error

    monkeypatch.setattr("core.health.CHECKS", {"database": fail})


def test_a_request_is_told_in_one_line(api, logged):
    customer = make(api, "/api/customers")
    logged.clear()

    response = api.get(f"/api/customers/{customer['id']}?format=json")

    [line] = logged
    assert line.pop("milliseconds") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line.pop("timestamp"))
    assert line == {
        "event": "Answered",
        "level": "info",
        "logger": "core.observing",
        "request_id": response["X-Request-ID"],
        "method": "GET",
        "route": "/api/customers/<pk>",
        "status": 200,
    }


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("7", id="one figure"),
        pytest.param("0f8fad5b-d9cb-469f-a165-70867728950e", id="a UUID"),
        pytest.param("a" * 64, id="64 letters"),
    ],
)
def test_a_request_keeps_the_id_that_it_came_with(client, logged, given):
    response = client.get("/healthz", headers={"X-Request-ID": given})

    assert response["X-Request-ID"] == given
    assert [line["request_id"] for line in logged] == [given]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="none"),
        pytest.param("a" * 65, id="65 letters"),
        pytest.param("anna@example.org", id="an e-mail"),
        pytest.param("two words", id="two words"),
        pytest.param("a\n", id="a line break"),
        pytest.param('a","level":"', id="quotes"),
        pytest.param("é", id="no ASCII"),
    ],
)
def test_a_request_gets_an_id_where_it_has_none_that_is_sane(client, logged, given):
    response = client.get("/healthz", HTTP_X_REQUEST_ID=given)

    assert MADE.fullmatch(response["X-Request-ID"])
    assert [line["request_id"] for line in logged] == [response["X-Request-ID"]]


def test_what_is_logged_during_a_request_bears_its_id_and_nothing_after_it_does(
    client, logged, monkeypatch
):
    def check():
        logging.getLogger("core.health").warning("Somebody looked.")
        return True

    monkeypatch.setattr("core.health.CHECKS", {"database": check})

    client.get("/readyz", headers={"X-Request-ID": "abc"})
    logging.getLogger("core.health").warning("Nobody did.")

    assert [(line["event"], line.get("request_id")) for line in logged] == [
        ("Somebody looked.", "abc"),
        ("Answered", "abc"),
        ("Nobody did.", None),
    ]


@pytest.mark.django_db
def test_neither_names_nor_secrets_of_a_request_are_told(client, api, logged):
    client.get(f"/calendars/{TOKEN}.ics")
    api.get("/api/customers?search=Mustermann&email=anna@example.org")
    api.post("/api/customers", {"first_name": "Mustermann", "email": "anna@example.org"})
    api.get("/api/customers", headers={"Authorization": f"Bearer {TOKEN}"})
    api.get("/api/Mustermann")

    said = json.dumps(logged)
    assert [line["route"] for line in logged] == [
        "/calendars/<token>.ics",
        "/api/customers",
        "/api/customers",
        "/api/customers",
        "/api",
    ]
    assert not re.search(f"Mustermann|anna|{TOKEN}", said)


def test_a_fault_is_one_line_with_its_traceback(client, logged, monkeypatch):
    breaking(monkeypatch, RuntimeError("The roof is open."))
    client.raise_request_exception = False

    response = client.get("/readyz", headers={"X-Request-ID": "abc"})

    fault, answered = logged
    assert response.status_code == 500
    assert fault["event"] == "Internal Server Error: /readyz"
    assert (fault["level"], fault["request_id"]) == ("error", "abc")
    assert fault["exception"].startswith("Traceback (most recent call last):\n")
    assert fault["exception"].endswith("RuntimeError: The roof is open.")
    assert (answered["status"], answered["request_id"]) == (500, "abc")


def test_a_fault_tells_the_route_and_not_the_path(client, logged, monkeypatch):
    def fail(token):
        raise RuntimeError

    monkeypatch.setattr("bookings.views.calendars.customer_of", fail)
    client.raise_request_exception = False

    client.get(f"/calendars/{TOKEN}.ics")

    assert logged[0]["event"] == "Internal Server Error: /calendars/<token>.ics"
    assert TOKEN not in json.dumps(logged)


POSTGRES_SAYS = (
    'new row for relation "customers_customer" violates check constraint "x"\n'
    "DETAIL:  Failing row contains (1, Anna\n\nSchmidt, 1990-01-01).\n"
)


def test_a_traceback_tells_the_broken_rule_and_not_the_row(client, logged, monkeypatch):
    breaking(monkeypatch, IntegrityError(POSTGRES_SAYS))
    client.raise_request_exception = False

    client.get("/readyz")

    assert 'violates check constraint "x"' in logged[0]["exception"]
    assert not re.search("Anna|Schmidt|1990", json.dumps(logged))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("<anna.o'neil@example.org>: 550 no such user", "<…@…>: 550 no such user"),
        ("to anna+gym@example.org, berta@example.org", "to …@…, …@…"),
        ("cannot reach redis://gym:secret@cache:6379/0", "cannot reach redis://…@…/0"),
        ("cannot reach redis://:s3,c(r)e;t=@cache:6379/0", "cannot reach redis://…@…/0"),
        ("celery@worker-1 wrote to anna@localhost", "celery@worker-1 wrote to …@…"),
    ],
    ids=[
        "a mail server's answer",
        "two addresses",
        "a server's password",
        "a password of any signs",
        "a process's name",
    ],
)
def test_addresses_of_people_are_left_out(logged, said, told):
    logging.getLogger("notifications.delivery").warning("The server said: %s", said)

    assert [line["event"] for line in logged] == [f"The server said: {told}"]


def test_what_is_no_text_is_told_all_the_same():
    # Not by a logger: pytest shows what is logged to its other process, as text.
    said = ("core.work", logging.WARNING, "", 1, "There is no file %s.", ("a\udcff",), None)

    told = formatter(is_readable=False).format(logging.LogRecord(*said))

    assert json.loads(told)["event"] == "There is no file a\\udcff."


def test_development_reads_words():
    record = logging.LogRecord("core.work", logging.WARNING, "", 1, "Redis is away.", None, None)

    line = formatter(is_readable=True).format(record)

    assert "Redis is away." in line
    assert not line.startswith("{")
