"""Delivery to a real mail server on this machine; what breaks is in `tests/test_faults.py`."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.core.mail import get_connection

from notifications.delivery import LEASE, STUCK_AFTER, Lease, _deliver, _take, deliver_due
from notifications.models import Mail
from notifications.states import MailStatus
from notifications.tests.factories import MONDAY_NOON, MailFactory

pytestmark = pytest.mark.django_db


def deliver(at=MONDAY_NOON):
    return deliver_due(lambda: at, lambda: False)


def address_of(mail):
    return mail.notification.customer.email


def refuse(step, answer, recipient):
    """Let the server answer so at this step of one customer's mail, and take the others."""
    return lambda at, to: answer if (at, to) == (step, recipient) else None


def test_a_mail_arrives_as_it_was_written(mail_server, settings):
    settings.DEFAULT_FROM_EMAIL = "Gymtastic <gym@example.org>"
    mail = MailFactory(
        notification__title="Zoë, that's it: für Übermut & <Spaß>",
        notification__body="You've done it, Jürgen O'Neill!\n.\n<b>1 & 1</b>\n",
    )

    assert deliver()

    [arrived] = mail_server.received
    assert arrived.recipient == address_of(mail)
    message = message_from_bytes(arrived.source, policy=default)
    assert message["Subject"] == "Zoë, that's it: für Übermut & <Spaß>"
    assert message.get_content().replace("\r\n", "\n") == (
        "You've done it, Jürgen O'Neill!\n.\n<b>1 & 1</b>\n"
    )
    assert (message["To"], message["From"]) == (address_of(mail), "Gymtastic <gym@example.org>")
    assert message.get_content_type() == "text/plain"
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.problem) == (MailStatus.SENT, 1, "")
    assert (mail.sent_at, mail.sent_to) == (MONDAY_NOON, address_of(mail))


def test_a_mail_goes_to_the_address_that_the_customer_has_when_it_is_sent(mail_server):
    mail = MailFactory()
    customer = mail.notification.customer
    customer.email = "married@example.org"
    customer.save(update_fields=["email"])

    deliver()

    assert mail_server.recipients == ["married@example.org"]
    assert Mail.objects.get().sent_to == "married@example.org"


def test_what_is_due_later_or_done_stays(mail_server):
    MailFactory(sent=True)
    MailFactory(failed=True)
    MailFactory(due_at=MONDAY_NOON + timedelta(microseconds=1))
    before = list(Mail.objects.order_by("pk").values())

    assert deliver()

    assert mail_server.connections == 0
    assert list(Mail.objects.order_by("pk").values()) == before


def test_many_mails_go_over_one_connection_the_longest_due_first(mail_server):
    mails = MailFactory.create_batch(120)
    mails[-1].due_at -= timedelta(hours=1)
    mails[-1].save(update_fields=["due_at"])

    deliver()

    assert mail_server.connections == 1
    assert len(mail_server.received) == 120
    assert address_of(mails[-1]) in mail_server.recipients[:50]


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_the_server_refuses_for_good_is_given_up_with_its_words(mail_server, step):
    first, refused, last = MailFactory.create_batch(3)
    mail_server.on = refuse(step, "550 No such mailbox here", address_of(refused))

    assert deliver()

    refused.refresh_from_db()
    assert (refused.status, refused.attempts) == (MailStatus.FAILED, 1)
    assert "550 No such mailbox here" in refused.problem
    assert mail_server.recipients == [address_of(first), address_of(last)]
    assert mail_server.connections == 1
    mail_server.on = None
    deliver(MONDAY_NOON + timedelta(days=2))
    assert len(mail_server.received) == 2


@pytest.mark.parametrize("answer", ["451 Try again later", "421 Too busy"])
@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_what_the_server_cannot_take_now_is_tried_again(mail_server, step, answer):
    first, put_off, last = MailFactory.create_batch(3)
    mail_server.on = refuse(step, answer, address_of(put_off))

    assert deliver()

    put_off.refresh_from_db()
    assert (put_off.status, put_off.attempts, put_off.worker) == (MailStatus.QUEUED, 1, "")
    assert put_off.due_at == MONDAY_NOON + timedelta(seconds=10)
    assert answer in put_off.problem
    assert mail_server.recipients == [address_of(first), address_of(last)]
    mail_server.on = None
    deliver(put_off.due_at)
    put_off.refresh_from_db()
    assert (put_off.status, put_off.attempts, put_off.problem) == (MailStatus.SENT, 2, "")


def test_a_refused_sender_is_our_fault_and_costs_no_mail(mail_server):
    mail = MailFactory()
    mail_server.on = lambda step, to: "550 Who are you?" if step == "MAIL" else None

    deliver()

    mail.refresh_from_db()
    assert (mail.status, mail.problem) == (MailStatus.QUEUED, "550 Who are you?")


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (timedelta(days=1) - timedelta(seconds=1), MailStatus.QUEUED),
        (timedelta(days=1), MailStatus.FAILED),
    ],
    ids=["a second before the day is over", "when the day is over"],
)
def test_after_a_day_a_mail_is_given_up_and_says_why(mail_server, after, status):
    mail = MailFactory(attempts=13, tried_since=MONDAY_NOON)
    mail_server.on = refuse("RCPT", "451 Greylisted", address_of(mail))

    deliver(MONDAY_NOON + after)

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (status, 14)
    assert "451 Greylisted" in mail.problem


def test_a_mail_that_no_worker_came_for_in_two_days_is_still_tried_again(mail_server):
    mail = MailFactory()
    mail_server.on = refuse("RCPT", "451 Greylisted", address_of(mail))

    deliver(MONDAY_NOON + timedelta(days=2))

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (MailStatus.QUEUED, 1)
    assert mail.tried_since == MONDAY_NOON + timedelta(days=2)


def test_a_mail_that_is_too_large_is_given_up_and_no_other(mail_server):
    large, other = MailFactory.create_batch(2)
    sizes = iter(["552 Too large", None])
    mail_server.on = lambda step, to: next(sizes) if step == "MAIL" else None

    deliver()

    statuses = dict(Mail.objects.values_list("pk", "status"))
    assert statuses == {large.pk: MailStatus.FAILED, other.pk: MailStatus.SENT}


def test_a_worker_that_was_away_too_long_sends_nothing_of_what_it_took(mail_server):
    MailFactory.create_batch(2)
    now = [MONDAY_NOON]
    frozen, other = Lease(lambda: now[0]), Lease(lambda: now[0])
    taken = _take(frozen)

    now[0] += LEASE
    _take(other)
    frozen.renew()
    _deliver(taken, get_connection(), frozen, lambda: False)

    assert mail_server.received == []
    assert set(Mail.objects.values_list("worker", flat=True)) == {other.worker}


def test_each_attempt_has_one_message_id(mail_server):
    mail = MailFactory()
    seen = []

    def note_and_put_off(step, to):
        if step == "TAKEN" and not seen:
            seen.append(to)
            return "451 The disk is full"
        return None

    mail_server.on = note_and_put_off
    deliver()
    deliver(MONDAY_NOON + timedelta(seconds=10))

    ids = [message_from_bytes(arrived.source)["Message-ID"] for arrived in mail_server.received]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert ids[0] == f"<notification-{mail.pk}@localhost>"


def test_two_mails_never_share_a_message_id(mail_server):
    MailFactory.create_batch(3)

    deliver()

    ids = {message_from_bytes(arrived.source)["Message-ID"] for arrived in mail_server.received}
    assert len(ids) == 3


def test_a_worker_told_to_stop_before_it_begins_sends_nothing(mail_server):
    MailFactory()

    assert deliver_due(lambda: MONDAY_NOON, lambda: True)

    assert mail_server.connections == 0
    assert list(Mail.objects.values_list("status", "worker")) == [(MailStatus.QUEUED, "")]


@pytest.mark.parametrize(
    ("waiting", "status"),
    [(STUCK_AFTER - timedelta(seconds=1), 200), (STUCK_AFTER, 503)],
    ids=["just under 15 minutes", "15 minutes"],
)
def test_a_queue_that_nobody_works_on_is_a_503_that_names_it(client, waiting, status):
    MailFactory()

    with time_machine.travel(MONDAY_NOON + waiting, tick=False):
        answer = client.get("/readyz")

    assert answer.status_code == status
    assert answer.json().get("failing", []) == (["queue"] if status == 503 else [])
    assert timedelta(minutes=15) == STUCK_AFTER


def test_a_long_queue_that_somebody_works_on_is_ready(client):
    MailFactory()
    held = MONDAY_NOON + timedelta(hours=1, seconds=20)
    MailFactory(worker="somebody", due_at=held)

    with time_machine.travel(MONDAY_NOON + timedelta(hours=1), tick=False):
        answer = client.get("/readyz")

    assert answer.status_code == 200


def test_what_was_sent_or_given_up_long_ago_does_not_stop_the_queue(client):
    MailFactory(sent=True)
    MailFactory(failed=True)

    with time_machine.travel(MONDAY_NOON + timedelta(days=9), tick=False):
        answer = client.get("/readyz")

    assert answer.status_code == 200
