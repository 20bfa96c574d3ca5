"""
May this customer have a unit of this promotion? Pure: no clock, no database.

The first rule that says no is the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.errors import Refusal
from core.globe import is_within
from promotions.errors import (
    AlreadyPurchased,
    NotEligible,
    PromoNotRunning,
    PromoOnHold,
    PromoSoldOut,
)


@dataclass(frozen=True)
class ReservationFacts:
    at: datetime
    is_active: bool
    starts_at: datetime
    ends_at: datetime
    quantity: int
    sold: int
    in_segment: bool
    # None where nobody knows.
    distance_km: float | None
    max_distance_km: float
    # The customer's own, by their ids.
    purchase: int | None
    own_hold: int | None
    # How many units are on hold for others, and until when the first of them.
    held_by_others: int
    first_free_at: datetime | None


def _is_sold_out(facts: ReservationFacts) -> Refusal | None:
    return PromoSoldOut() if facts.sold >= facts.quantity else None


def _is_not_running(facts: ReservationFacts) -> Refusal | None:
    if facts.is_active and facts.starts_at <= facts.at < facts.ends_at:
        return None
    return PromoNotRunning(facts.is_active, facts.starts_at, facts.ends_at)


def _is_not_eligible(facts: ReservationFacts) -> Refusal | None:
    is_near = facts.distance_km is not None and is_within(facts.distance_km, facts.max_distance_km)
    if facts.in_segment and is_near:
        return None
    return NotEligible(facts.in_segment, facts.distance_km, facts.max_distance_km)


def _has_bought(facts: ReservationFacts) -> Refusal | None:
    return AlreadyPurchased(facts.purchase) if facts.purchase is not None else None


def _is_on_hold(facts: ReservationFacts) -> Refusal | None:
    if facts.sold + facts.held_by_others < facts.quantity or facts.first_free_at is None:
        return None
    return PromoOnHold(facts.first_free_at)


class Rule(NamedTuple):
    refusal: type[Refusal]
    check: Callable[[ReservationFacts], Refusal | None]


RULES = (
    Rule(PromoSoldOut, _is_sold_out),
    Rule(PromoNotRunning, _is_not_running),
    Rule(NotEligible, _is_not_eligible),
    Rule(AlreadyPurchased, _has_bought),
    Rule(PromoOnHold, _is_on_hold),
)


def first_refusal(facts: ReservationFacts) -> Refusal | None:
    return next((refusal for rule in RULES if (refusal := rule.check(facts))), None)
