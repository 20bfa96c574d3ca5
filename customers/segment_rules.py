"""
Who belongs to a segment? Worked out at the moment of asking, never stored for a rule.

A rule is one function that gives the ids of its members as a query, so that filtering
customers, counting them and asking about one page of them read the same definition.
Apps further up register the rules that need what only they know.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from core.statements import Statement
from customers.models import Customer, Segment
from customers.states import SegmentRuleName


class SegmentFacts(NamedTuple):
    """All that decides who belongs to a segment."""

    pk: int
    rule: str
    rule_days: int | None
    rule_min_visits: int | None


ChosenSegment = Customer.chosen_segments.through
S = TypeVar("S", Segment, SegmentFacts)

# Gives rows with one column `customer_id`; `at` is the moment of asking.
Members = Callable[[Segment, datetime], "QuerySet[Any, Any]"]

_rules: dict[str, Members] = {}


def register(name: SegmentRuleName, members: Members) -> None:
    _rules[name] = members


def members_of(segment: Segment, *, at: datetime) -> "QuerySet[Any, Any]":
    """Give the members' ids at a moment, in the one column `customer_id`."""
    return _rules[segment.rule](segment, at)


def members_among(
    customer_ids: Collection[int], segments: Iterable[Segment], *, at: datetime
) -> set[int]:
    """Give which of the customers are in any of the segments. A query for each segment."""
    found: set[int] = set()
    for segment in segments:
        members = members_of(segment, at=at).filter(customer_id__in=customer_ids)
        found.update(members.values_list("customer_id", flat=True))
    return found


def segment_ids_by_customer(
    customer_ids: Collection[int], segments: Iterable[Segment], *, at: datetime
) -> dict[int, set[int]]:
    """Give, for each of the customers, which of the segments they are in. Two queries."""
    found: dict[int, set[int]] = {customer_id: set() for customer_id in customer_ids}
    by_hand, by_rule = _apart(list(segments))
    chosen = ChosenSegment.objects.filter(customer_id__in=customer_ids)
    for customer_id, segment_id in chosen.values_list("customer_id", "segment_id"):
        if segment_id in by_hand:
            found[customer_id].add(segment_id)
    for some in _in_batches(by_rule):
        belongs = [
            Exists(members_of(segment, at=at).filter(customer_id=OuterRef("pk")))
            for segment in some
        ]
        rows = Customer.objects.filter(pk__in=customer_ids).values_list("pk", *belongs)
        for customer_id, *answers in rows:
            found[customer_id] |= _those_that_are_true(some, answers)
    return found


def segment_ids_of(
    customer_id: int, segments: Collection[SegmentFacts], *, at: datetime
) -> set[int]:
    """
    Give which of the segments one customer is in, none where there is no such customer.

    One query, compiled once.
    """
    found = set()
    # Sorted, so that the same segments find the same statement.
    for some in _in_batches(sorted(segments)):
        for answers in _memberships(tuple(some))(customer=customer_id, at=at):
            found |= _those_that_are_true(some, answers)
    return found


def _apart(segments: Sequence[Segment]) -> tuple[set[int], list[Segment]]:
    """Give the ids of the segments that are chosen by hand, and those with a rule."""
    by_rule = [one for one in segments if one.rule != SegmentRuleName.MANUAL]
    return {one.pk for one in segments} - {one.pk for one in by_rule}, by_rule


def _those_that_are_true(segments: Sequence[S], answers: Iterable[bool]) -> set[int]:
    return {one.pk for one, is_in in zip(segments, answers, strict=True) if is_in}


def _in_batches(segments: Sequence[S]) -> Iterator[Sequence[S]]:
    # PostgreSQL answers at most 1,664 columns, SQLite 2,000.
    for start in range(0, len(segments), 500):
        yield segments[start : start + 500]


# The key holds all that a rule reads of its segments, so an edited segment is another key.
@lru_cache(maxsize=256)
def _memberships(segments: tuple[SegmentFacts, ...]) -> Statement:
    def make(customer: Any, at: Any) -> "QuerySet[Any, Any]":
        belongs = [
            Exists(
                members_of(
                    Segment(
                        pk=one.pk,
                        rule=one.rule,
                        rule_days=one.rule_days,
                        rule_min_visits=one.rule_min_visits,
                    ),
                    at=at,
                ).filter(customer_id=OuterRef("pk"))
            )
            for one in segments
        ]
        return Customer.objects.filter(pk=customer).values_list(*belongs)

    return Statement(make, "customer", "at")


def attach_segments(customers: Collection[Customer], *, at: datetime) -> None:
    """Set `segments` on each customer: those by hand and those by rule. Three queries."""
    segments = list(Segment.objects.order_by("pk"))
    ids = segment_ids_by_customer([customer.pk for customer in customers], segments, at=at)
    for customer in customers:
        customer.segments = [one for one in segments if one.pk in ids[customer.pk]]


def attach_customer_counts(segments: Collection[Segment], *, at: datetime) -> None:
    """Set `customer_count` on each segment. One query, one pass over the customers."""
    if not segments:
        return
    counts = Customer.objects.aggregate(
        **{
            f"segment_{segment.pk}": Count("pk", filter=Q(pk__in=members_of(segment, at=at)))
            for segment in segments
        }
    )
    for segment in segments:
        segment.customer_count = counts[f"segment_{segment.pk}"]


def _chosen_by_hand(segment: Segment, at: datetime) -> "QuerySet[Any, Any]":
    return ChosenSegment.objects.filter(segment=segment).values("customer_id")


def _new_customers(segment: Segment, at: datetime) -> "QuerySet[Any, Any]":
    assert segment.rule_days is not None
    since = at - timedelta(days=segment.rule_days)
    return Customer.objects.filter(created_at__gt=since, created_at__lte=at).values(
        customer_id=F("pk")
    )


register(SegmentRuleName.MANUAL, _chosen_by_hand)
register(SegmentRuleName.NEW_CUSTOMERS, _new_customers)
