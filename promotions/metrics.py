"""Whether customers are told of promotions, asked of the promotions themselves."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Min
from prometheus_client.core import GaugeMetricFamily, Metric

from core.metrics import PREFIX
from promotions.models import FlashPromo


def untold(at: datetime) -> Iterator[Metric]:
    due = FlashPromo.objects.to_be_told(at).aggregate(number=Count("pk"), since=Min("starts_at"))
    age = (at - due["since"]).total_seconds() if due["since"] else 0
    about = f"{PREFIX}_flash_promos_to_be_told"
    yield GaugeMetricFamily(about, "Running promotions not all told of.", due["number"])
    yield GaugeMetricFamily(
        f"{about}_oldest_seconds", "For how long the oldest of them has been running.", age
    )
