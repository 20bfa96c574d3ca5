"""
How often each benefit was used, added up: the one writer of `UsageTotal` and `UsageSummary`.

Time is cut into slots. Once a slot is over, the worker closes it: it writes for each benefit how
often that was used before the slot's end. The uses between two ends are then one subtraction,
however many they are. What is not closed is counted by the reports from the uses themselves, so
an answer never depends on how far the worker has come.

A use that is recorded or deleted in a closed slot changes the totals after it, in the same
transaction. Whoever writes uses holds `LOCK` together with the others until the end of the
transaction, so no slot is closed between looking at `closed_at` and the commit.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import (
    Count,
    DateTimeField,
    Expression,
    F,
    FilteredRelation,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce

from benefits.models import Benefit, BenefitUsage, UsageSummary, UsageTotal
from core import locks
from core.transactions import in_transaction
from core.work import Clock

LOCK = "benefits.summary"
WINDOW = timedelta(hours=24) * 180
# A report counts one slot's uses one by one: at ten million uses in 180 days some 13,000.
SLOT = timedelta(hours=6)
# So a report as of half a year ago costs no more than one as of this moment.
KEPT_FOR = 2 * WINDOW
# What phones record now is in no closed slot.
SETTLED_AFTER = timedelta(hours=1)
# A worker has other work, too.
SLOTS_A_ROUND = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot_before(instant: datetime) -> datetime:
    """Give the last moment up to `instant`, itself included, at which a slot begins."""
    return EPOCH + (instant - EPOCH) // SLOT * SLOT


def slot_after(instant: datetime) -> datetime:
    """Give the first moment from `instant` on, itself included, at which a slot begins."""
    return EPOCH - (EPOCH - instant) // SLOT * SLOT


def note(*, benefit_id: int, used_at: datetime, change: int) -> None:
    """
    Say that a use was written (1) or deleted (-1), in the transaction that did it.

    :raises Benefit.DoesNotExist: when the benefit was deleted meanwhile.
    """
    locks.together(LOCK)
    summary = UsageSummary.objects.first()
    if summary is None or summary.opened_at is None or summary.closed_at is None:
        return
    if not summary.opened_at <= used_at < summary.closed_at:
        return
    # One at a time for each benefit: two would move each other's totals in different orders.
    Benefit.objects.select_for_update(no_key=True).get(pk=benefit_id)
    after = UsageTotal.objects.filter(benefit=benefit_id, until__gt=used_at)
    ends = list(_ends(slot_before(used_at), summary.closed_at))
    if after.count() < len(ends):
        # The benefit is younger than these slots.
        UsageTotal.objects.bulk_create(
            [UsageTotal(benefit_id=benefit_id, until=until, uses=0) for until in ends],
            ignore_conflicts=True,
        )
    after.update(uses=F("uses") + change)


def reopen(*, since: datetime) -> None:
    """
    Let uses from `since` on be written without noting each, in the transaction that calls this.

    They are closed again in time, or by `close`.
    """
    summary = _read_alone()
    if summary.opened_at is None or summary.closed_at is None or summary.closed_at <= since:
        return
    if since < summary.opened_at:
        UsageTotal.objects.all().delete()
        summary.opened_at = summary.closed_at = None
    else:
        summary.closed_at = slot_before(since)
        UsageTotal.objects.filter(until__gt=summary.closed_at).delete()
    summary.save(update_fields=["opened_at", "closed_at"])


@in_transaction
def start_over() -> None:
    """Forget every total. The reports count one by one until the slots are closed again."""
    locks.alone(LOCK)
    UsageTotal.objects.all().delete()
    UsageSummary.objects.update(opened_at=None, closed_at=None)


def close(*, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Close what is over, slot by slot, each in a transaction; give each as it is closed."""
    while slot := _close_next(at):
        yield slot


def close_due(clock: Clock, is_stopping: Callable[[], bool]) -> bool:
    """Close the slots that are over: the worker's job."""
    for _ in range(SLOTS_A_ROUND):
        if is_stopping() or not is_due(at=clock()) or _close_next(clock()) is None:
            break
    return True


def is_due(*, at: datetime) -> bool:
    closed_at = UsageSummary.objects.values_list("closed_at", flat=True).first()
    return closed_at is None or _is_over(closed_at + SLOT, at)


def slots_left(*, at: datetime) -> int:
    """Give how many slots `close` would close."""
    closed_at = UsageSummary.objects.values_list("closed_at", flat=True).first()
    since = _next_beginning(closed_at, at)
    return max(0, (slot_before(at - SETTLED_AFTER) - since) // SLOT)


def goes_back_to(*, at: datetime) -> datetime:
    """Give the moment before which uses change nothing in the summary, now or later."""
    opened_at = UsageSummary.objects.values_list("opened_at", flat=True).first()
    return min(opened_at or _horizon(at), _horizon(at))


def closed_slots() -> list[tuple[datetime, datetime]]:
    """Give beginning and end of every closed slot, in their order."""
    summary = UsageSummary.objects.first()
    if summary is None or summary.opened_at is None or summary.closed_at is None:
        return []
    ends = [summary.opened_at, *_ends(summary.opened_at, summary.closed_at)]
    return list(pairwise(ends))


@in_transaction
def _close_next(at: datetime) -> tuple[datetime, datetime] | None:
    summary = _read_alone()
    since = _next_beginning(summary.closed_at, at)
    until = since + SLOT
    if not _is_over(until, at):
        if summary.closed_at is None:
            _move(summary, since, since)
        return None
    opened_at = max(summary.opened_at or since, _horizon(at))
    _delete_strays(opened_at, since)
    _insert(totals_at(since, until))
    _move(summary, opened_at, until)
    return since, until


def totals_at(
    since: datetime, until: datetime, *beside: Expression
) -> "QuerySet[Benefit, tuple[Any, ...]]":
    """Give each benefit's total at a slot's end, from the one at its beginning and the uses."""
    # By joins: as a subquery for each benefit it took three times as long.
    joined = Benefit.objects.annotate(
        before=FilteredRelation("totals", condition=Q(totals__until=since)),
        use=FilteredRelation(
            "usages", condition=Q(usages__used_at__gte=since, usages__used_at__lt=until)
        ),
    )
    total = Coalesce(F("before__uses"), 0) + Count("use__benefit")
    return joined.values_list(Value(until, DateTimeField()), "pk", total, *beside)


def stray_totals(opened_at: datetime, closed_at: datetime) -> "list[QuerySet[UsageTotal]]":
    """Give the totals that belong to no closed slot: forgotten ones, or another hand's."""
    totals = UsageTotal.objects
    return [totals.filter(until__lt=opened_at), totals.filter(until__gt=closed_at)]


def _delete_strays(opened_at: datetime, closed_at: datetime) -> None:
    # Mostly there are none. The ends of the index say so; deleting would read the whole table.
    ends = UsageTotal.objects.aggregate(first=Min("until"), last=Max("until"))
    if ends["first"] is None or (opened_at <= ends["first"] and ends["last"] <= closed_at):
        return
    for strays in stray_totals(opened_at, closed_at):
        strays.delete()


def _insert(totals: "QuerySet[Benefit, tuple[Any, ...]]") -> None:
    # Django writes rows that it has read. Here that would be 2,000 for each slot.
    table = connection.ops.quote_name(UsageTotal._meta.db_table)
    sql, parameters = totals.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (until, benefit_id, uses) {sql}", parameters)


def _next_beginning(closed_at: datetime | None, at: datetime) -> datetime:
    return max(closed_at or _beginning(at), _horizon(at))


def _horizon(at: datetime) -> datetime:
    return slot_before(at - KEPT_FOR)


def _beginning(at: datetime) -> datetime:
    first = BenefitUsage.objects.order_by("used_at").values_list("used_at", flat=True).first()
    now = slot_before(at - SETTLED_AFTER)
    return now if first is None else min(now, slot_before(first))


def _is_over(until: datetime, at: datetime) -> bool:
    return until + SETTLED_AFTER <= at


def _ends(since: datetime, until: datetime) -> Iterator[datetime]:
    """Give the ends of the slots from one that begins at `since` to one that ends at `until`."""
    return (since + SLOT * number for number in range(1, (until - since) // SLOT + 1))


def _move(summary: UsageSummary, opened_at: datetime, closed_at: datetime) -> None:
    summary.opened_at, summary.closed_at = opened_at, closed_at
    summary.save(update_fields=["opened_at", "closed_at"])


def _read_alone() -> UsageSummary:
    locks.alone(LOCK)
    return UsageSummary.objects.get_or_create()[0]
