"""
Hands what is queued to the mail server.

No transaction is open while it talks to the server, and each mail is noted as sent before the
next one is begun. So a worker that is killed can repeat the one mail that was under way and no
other. What a worker has taken is its own for as long as it lives: see `Lease`.
"""

import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parseaddr
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error, connection
from django.db.models import F
from django.utils import timezone

from core.transactions import in_transaction
from core.work import Clock
from notifications.models import Mail
from notifications.querysets import MailQuerySet
from notifications.rules import next_attempt
from notifications.states import MailStatus

logger = logging.getLogger(__name__)

TAKEN_AT_ONCE = 50
LEASE = timedelta(seconds=30)
# Nothing tried for so long although it is due: nobody delivers.
STUCK_AFTER = timedelta(minutes=15)
LONGEST_PROBLEM = 1000
TOO_LARGE = 552


class Lease:
    """
    A worker's hold on the mails that it took.

    It is renewed from a thread of its own while a slow server keeps the worker waiting, and runs
    out by itself when the worker is killed. One that has run out is not renewed: others may have
    taken the mails.
    """

    def __init__(self, clock: Clock) -> None:
        self.worker = uuid4().hex
        self.clock = clock
        # The mails that were taken last; the ids spare the database a search for the worker.
        self.taken: list[int] = []
        self._over = Event()

    def __enter__(self) -> "Lease":
        self._thread = Thread(target=self._keep, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def mails(self) -> MailQuerySet:
        """What of the taken mails is still to be dealt with, held or not."""
        return Mail.objects.of_worker(self.worker).filter(pk__in=self.taken)

    def only(self, mail: Mail) -> MailQuerySet:
        """One of them, where it is still this worker's: a list of ids would cost each mail dear."""
        return Mail.objects.of_worker(self.worker).filter(pk=mail.pk)

    def renew(self) -> None:
        self._extend(self.mails)

    def holds(self, mail: Mail) -> bool:
        """Say whether the mail may be sent, and hold on to it for as long as a lease lasts."""
        return self._extend(self.only(mail)) == 1

    def _extend(self, mails: MailQuerySet) -> int:
        at = self.clock()
        return mails.filter(due_at__gt=at).update(due_at=at + LEASE)

    def _keep(self) -> None:
        while not self._over.wait(LEASE.total_seconds() / 3):
            try:
                self.renew()
            except Error:
                logger.warning("The lease of queued mails could not be renewed.", exc_info=True)
            finally:
                connection.close()


def deliver_due(clock: Clock, is_stopping: Callable[[], bool]) -> bool:
    """
    Deliver whatever is due, until nothing is, the mail server is away, or it is told to stop.

    Gives False when the server could not be reached; what is queued then waits.
    """
    # Asked first, once a second: an idle worker needs no thread, and beginning to write takes
    # SQLite's only write lock.
    if not Mail.objects.due(clock()).exists():
        return True
    with Lease(clock) as lease, _mail_server() as server:
        while not is_stopping() and (mails := _take(lease)):
            try:
                _deliver(mails, server, lease, is_stopping)
            except ServerAway as error:
                logger.warning("The mail server cannot be reached: %s", error)
                for mail in _left(lease):
                    _note_failure(mail, lease, str(error), is_final=False)
                return False
    return True


def is_moving() -> bool:
    """Say whether the queue is being worked on: nothing is overdue, or somebody is at it."""
    at = timezone.now()
    try:
        if not Mail.objects.due(at - STUCK_AFTER).exists():
            return True
        return Mail.objects.queued().filter(due_at__gt=at).exclude(worker="").exists()
    except Error:
        return False


class ServerAway(Exception):
    """Nobody answers at the mail server's address, or it wants none of us."""


@contextmanager
def _mail_server() -> Iterator[BaseEmailBackend]:
    server = get_connection()
    try:
        yield server
    finally:
        _hang_up(server)


def _take(lease: Lease) -> list[Mail]:
    """Take what is due, so that no other worker does."""
    lease.taken = _taken(lease)
    return _left(lease) if lease.taken else []


@in_transaction
def _taken(lease: Lease) -> list[int]:
    at = lease.clock()
    due = Mail.objects.due(at).order_by("due_at", "pk")
    free = due.select_for_update(skip_locked=True, no_key=True)
    ids = list(free.values_list("pk", flat=True)[:TAKEN_AT_ONCE])
    Mail.objects.filter(pk__in=ids).update(worker=lease.worker, due_at=at + LEASE)
    return ids


def _left(lease: Lease) -> list[Mail]:
    return list(lease.mails.select_related("notification__customer").order_by("pk"))


def _deliver(
    mails: list[Mail], server: BaseEmailBackend, lease: Lease, is_stopping: Callable[[], bool]
) -> None:
    for mail in mails:
        if is_stopping():
            break
        if not lease.holds(mail):
            continue
        _open(server)
        try:
            server.send_messages([_message(mail)])
        except Exception as error:  # noqa: BLE001 (one mail that fails must not keep the others)
            is_final = _is_final(error)
            _note_failure(mail, lease, _reason(error), is_final=is_final)
            if not is_final:
                # Whatever state the connection is in (a 421 ends it), the next mail gets one of
                # its own.
                _hang_up(server)
        else:
            _note_sent(mail, lease)
    _give_back(lease)


def _open(server: BaseEmailBackend) -> None:
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        _hang_up(server)
        raise ServerAway(_reason(error)) from error


def _hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except (OSError, smtplib.SMTPException):
        # It was gone already. Django forgets the connection all the same.
        return


def _message(mail: Mail) -> EmailMessage:
    notification = mail.notification
    return EmailMessage(
        subject=notification.title,
        body=notification.body,
        to=[notification.customer.email],
        headers={"Message-ID": _message_id(mail)},
    )


def _message_id(mail: Mail) -> str:
    """Give the same name at each attempt, from whichever host: a repeated mail can be known."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<notification-{mail.pk}@{domain or 'localhost'}>"


def _is_final(error: Exception) -> bool:
    """Say whether trying again can do no good: the server refused for ever, or we cannot write."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case smtplib.SMTPDataError():
            return error.smtp_code >= 500
        case smtplib.SMTPSenderRefused():
            # Said of the sender, and yet it is this mail that is too large.
            return error.smtp_code == TOO_LARGE
        case smtplib.SMTPException() | OSError():
            return False
    return isinstance(error, ValueError)


def _reason(error: Exception) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused():
            text = "; ".join(
                f"{address}: {code} {_decoded(said)}"
                for address, (code, said) in error.recipients.items()
            )
        case smtplib.SMTPResponseException():
            text = f"{error.smtp_code} {_decoded(error.smtp_error)}"
        case _:
            text = str(error)
    # Django cannot store NUL, and nobody reads a novel.
    return (text or type(error).__name__).replace("\x00", "")[:LONGEST_PROBLEM]


def _decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


@in_transaction
def _note_sent(mail: Mail, lease: Lease) -> None:
    _note(
        mail,
        lease,
        status=MailStatus.SENT,
        sent_at=lease.clock(),
        sent_to=mail.notification.customer.email,
        problem="",
    )


@in_transaction
def _note_failure(mail: Mail, lease: Lease, problem: str, *, is_final: bool) -> None:
    at = lease.clock()
    since = mail.tried_since or at
    again = next_attempt(tried_since=since, attempts=mail.attempts + 1, at=at)
    if is_final or again is None:
        _note(mail, lease, status=MailStatus.FAILED, tried_since=since, problem=problem)
        logger.warning("Mail %s was given up.", mail.pk)
    else:
        _note(mail, lease, due_at=again, tried_since=since, problem=problem)


def _note(mail: Mail, lease: Lease, **values: Any) -> None:
    # Nothing happens where somebody else took the mail meanwhile: what they note counts.
    lease.only(mail).update(worker="", attempts=F("attempts") + 1, **values)


@in_transaction
def _give_back(lease: Lease) -> None:
    """Let others have what was taken and not begun."""
    lease.mails.update(worker="", due_at=lease.clock())
