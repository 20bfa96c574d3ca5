"""
Mail goes out whatever breaks around it: the mail server or a transaction.

Each fault is real and made with sockets. What breaks workers is in `tests/test_workers.py`, what
breaks Redis in `tests/test_redis.py`.
"""

import socket
from email import message_from_bytes
from threading import Event

import pytest
from django.db import connection

from customers.tests.factories import CustomerFactory
from milestones.tests.factories import MilestoneFactory
from notifications.models import Mail, Notification
from notifications.states import MailStatus
from tests.mailing import let_time_pass, queue, states, work_once
from tests.processes import (
    SECONDS_TO_WAIT,
    WORKER_ONCE,
    environment,
    free_port,
    run,
)
from tests.racing import at_once, book, outcomes, session_in_days
from tests.smtp_server import HANG_UP, MailServer, send_to, serving_mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_server(settings):
    with serving_mail(settings) as server:
        yield server


# --- The mail server ----------------------------------------------------------------------------


def test_bookings_are_made_while_the_mail_server_is_down_and_told_when_it_is_back(settings):
    MilestoneFactory(session_count=1)
    port = free_port()
    send_to(settings, port)
    customers = CustomerFactory.create_batch(3)

    responses = at_once(*(book(one, session_in_days(2)) for one in customers))
    work_once()

    assert outcomes(responses) == {201: 3}
    assert states() == {MailStatus.QUEUED: 3}
    assert set(Mail.objects.values_list("attempts", "worker")) == {(1, "")}
    assert all("refused" in problem for problem in Mail.objects.values_list("problem", flat=True))

    with MailServer(port) as server:
        let_time_pass()
        work_once()
        work_once()

    assert sorted(server.recipients) == sorted(one.email for one in customers)
    assert states() == {MailStatus.SENT: 3}


@pytest.mark.slow
def test_a_worker_ends_well_whether_or_not_the_mail_server_is_there():
    queue(1)
    port = free_port()

    while_down = run(WORKER_ONCE, environment(mail_port=port))
    let_time_pass()
    with MailServer(port) as server:
        when_back = run(WORKER_ONCE, environment(mail_port=port))

    assert (while_down, when_back) == (0, 0)
    assert len(server.received) == 1


@pytest.mark.slow
def test_a_mail_server_that_accepts_and_says_nothing_is_taken_for_away(settings):
    recipients = queue(2)
    settings.EMAIL_TIMEOUT = 1

    with socket.create_server(("127.0.0.1", 0)) as silent:
        send_to(settings, silent.getsockname()[1])
        work_once()

    assert states() == {MailStatus.QUEUED: 2}
    assert all("timed out" in told for told in Mail.objects.values_list("problem", flat=True))
    let_time_pass()
    with serving_mail(settings) as server:
        work_once()
    assert server.recipients == recipients


@pytest.mark.slow
@pytest.mark.parametrize("breaks_at", ["MAIL", "RCPT", "DATA"])
def test_a_mail_that_the_server_never_answers_is_tried_again_and_others_go_on(
    mail_server, settings, breaks_at
):
    stuck, *others = queue(3)
    settings.EMAIL_TIMEOUT = 1
    is_over = Event()
    asked = []

    def never_answer_the_first(step, recipient):
        asked.append(step)
        if step == breaks_at and asked.count(step) == 1:
            is_over.wait(SECONDS_TO_WAIT)
            return HANG_UP
        return None

    mail_server.on = never_answer_the_first
    try:
        work_once()
    finally:
        is_over.set()

    assert mail_server.recipients == others
    assert states() == {MailStatus.QUEUED: 1, MailStatus.SENT: 2}
    let_time_pass()
    work_once()
    assert mail_server.recipients == [*others, stuck]
    assert states() == {MailStatus.SENT: 3}


@pytest.mark.parametrize("breaks_at", ["MAIL", "RCPT", "DATA"])
def test_a_mail_during_which_the_connection_breaks_is_tried_again_and_others_go_on(
    mail_server, breaks_at
):
    broken, *others = queue(4)
    asked = []

    def hang_up_on_the_first(step, recipient):
        asked.append(step)
        return HANG_UP if step == breaks_at and asked.count(step) == 1 else None

    mail_server.on = hang_up_on_the_first

    work_once()

    assert mail_server.recipients == others
    assert states() == {MailStatus.QUEUED: 1, MailStatus.SENT: 3}
    let_time_pass()
    work_once()
    assert mail_server.recipients == [*others, broken]
    assert states() == {MailStatus.SENT: 4}


def test_of_a_mail_whose_answer_got_lost_both_copies_have_one_message_id(mail_server):
    [recipient] = queue(1)

    mail_server.on = lambda step, to: (
        HANG_UP if step == "TAKEN" and len(mail_server.received) == 1 else None
    )

    work_once()
    let_time_pass()
    work_once()

    assert mail_server.recipients == [recipient, recipient]
    ids = {message_from_bytes(mail.source)["Message-ID"] for mail in mail_server.received}
    assert len(ids) == 1
    assert None not in ids


# --- The transaction ----------------------------------------------------------------------------


def test_of_a_booking_that_rolls_back_after_its_message_nothing_was_said(mail_server, api):
    MilestoneFactory(session_count=1)
    customer = CustomerFactory()
    body = {"customer": customer.pk, "class_session": session_in_days(2).pk}

    def fail_on_the_last_statement(execute, sql, *args):
        result = execute(sql, *args)
        if "notifications_mail" in sql and sql.startswith("INSERT"):
            raise RuntimeError("the process ran out of memory")
        return result

    with connection.execute_wrapper(fail_on_the_last_statement):
        failed = api.post("/api/bookings", body)
    work_once()

    assert failed.status_code == 500
    assert customer.bookings.count() == 0
    assert Notification.objects.count() == 0
    assert mail_server.received == []

    assert api.post("/api/bookings", body).status_code == 201
    work_once()
    assert mail_server.recipients == [customer.email]
