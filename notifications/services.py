"""
Everything that writes messages and queues their e-mails.

`notify` runs in its caller's transaction: if that rolls back, nothing was said; if it
commits, it will be said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from core import work
from core.transactions import in_transaction
from notifications import wording
from notifications.kinds import KINDS, Kind
from notifications.models import Mail, MailTemplate, Notification
from notifications.states import MailStatus

WRITTEN_AT_ONCE = 500


@dataclass(frozen=True)
class Message:
    customer_id: int
    kind: Kind
    # Names the occasion, such as `milestone_award:17`. However often it is told, it is told once.
    key: str
    title: str
    body: str
    data: Mapping[str, Any] = field(default_factory=dict)


@in_transaction
def notify(messages: Sequence[Message], *, at: datetime) -> dict[str, Notification]:
    """
    Put messages into their customers' inboxes and queue the e-mails of those that ask for one.

    A message whose key was told before is left as it was told. Three statements for every few
    hundred. Gives the notification of each key.
    """
    told: dict[str, Notification] = {}
    for start in range(0, len(messages), WRITTEN_AT_ONCE):
        told |= _notify(messages[start : start + WRITTEN_AT_ONCE], at)
    return told


def _notify(messages: Sequence[Message], at: datetime) -> dict[str, Notification]:
    mailing = {one.key for one in messages if one.kind.mails}
    Notification.objects.bulk_create(
        [
            Notification(
                customer_id=one.customer_id,
                kind=one.kind.name,
                key=one.key,
                # Whatever staff wrote, a message has something to click on.
                title=one.title or one.kind.label,
                body=one.body,
                data=dict(one.data),
                created_at=at,
            )
            for one in messages
        ],
        ignore_conflicts=True,
    )
    told = {one.key: one for one in Notification.objects.filter(key__in=[m.key for m in messages])}
    Mail.objects.bulk_create(
        [Mail(notification=told[key], queued_at=at, due_at=at) for key in mailing],
        ignore_conflicts=True,
    )
    if mailing:
        work.wake_after_commit()
    return told


class Words(NamedTuple):
    subject: str
    body: str

    def write(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """Give a message's title and body, with the variables filled in."""
        return wording.subject_from(self.subject, values), wording.body_from(self.body, values)


def words_for(kind: Kind) -> Words:
    """Give the words in which staff want messages of this kind to be told. One query."""
    template = MailTemplate.objects.filter(kind=kind.name).first()
    return Words(template.subject, template.body) if template else Words(kind.subject, kind.body)


@in_transaction
def mark_read(*, notification: Notification, at: datetime) -> None:
    """Note that the customer saw a message; the first time stays."""
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=at)


@in_transaction
def send_again(*, mail: Mail, at: datetime) -> bool:
    """
    Put a mail that was given up back into the queue, with a whole day to be delivered.

    Gives False where it is not given up, and changes nothing.
    """
    changed = Mail.objects.filter(pk=mail.pk, status=MailStatus.FAILED).update(
        status=MailStatus.QUEUED, queued_at=at, due_at=at, tried_since=None, attempts=0, worker=""
    )
    work.wake_after_commit()
    return bool(changed)


@in_transaction
def ensure_templates() -> None:
    """Give each kind that has a wording its template; an edited one is left alone."""
    there = set(MailTemplate.objects.values_list("kind", flat=True))
    MailTemplate.objects.bulk_create(
        MailTemplate(kind=kind.name, subject=kind.subject, body=kind.body)
        for kind in KINDS.values()
        if kind.subject and kind.name not in there
    )
