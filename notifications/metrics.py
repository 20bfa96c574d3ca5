"""How many e-mails wait, were sent and were given up, asked of the outbox."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock

from django.db.models import Count, Min
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from core.metrics import PREFIX
from notifications.models import Mail

# Longer than any transaction between the time that it notes and its commit.
SETTLED_AFTER = timedelta(minutes=5)


class Sent:
    """
    Counts what was sent, of millions as fast as of a few.

    A mail that was sent stays so. What has settled is counted once and remembered, and each
    process arrives at the same number.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._until, self._remembered = datetime.min.replace(tzinfo=UTC), 0

    def count(self, at: datetime) -> int:
        until = at - SETTLED_AFTER
        with self._lock:
            if until > self._until:
                settled = Mail.objects.sent(after=self._until).filter(sent_at__lte=until)
                self._remembered += settled.count()
                self._until = until
            return self._remembered + Mail.objects.sent(after=self._until).count()


_sent = Sent()


def mails(at: datetime, sent: Sent = _sent) -> Iterator[Metric]:
    waiting = Mail.objects.queued().aggregate(number=Count("pk"), since=Min("queued_at"))
    age = (at - waiting["since"]).total_seconds() if waiting["since"] else 0
    about = f"{PREFIX}_notifications"
    yield GaugeMetricFamily(f"{about}_queued", "E-mails that wait.", waiting["number"])
    yield GaugeMetricFamily(
        f"{about}_oldest_queued_seconds", "For how long the oldest of them waits.", max(0, age)
    )
    yield CounterMetricFamily(f"{about}_sent", "E-mails sent.", sent.count(at))
    yield GaugeMetricFamily(f"{about}_failed", "E-mails given up.", Mail.objects.given_up().count())
