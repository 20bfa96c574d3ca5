from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

if TYPE_CHECKING:
    from benefits.models import BenefitUsage


class BenefitUsageQuerySet(QuerySet["BenefitUsage"]):
    def within(self, since: datetime, until: datetime) -> Self:
        """Give the uses from `since` on and before `until`."""
        return self.filter(used_at__gte=since, used_at__lt=until)
