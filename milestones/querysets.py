from typing import TYPE_CHECKING, Self

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from notifications.states import NO_MAIL

if TYPE_CHECKING:
    from milestones.models import Milestone, MilestoneAward


class MilestoneQuerySet(QuerySet["Milestone"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class MilestoneAwardQuerySet(QuerySet["MilestoneAward"]):
    def with_email_status(self) -> Self:
        return self.annotate(email_status=Coalesce(F("notification__mail__status"), Value(NO_MAIL)))
