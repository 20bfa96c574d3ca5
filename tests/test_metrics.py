"""What Prometheus is told, by the API's own doors."""

import re
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from bookings.errors import SessionFull
from bookings.rules import RULES
from classes.tests.factories import ClassTypeFactory
from core.models import ApiKey
from core.routes import NOWHERE
from customers.tests.factories import CustomerFactory
from notifications.metrics import SETTLED_AFTER, Sent, mails
from notifications.models import Mail
from notifications.states import MailStatus
from notifications.tests.factories import MailFactory
from promotions.tests.factories import FlashPromoFactory
from tests.processes import (
    SECONDS_TO_WAIT,
    environment,
    free_port,
    is_listening,
    module,
    running,
    wait_until,
)
from tests.racing import session_in_days

pytestmark = pytest.mark.django_db

NOON = datetime(2030, 5, 13, 12, tzinfo=UTC)


def figures(client):
    """Give each figure by its name and its labels' values, in the labels' order."""
    response = client.get("/metrics")
    assert response.status_code == 200, response.content
    # Reading the buckets of every route takes longer than all the tests.
    text = re.sub(r"(?m)^.*_bucket\{.*\n", "", response.content.decode())
    return {
        (
            sample.name.removeprefix("gymtastic_"),
            *(sample.labels[label] for label in sorted(sample.labels)),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def added(before, after, *figure):
    return after[figure] - before.get(figure, 0)


def book(api, customer, session):
    body = {"customer": customer.pk, "class_session": session.pk}
    return api.post("/api/bookings", body).status_code


@pytest.mark.parametrize("address", ["/metrics", "/metrics/"])
@pytest.mark.parametrize(
    "accept",
    [
        pytest.param("text/plain", id="text"),
        pytest.param(
            "application/openmetrics-text;version=1.0.0,text/plain;q=0.5", id="Prometheus"
        ),
        pytest.param("*/*", id="anything"),
    ],
)
def test_prometheus_is_told_in_its_own_format(api, address, accept):
    response = api.get(address, headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.content.startswith(b"# HELP gymtastic_requests_total Requests answered.\n")


@pytest.mark.parametrize("address", ["/metrics", "/metrics/"])
def test_a_closed_api_tells_its_figures_to_no_one_without_a_key(api, settings, address):
    settings.API_OPEN = False

    response = api.get(address, headers={"Accept": "text/plain"})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json() == {
        "type": "client_error",
        "errors": [
            {
                "code": "not_authenticated",
                "detail": "Authentication credentials were not provided.",
                "attr": None,
                "facts": {},
            }
        ],
    }


def test_a_key_that_may_only_read_opens_the_figures_of_a_closed_api(api, settings):
    settings.API_OPEN = False
    _, key = ApiKey.issue(name="Prometheus", is_read_only=True)

    response = api.get("/metrics", headers={"Authorization": f"Bearer {key}"})

    assert response.status_code == 200


def test_requests_and_their_queries_are_counted_by_route(api):
    types = [ClassTypeFactory(), ClassTypeFactory()]
    before = figures(api)

    for one in types:
        api.get(f"/api/class_types/{one.pk}")
    api.get("/api/class_types/999999999")

    after, route = figures(api), "/api/class_types/<pk>"
    assert added(before, after, "requests_total", "GET", route, "200") == 2
    assert added(before, after, "requests_total", "GET", route, "404") == 1
    assert added(before, after, "request_seconds_count", "GET", route) == 3
    assert added(before, after, "request_queries_total", "GET", route) == 3
    assert added(before, after, "request_query_seconds_total", "GET", route) > 0


def test_clients_cannot_make_up_labels(api):
    client = Client(raise_request_exception=False)
    client.generic("BREW", "/api/bookings/17")
    client.get("/no/such/address")
    client.get("/api/no_such_resource", headers={"Host": "no.such.host"})

    after = figures(api)

    methods = {figure[1] for figure in after if figure[0] == "requests_total"}
    routes = {figure[2] for figure in after if figure[0] == "requests_total"}
    assert ("requests_total", "other", "/api/bookings/<pk>", "405") in after
    assert ("requests_total", "GET", NOWHERE, "404") in after
    assert ("requests_total", "GET", NOWHERE, "400") in after
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "other"}
    assert not any("17" in route or "no" in route.split("/") for route in routes)


def test_bookings_are_counted_once_they_are_committed(api, django_capture_on_commit_callbacks):
    customer, session = CustomerFactory(), session_in_days(2)
    before = figures(api)

    with django_capture_on_commit_callbacks(execute=True):
        assert book(api, customer, session) == 201

    assert added(before, figures(api), "bookings_made_total") == 1


@pytest.mark.django_db(transaction=True)
def test_a_booking_that_is_rolled_back_was_not_made(api):
    customer, session = CustomerFactory(), session_in_days(2)
    before = figures(api)

    with transaction.atomic():
        assert book(api, customer, session) == 201
        transaction.set_rollback(True)

    assert added(before, figures(api), "bookings_made_total") == 0


def test_refused_bookings_are_counted_by_code(api, django_capture_on_commit_callbacks):
    full = session_in_days(2, capacity=0)
    before = figures(api)

    with django_capture_on_commit_callbacks(execute=True):
        assert [book(api, CustomerFactory(), full) for _ in range(2)] == [409, 409]

    after = figures(api)
    assert added(before, after, "bookings_refused_total", SessionFull.code) == 2
    assert added(before, after, "bookings_made_total") == 0


def test_each_code_has_a_figure_before_it_is_first_refused(api):
    told = {figure[1] for figure in figures(api) if figure[0] == "bookings_refused_total"}

    assert told >= {rule.refusal.code for rule in RULES}


@time_machine.travel(NOON + timedelta(minutes=90), tick=False)
def test_mails_are_counted_where_they_stand_and_the_oldest_has_an_age(api):
    MailFactory.create_batch(2, queued_at=NOON)
    MailFactory(queued_at=NOON + timedelta(hours=1))
    MailFactory(sent=True, sent_at=NOON + timedelta(minutes=88))
    MailFactory.create_batch(4, failed=True)

    told = figures(api)

    assert told[("notifications_queued",)] == 3
    assert told[("notifications_oldest_queued_seconds",)] == 90 * 60
    assert told[("notifications_sent_total",)] == 1
    assert told[("notifications_failed",)] == 4


@time_machine.travel(NOON + timedelta(minutes=90), tick=False)
def test_promotions_that_nobody_tells_of_are_counted_and_the_oldest_has_an_age(api):
    for since in (30, 80, 100):
        FlashPromoFactory(starts_at=NOON + timedelta(minutes=since))
    FlashPromoFactory(starts_at=NOON, notified_at=NOON)

    told = figures(api)

    assert told[("flash_promos_to_be_told",)] == 2
    assert told[("flash_promos_to_be_told_oldest_seconds",)] == 60 * 60


def test_nothing_queued_is_no_age():
    by_name = {metric.name: metric.samples[0].value for metric in mails(NOON, Sent())}

    assert by_name["gymtastic_notifications_queued"] == 0
    assert by_name["gymtastic_notifications_oldest_queued_seconds"] == 0


@pytest.mark.parametrize(
    "ago",
    [
        pytest.param(timedelta(), id="just now"),
        pytest.param(SETTLED_AFTER - timedelta(microseconds=1), id="the last that may be missing"),
        pytest.param(SETTLED_AFTER, id="the first that is remembered"),
        pytest.param(timedelta(days=400), id="a year ago"),
    ],
)
def test_a_mail_that_was_sent_is_counted_once_however_often_somebody_asks(ago):
    MailFactory(sent=True, sent_at=NOON - ago)
    sent = Sent()

    # Also by a request that was held up since it read the clock.
    counted = [sent.count(NOON + timedelta(minutes=minutes)) for minutes in (0, 0, 9, 4, 60)]

    assert counted == [1, 1, 1, 1, 1]


def test_a_mail_whose_sending_is_noted_late_is_counted_all_the_same():
    sent = Sent()
    mail = MailFactory()
    before = sent.count(NOON)

    Mail.objects.filter(pk=mail.pk).update(
        status=MailStatus.SENT, sent_at=NOON - timedelta(minutes=4), sent_to="anna@example.org"
    )

    assert (before, sent.count(NOON), sent.count(NOON + timedelta(hours=1))) == (0, 1, 1)


def test_settled_mails_are_not_read_again():
    MailFactory.create_batch(3, sent=True, sent_at=NOON - timedelta(days=1))
    sent = Sent()
    sent.count(NOON)
    Mail.objects.all().delete()

    assert sent.count(NOON + timedelta(minutes=1)) == 3


def test_a_database_that_is_away_takes_none_of_the_counters_with_it(api, monkeypatch):
    def gone(*args):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(gone):
        told = figures(api)

    assert ("bookings_made_total",) in told
    assert ("notifications_queued",) not in told


def test_the_figures_cost_five_questions_however_many_mails_there_are(api, queries_in):
    MailFactory(sent=True)
    one = queries_in(lambda: api.get("/metrics"))
    MailFactory.create_batch(3, sent=True)
    MailFactory.create_batch(3, failed=True)

    seven = queries_in(lambda: api.get("/metrics"))

    assert seven == one
    assert one <= 5


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_processes_of_the_web_server_count_together_and_tidy_up(tmp_path):
    port = free_port()
    serve = ("gymtastic.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "3", "--threads", "1")

    def counted():
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=SECONDS_TO_WAIT) as answer:
            text = answer.read().decode()
        [found] = re.findall(r'requests_total{.*route="/healthz".*} (.+)', text) or [0]
        return float(found)

    # Whatever the shell says: gunicorn's processes have a folder of their own.
    env = {**environment(), "TMPDIR": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": "/nowhere"}
    with running(module("gunicorn", *serve, "--no-control-socket"), env) as server:
        wait_until(lambda: is_listening(port), "the web server")
        for _ in range(30):
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=SECONDS_TO_WAIT):
                pass
        told = {counted() for _ in range(10)}
        server.terminate()
        server.wait(SECONDS_TO_WAIT)

    assert told == {30}
    assert list(tmp_path.iterdir()) == []
