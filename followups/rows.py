"""Follow-ups as light tuples, for lists and for the question that every phone call begins with."""

from datetime import datetime
from typing import Any, NamedTuple

from core.statements import Statement
from customers.models import Customer
from followups.models import FollowUp
from followups.services import refresh, settle


class FollowUpRow(NamedTuple):
    customer: int
    first_name: str
    last_name: str
    email: str
    status: str
    since: datetime
    agreement: int | None
    reason: str


COLUMNS = (
    "customer_id",
    "customer__first_name",
    "customer__last_name",
    "customer__email",
    "status",
    "since",
    "agreement_id",
    "reason",
)


def follow_up_of(customer_id: int, *, at: datetime) -> FollowUpRow | None:
    """Give one customer's follow-up, as of now; None where there is no such customer."""
    row = _stored(customer_id)
    if row is None:
        # Written behind the application's back: there is a customer and no status yet.
        if not Customer.objects.filter(pk=customer_id).exists():
            return None
        refresh([customer_id], at=at, cause="checked")
        row = _stored(customer_id)
    elif row[-1] is not None and row[-1] <= at:
        settle(at=at, customer_id=customer_id)
        row = _stored(customer_id)
    return FollowUpRow._make(row[:-1]) if row else None


def _stored(customer_id: int) -> tuple[Any, ...] | None:
    rows = _row(customer=customer_id)
    return rows[0] if rows else None


_row = Statement(
    lambda customer: FollowUp.objects.filter(pk=customer).values_list(*COLUMNS, "due_at"),
    "customer",
)
