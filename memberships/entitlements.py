"""Which premium classes is a customer entitled to on a day, and which plans would do it?"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import FilteredRelation, Q

from core.statements import Statement
from memberships.models import Membership, MembershipPlan
from memberships.querysets import grants_between


class Grant(NamedTuple):
    """A plan opens a class type; with one of the customer's memberships of it, or without."""

    class_type_id: int
    plan_id: int
    is_sold: bool
    membership_id: int | None
    starts_on: date | None
    ends_on: date | None
    cancelled_on: date | None

    def covers(self, day: date) -> bool:
        return (
            self.starts_on is not None
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
            and (self.cancelled_on is None or day < self.cancelled_on)
        )


class Entitlements:
    def __init__(self, grants: Iterable[Grant]) -> None:
        self._by_class_type: dict[int, list[Grant]] = {}
        for grant in grants:
            self._by_class_type.setdefault(grant.class_type_id, []).append(grant)

    def membership(
        self, class_type_id: int, day: date, *, other_than: int | None = None
    ) -> int | None:
        """Give the customer's oldest membership that opens the class type on the day."""
        granting = self._by_class_type.get(class_type_id, ())
        ids = [one.membership_id for one in granting if one.covers(day)]
        return min((one for one in ids if one is not None and one != other_than), default=None)

    def plans(self, class_type_id: int) -> tuple[int, ...]:
        """Give the plans on sale that would open the class type."""
        granting = self._by_class_type.get(class_type_id, ())
        return tuple(sorted({one.plan_id for one in granting if one.is_sold}))


def entitlements(customer_id: int, first: date, last: date) -> Entitlements:
    """Fetch what opens which class types for a customer on the days from `first` to `last`."""
    rows = _grants(customer=customer_id, first=first, last=last)
    return Entitlements(Grant(*row) for row in rows)


def memberships_opening(
    class_type_id: int, day: date, customer_ids: Collection[int]
) -> dict[int, int]:
    """Give, of the customers who are entitled on the day, each one's oldest membership for it."""
    granting = Membership.objects.granting_on(day).filter(
        customer__in=customer_ids, plan__class_types=class_type_id
    )
    # The oldest comes last and stays.
    return dict(granting.order_by("-pk").values_list("customer_id", "pk"))


_grants = Statement(
    lambda customer, first, last: (
        MembershipPlan.objects.filter(class_types__isnull=False)
        .annotate(
            held=FilteredRelation(
                "memberships",
                condition=Q(memberships__customer=customer)
                & grants_between(first, last, "memberships__"),
            )
        )
        .values_list(
            "class_types__id",
            "id",
            "is_active",
            "held__id",
            "held__starts_on",
            "held__ends_on",
            "held__cancelled_on",
        )
    ),
    "customer",
    "first",
    "last",
)
