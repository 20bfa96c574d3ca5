from datetime import date
from typing import TYPE_CHECKING, Self

from django.db.models import F, Q, QuerySet

if TYPE_CHECKING:
    from memberships.models import Membership


def grants_between(first: date, last: date | None, prefix: str = "") -> Q:
    """
    Give the condition of a membership that grants something on a day from `first` to `last`.

    Without `last` any day from `first` on will do. The day of a cancellation grants nothing.
    """
    open_until = Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": first})
    uncancelled = Q(**{f"{prefix}cancelled_on__isnull": True}) | Q(
        **{f"{prefix}cancelled_on__gt": first}
    )
    begun = Q() if last is None else Q(**{f"{prefix}starts_on__lte": last})
    return open_until & uncancelled & begun


class MembershipQuerySet(QuerySet["Membership"]):
    def granting_between(self, first: date, last: date | None) -> Self:
        """Give those that grant something on some day from `first` to `last`, both included."""
        # Cancelled on its first day, a membership grants nothing on any.
        void = Q(cancelled_on__isnull=False, cancelled_on__lte=F("starts_on"))
        return self.filter(grants_between(first, last)).exclude(void)

    def granting_on(self, day: date) -> Self:
        return self.granting_between(day, day)
