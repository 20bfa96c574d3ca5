"""Proves everybody's follow-up status, and how many have each, against the facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum, Value

from core.transactions import in_transaction
from customers.models import Customer
from followups.models import Agreement, FollowUp, FollowUpTally
from followups.querysets import with_expected_status
from followups.services import refresh, tallies
from followups.services.keeping import Facts, facts_of
from followups.states import FollowUpStatus

# Of more at once PostgreSQL hashes all sessions to come, and compiles the statement for seconds:
# twenty thousand took ten seconds, and twenty times a thousand take one.
CHECKED_TOGETHER = 1_000


@dataclass(frozen=True)
class WrongStatus:
    """A customer's status, or the agreement that decided it, is not what the rules give."""

    customer_id: int
    stored: str | None
    expected: str

    def __str__(self) -> str:
        return f"Customer {self.customer_id}: {self.stored or 'no status'}, not {self.expected}."


@dataclass(frozen=True)
class WrongTally:
    """More or fewer people are counted in a status than have it."""

    status: str
    counted: int
    there: int

    def __str__(self) -> str:
        return f"{self.status}: counted {self.counted}, there are {self.there}."


def spans() -> list[tuple[int, int]]:
    """Give the spans of ids in which to check, each from one id to before another."""
    last = Customer.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    return [(first, first + CHECKED_TOGETHER) for first in range(1, last + 1, CHECKED_TOGETHER)]


def wrong_statuses(first: int, end: int, *, at: datetime) -> Iterator[WrongStatus]:
    """
    Compare each customer's status with the one that the database's expression of the rules gives.

    One statement for a span. What happens after `at`, or is late to be written down, differs here
    too: see `confirmed`.
    """
    customers: Any = with_expected_status(
        Customer.objects.filter(pk__gte=first, pk__lt=end), Agreement.objects.all(), at=at
    )
    # Compared here, not in a WHERE: that would hold each expression a second and a third time.
    rows = customers.order_by("pk").values_list(
        "pk", "follow_up__status", "follow_up__agreement", "expected_status", "expected_agreement"
    )
    for pk, status, agreement, expected_status, expected_agreement in rows:
        if (status, agreement) != (expected_status, expected_agreement):
            yield WrongStatus(pk, status, expected_status)


@in_transaction
def confirmed(wrong: Sequence[WrongStatus], *, at: datetime) -> list[WrongStatus]:
    """Look again, at a later moment `at` and while nobody changes them: give those still wrong."""
    if not wrong:
        return []
    ids = [one.customer_id for one in wrong]
    locked = FollowUp.objects.select_for_update(no_key=True).filter(pk__in=ids)
    rows = {row.pk: row for row in locked.order_by("pk")}
    facts = facts_of(ids)
    return [
        one
        for one in wrong
        if one.customer_id in facts
        and not _is_right(rows.get(one.customer_id), facts[one.customer_id], at)
    ]


def _is_right(row: FollowUp | None, facts: Facts, at: datetime) -> bool:
    if row is None:
        return False
    # What time has changed is written down by whoever comes first.
    its = (row.status, row.agreement_id)
    return row.is_due(at=at) or its == facts.verdict(max(at, row.since))[:2]


def wrong_tallies() -> list[WrongTally]:
    """Compare how many are counted with how many there are: one statement, as above."""
    there = FollowUp.objects.order_by().values_list("status", Value(True)).annotate(Count("pk"))
    counted = FollowUpTally.objects.order_by().values_list("status", Value(False))
    numbers: dict[tuple[str, bool], int] = {}
    for status, is_there, number in there.union(counted.annotate(Sum("people")), all=True):
        numbers[status, bool(is_there)] = number
    return [
        WrongTally(status, numbers.get((status, False), 0), numbers.get((status, True), 0))
        for status in FollowUpStatus.values
        if numbers.get((status, False), 0) != numbers.get((status, True), 0)
    ]


def repair(wrong: list[WrongStatus], *, at: datetime) -> None:
    refresh([one.customer_id for one in wrong], at=at, cause="corrected by check_follow_ups")


def repair_tallies(wrong: list[WrongTally]) -> None:
    # What is counted meanwhile is in neither number, so adding the difference is right.
    tallies.count({one.status: one.there - one.counted for one in wrong})
