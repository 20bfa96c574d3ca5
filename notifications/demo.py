"""Demo messages and their mails, such as `notifications.services` and a worker leave them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from core.demo import DemoPlan
from customers.models import Customer
from notifications.delivery import LEASE
from notifications.models import Mail, Notification
from notifications.services import Message
from notifications.states import MailStatus

# The mail server refuses the fifth mail of a run for good, and then every hundredth.
REFUSED, REFUSED_EVERY = 5, 100
REFUSAL = "{}: 550 5.1.1 User unknown"


class Told(NamedTuple):
    message: Message
    at: datetime


def tell(plan: DemoPlan, told: Sequence[Told]) -> list[Notification]:
    """
    Add what customers were told, and what became of its mails until `plan.at`.

    Gives the notifications in the same order.
    """
    # Many are told at one moment, and each reads it at another.
    places: Counter[tuple[str, datetime]] = Counter()
    notifications = []
    for message, at in told:
        places[message.kind.name, at] += 1
        random = _random(plan, "message", message.kind.name, at, places[message.kind.name, at])
        notifications.append(_notification(plan, message, at, random))
    plan.add(Notification, notifications)
    mailed = [
        one for one, (message, _) in zip(notifications, told, strict=True) if message.kind.mails
    ]
    customers = Customer.objects.filter(pk__in={one.customer_id for one in mailed})
    emails = dict(customers.values_list("pk", "email"))
    first = len(plan.added.get(Mail, ())) + 1
    plan.add(
        Mail,
        [
            _mail(plan, one, emails[one.customer_id], number)
            for number, one in enumerate(mailed, start=first)
        ],
    )
    return notifications


def _random(plan: DemoPlan, what: str, kind: str, at: datetime, place: int = 1) -> Random:
    # No ids: other databases give others.
    return plan.random(what, kind, at.isoformat(), place)


def _notification(plan: DemoPlan, message: Message, at: datetime, random: Random) -> Notification:
    read_at = at + timedelta(seconds=random.randrange(60, 3 * 86_400))
    is_read = random.random() < 0.5 and read_at < plan.at
    return Notification(
        customer_id=message.customer_id,
        kind=message.kind.name,
        key=message.key,
        title=message.title,
        body=message.body,
        data=dict(message.data),
        created_at=at,
        read_at=read_at if is_read else None,
    )


def _mail(plan: DemoPlan, notification: Notification, email: str, number: int) -> Mail:
    queued_at = notification.created_at
    seconds = _random(plan, "mail", notification.kind, queued_at).randrange(3, 15)
    delivered_at = queued_at + timedelta(seconds=seconds)
    mail = Mail(notification=notification, queued_at=queued_at, due_at=queued_at)
    if delivered_at >= plan.at:
        return mail
    mail.attempts, mail.due_at = 1, delivered_at + LEASE
    if number % REFUSED_EVERY == REFUSED:
        mail.status, mail.problem = MailStatus.FAILED, REFUSAL.format(email)
    else:
        mail.status, mail.sent_at, mail.sent_to = MailStatus.SENT, delivered_at, email
    return mail
