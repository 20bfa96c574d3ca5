"""
Workers are killed, stopped, held up and many, and every mail arrives.

All are real processes, or threads of this one; SIGKILL is SIGKILL. Nothing is lost, and nothing
arrives twice but the one mail that was under way.
"""

import signal
import subprocess
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications import delivery
from notifications.models import Mail
from notifications.states import MailStatus
from tests.mailing import let_time_pass, queue, states, work_once
from tests.processes import (
    SECONDS_TO_WAIT,
    WORKER,
    WORKER_ONCE,
    environment,
    module,
    run,
    running,
    wait_until,
)
from tests.smtp_server import HANG_UP, serving_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_server(settings):
    with serving_mail(settings) as server:
        yield server


@pytest.fixture
def workers_to_kill(mail_server):
    """Run workers, each killed before its n-th step; gives their exit codes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    env = {
        **environment(mail_port=mail_server.port),
        "DJANGO_SETTINGS_MODULE": "gymtastic.settings",
    }
    with running(module("tests.dying_worker"), env, **pipes) as process:

        def work(last_step):
            process.stdin.write(f"{last_step}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield work


@pytest.mark.slow
def test_a_worker_killed_before_any_of_its_steps_loses_nothing(mail_server, workers_to_kill):
    doubled = []
    for step in range(1, 200):
        recipients = queue(3)
        mail_server.received.clear()

        code = workers_to_kill(step)
        mail_server.wait_until_quiet()
        let_time_pass()
        work_once()
        mail_server.wait_until_quiet()

        arrived = Counter(mail_server.recipients)
        assert set(arrived) == set(recipients), f"killed before step {step}"
        assert arrived.total() <= len(recipients) + 1, f"killed before step {step}"
        assert set(states()) == {MailStatus.SENT}, f"killed before step {step}"
        if arrived.total() > len(recipients):
            doubled.append(step)
        if code == 0:
            break
        assert code == -signal.SIGKILL

    # The last one took all its steps. And for each mail there was a step before which the server
    # had the mail and the worker had not noted it.
    assert code == 0
    assert len(doubled) >= 3


@pytest.mark.slow
@pytest.mark.parametrize(("step", "copies"), [("DATA", 1), ("TAKEN", 2)])
def test_a_worker_killed_while_the_server_has_not_answered_repeats_that_mail_alone(
    mail_server, step, copies
):
    recipients = queue(3)
    env = environment(mail_port=mail_server.port)

    with running(WORKER, env) as worker:

        def kill_during_the_second(at, recipient):
            if (at, recipient) == (step, recipients[1]):
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                return HANG_UP
            return None

        mail_server.on = kill_during_the_second
        assert worker.wait(SECONDS_TO_WAIT) == -signal.SIGKILL
        mail_server.wait_until_quiet()
    mail_server.on = None
    assert states() == {MailStatus.QUEUED: 2, MailStatus.SENT: 1}
    assert Mail.objects.due(timezone.now()).count() == 0
    let_time_pass()
    assert run(WORKER_ONCE, env) == 0

    assert Counter(mail_server.recipients) == {
        recipients[0]: 1,
        recipients[1]: copies,
        recipients[2]: 1,
    }
    assert states() == {MailStatus.SENT: 3}


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_finishes_its_mail_and_gives_back_the_rest(mail_server):
    recipients = queue(3)

    with running(WORKER, environment(mail_port=mail_server.port)) as worker:

        def stop_it(step, recipient):
            if step == "DATA":
                worker.send_signal(signal.SIGTERM)

        mail_server.on = stop_it
        code = worker.wait(SECONDS_TO_WAIT)

    assert code == 0
    assert mail_server.recipients == recipients[:1]
    assert states() == {MailStatus.QUEUED: 2, MailStatus.SENT: 1}
    left = Mail.objects.due(timezone.now())
    assert list(left.values_list("worker", "attempts")) == [("", 0), ("", 0)]


@pytest.mark.slow
def test_a_worker_that_keeps_running_delivers_what_is_queued_later(mail_server):
    with running(WORKER, environment(mail_port=mail_server.port)) as worker:
        first = queue(1)
        wait_until(lambda: mail_server.recipients == first, "the first mail")
        second = queue(1)
        wait_until(lambda: mail_server.recipients == [*first, *second], "the second mail")
        worker.send_signal(signal.SIGTERM)

        assert worker.wait(SECONDS_TO_WAIT) == 0

    assert states() == {MailStatus.SENT: 2}


@pytest.mark.slow
def test_a_worker_outlives_its_connection_to_the_database(mail_server):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no connection that could break.")

    with running(WORKER, environment(mail_port=mail_server.port)) as worker:
        first = queue(1)
        wait_until(lambda: states() == {MailStatus.SENT: 1}, "the first mail")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        second = queue(1)
        wait_until(lambda: states() == {MailStatus.SENT: 2}, "the second mail")

        assert worker.poll() is None

    assert mail_server.recipients == [*first, *second]


@pytest.mark.slow
def test_a_worker_waits_while_somebody_else_holds_the_database(mail_server):
    recipients = queue(2)
    table = Mail._meta.db_table

    with running(WORKER, environment(mail_port=mail_server.port)) as worker:
        # On SQLite any transaction holds the one write lock; the worker comes by every second.
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(subprocess.TimeoutExpired):
                worker.wait(3)
            arrived_meanwhile = list(mail_server.recipients)
        wait_until(lambda: states() == {MailStatus.SENT: 2}, "the mails")

    assert arrived_meanwhile == []
    assert mail_server.recipients == recipients


# --- Several workers ----------------------------------------------------------------------------


@pytest.mark.slow
def test_workers_that_run_at_once_send_each_mail_once(mail_server):
    number = 4
    recipients = queue(200 + 30)
    at_the_start = Barrier(number)
    beginning = []

    def begin_together(step, recipient):
        if step == "MAIL" and len(beginning) < number:
            beginning.append(step)
            at_the_start.wait(SECONDS_TO_WAIT)

    mail_server.on = begin_together
    env = environment(mail_port=mail_server.port)
    with ExitStack() as together:
        processes = [together.enter_context(running(WORKER_ONCE, env)) for _ in range(number)]
        codes = [process.wait(SECONDS_TO_WAIT) for process in processes]

    assert codes == [0] * number
    assert sorted(mail_server.recipients) == sorted(recipients)
    assert len({mail.connection for mail in mail_server.received}) == number
    assert states() == {MailStatus.SENT: len(recipients)}


@pytest.mark.slow
def test_while_a_server_is_slow_a_workers_mails_stay_its_own(mail_server, monkeypatch):
    recipients = queue(3)
    monkeypatch.setattr(delivery, "LEASE", timedelta(seconds=1))
    is_asked, may_answer = Event(), Event()

    def be_slow_with_the_first(step, recipient):
        if step == "DATA" and not is_asked.is_set():
            is_asked.set()
            assert may_answer.wait(SECONDS_TO_WAIT)

    mail_server.on = be_slow_with_the_first
    first = Thread(target=_deliver_by, args=[timezone.now])
    first.start()
    try:
        assert is_asked.wait(SECONDS_TO_WAIT)
        without_renewal = max(Mail.objects.values_list("due_at", flat=True))
        while timezone.now() < without_renewal + timedelta(seconds=1):
            work_once()
            time.sleep(0.05)
        arrived_meanwhile = mail_server.recipients
    finally:
        may_answer.set()
        first.join()

    assert arrived_meanwhile == []
    assert mail_server.recipients == recipients
    assert mail_server.connections == 1
    assert states() == {MailStatus.SENT: 3}


def _deliver_by(clock):
    try:
        delivery.deliver_due(clock, lambda: False)
    finally:
        connection.close()


def test_a_worker_held_up_beyond_its_lease_sends_no_more_of_what_it_took(mail_server):
    recipients = queue(3)
    now = timezone.now()

    def sleep_through_the_lease(step, recipient):
        nonlocal now
        if step == "DATA" and not mail_server.received:
            mail_server.on = None
            now += delivery.LEASE
            _deliver_by(lambda: now)

    mail_server.on = sleep_through_the_lease

    delivery.deliver_due(lambda: now, lambda: False)

    # The one that was under way, and no other, arrived twice.
    assert sorted(mail_server.recipients) == sorted([recipients[0], *recipients])
    assert list(Mail.objects.values_list("status", "attempts")) == [(MailStatus.SENT, 1)] * 3
