"""
Who belongs to a segment? Worked out at the moment of asking, never stored for a rule.

A rule is one function that gives the ids of its members as a query, so that filtering
customers, counting them and asking about one page of them read the same definition.
Apps further up register the rules that need what only they know.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from core.statements import Statement
from customers.models import Customer, Segment
from customers.states import SegmentRuleName


class SegmentFacts(NamedTuple):
    """All that decides who belongs to a segment."""

    id: int
    rule: str
    rule_days: int | None
    rule_min_visits: int | None


# Gives rows with one column `customer_id`; `at` is the moment of asking.
Members = Callable[[Segment, datetime], "QuerySet[Any, Any]"]

_rules: dict[str, Members] = {}


def register(name: SegmentRuleName, members: Members) -> None:
    _rules[name] = members


def members_of(segment: Segment, *, at: datetime) -> "QuerySet[Any, Any]":
    """Give the members' ids at a moment, in the one column `customer_id`."""
    return _rules[segment.rule](segment, at)


def segment_ids_by_customer(
    customer_ids: Collection[int], segments: Iterable[Segment], *, at: datetime
) -> dict[int, set[int]]:
    """Give, for each of the customers, which of the segments they are in. One query."""
    segments = list(segments)
    if not segments or not customer_ids:
        return {customer_id: set() for customer_id in customer_ids}
    belongs = [
        Exists(members_of(segment, at=at).filter(customer_id=OuterRef("pk")))
        for segment in segments
    ]
    rows = Customer.objects.filter(pk__in=customer_ids).values_list("pk", *belongs)
    return {
        pk: {segment.pk for segment, is_in in zip(segments, answers, strict=True) if is_in}
        for pk, *answers in rows
    }


def segment_ids_of(
    customer_id: int, segments: Collection[SegmentFacts], *, at: datetime
) -> set[int]:
    """Give which of the segments one customer is in. One query, compiled once."""
    if not segments:
        return set()
    # Sorted, so that the same segments find the same statement.
    ordered = tuple(sorted(segments))
    (answers,) = _memberships(ordered)(customer=customer_id, at=at)
    return {one.id for one, is_in in zip(ordered, answers, strict=True) if is_in}


# The key holds all that a rule reads of its segments, so an edited segment is another key.
@lru_cache(maxsize=256)
def _memberships(segments: tuple[SegmentFacts, ...]) -> Statement:
    def make(customer: Any, at: Any) -> "QuerySet[Any, Any]":
        belongs = [
            Exists(
                members_of(
                    Segment(
                        pk=one.id,
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
    """Set `segments` on each customer: those by hand and those by rule. Two queries."""
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
    return Customer.chosen_segments.through.objects.filter(segment=segment).values("customer_id")


def _new_customers(segment: Segment, at: datetime) -> "QuerySet[Any, Any]":
    assert segment.rule_days is not None
    since = at - timedelta(days=segment.rule_days)
    return Customer.objects.filter(created_at__gt=since, created_at__lte=at).values(
        customer_id=F("pk")
    )


register(SegmentRuleName.MANUAL, _chosen_by_hand)
register(SegmentRuleName.NEW_CUSTOMERS, _new_customers)
