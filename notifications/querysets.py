from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from notifications.states import NO_MAIL, MailStatus

if TYPE_CHECKING:
    from notifications.models import Mail, Notification


class NotificationQuerySet(QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def with_email_status(self) -> Self:
        return self.annotate(email_status=Coalesce(F("mail__status"), Value(NO_MAIL)))


class MailQuerySet(QuerySet["Mail"]):
    def queued(self) -> Self:
        return self.filter(status=MailStatus.QUEUED)

    def due(self, at: datetime) -> Self:
        return self.queued().filter(due_at__lte=at)

    def sent(self, *, after: datetime) -> Self:
        return self.filter(status=MailStatus.SENT, sent_at__gt=after)

    def given_up(self) -> Self:
        return self.filter(status=MailStatus.FAILED)

    def of_worker(self, worker: str) -> Self:
        """Give what a worker has taken and not yet dealt with."""
        return self.queued().filter(worker=worker)
