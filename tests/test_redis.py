"""
Redis only wakes: what is due stands in the database, whatever becomes of Redis.

The web server, Redis and Celery are real processes on the database of the run.
"""

import json
import shutil
import signal
import socket
from collections import Counter
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from django.core.management import call_command
from django.utils import timezone
from redis import Redis

from customers.tests.factories import CustomerFactory
from milestones.tests.factories import MilestoneFactory
from notifications.models import Mail
from notifications.states import MailStatus
from notifications.tests.factories import MailFactory
from tests.processes import (
    SECONDS_TO_WAIT,
    environment,
    free_port,
    is_listening,
    module,
    running,
    wait_until,
)
from tests.racing import book, session_in_days
from tests.smtp_server import serving_mail

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed"),
]

# Where Celery keeps what nobody has fetched.
QUEUE = "celery"


@pytest.fixture
def mail_server(settings):
    with serving_mail(settings) as server:
        yield server


@contextmanager
def redis_server(port):
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no")
    with running(["redis-server", *options], {}) as process:
        wait_until(lambda: is_listening(port), "Redis")
        yield process


@contextmanager
def web_server(env):
    """Serve the project, and give a function that books by HTTP and answers with the status."""
    port = free_port()
    options = ("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2")
    with running(module("gunicorn", "gymtastic.wsgi", *options, "--no-control-socket"), env):
        wait_until(lambda: is_listening(port), "the web server")

        def send(customer):
            _, address, body = book(customer, session_in_days(2))
            request = Request(
                f"http://127.0.0.1:{port}{address}",
                json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            with urlopen(request, timeout=SECONDS_TO_WAIT) as answer:  # noqa: S310
                return answer.status

        yield send


def celery(*arguments):
    return module("celery", "-A", "gymtastic", *arguments)


def states():
    return Counter(Mail.objects.values_list("status", flat=True))


def test_bookings_are_made_and_told_though_redis_is_killed_and_comes_back(mail_server):
    MilestoneFactory(session_count=1)
    customers = CustomerFactory.create_batch(4)
    port = free_port()
    env = environment(mail_port=mail_server.port, redis=f"redis://127.0.0.1:{port}/0")

    with web_server(env) as send:
        with redis_server(port) as redis, Redis(port=port) as client:
            before = send(customers[0])
            wait_until(lambda: client.llen(QUEUE) == 1, "the waking")
            [waking] = client.lrange(QUEUE, 0, -1)
            redis.send_signal(signal.SIGKILL)
            redis.wait()
        meanwhile = [send(customers[1]), send(customers[2])]
        with redis_server(port), Redis(port=port) as client:
            after = send(customers[3])
            wait_until(lambda: client.llen(QUEUE) >= 1, "the waking by the new Redis")

    assert [before, *meanwhile, after] == [201] * 4
    assert json.loads(waking)["headers"]["task"] == "gymtastic.work"
    assert states() == {MailStatus.QUEUED: 4}
    call_command("worker", "--once")
    assert mail_server.recipients == [one.email for one in customers]


def test_a_request_waits_for_no_redis_that_never_answers(mail_server):
    MilestoneFactory(session_count=1)
    customers = CustomerFactory.create_batch(3)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        env = environment(mail_port=mail_server.port, redis=f"redis://127.0.0.1:{port}/0")
        with web_server(env) as send:
            # A request that asked this Redis anything would never be answered.
            answers = [send(one) for one in customers]
            somebody_asked, _ = silent.accept()
            somebody_asked.close()

    assert answers == [201, 201, 201]
    call_command("worker", "--once")
    assert mail_server.recipients == [one.email for one in customers]


def test_a_celery_worker_is_woken_by_a_booking_and_delivers(mail_server):
    MilestoneFactory(session_count=1)
    customer = CustomerFactory()
    port = free_port()
    env = environment(mail_port=mail_server.port, redis=f"redis://127.0.0.1:{port}/0")
    worker = celery("worker", "--pool", "solo", "--without-gossip", "--without-mingle")

    # There is no beat: nothing but the waking makes the worker look.
    with redis_server(port), running(worker, env), web_server(env) as send:
        status = send(customer)
        wait_until(lambda: states() == {MailStatus.SENT: 1}, "the mail")

    assert status == 201
    assert mail_server.recipients == [customer.email]


def test_the_beat_finds_what_nobody_was_woken_for(mail_server):
    mail = MailFactory(queued_at=timezone.now())
    port = free_port()
    env = environment(mail_port=mail_server.port, redis=f"redis://127.0.0.1:{port}/0")
    worker = celery("worker", "--pool", "solo", "--without-gossip", "--without-mingle")

    with redis_server(port), running(worker, env), running(celery("beat"), env):
        wait_until(lambda: states() == {MailStatus.SENT: 1}, "the mail")

    assert mail_server.recipients == [mail.notification.customer.email]
