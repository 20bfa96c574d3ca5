"""
Which promotions are for a customer, and which customers is a promotion for?

Both start from a box on the index over positions; the exact distance is worked out for what is
in it, by the one formula in `core.globe`.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from core.errors import Invalid
from core.globe import Place, box_around, distance_km, is_within
from core.positions import inside, place_of
from core.statements import Statement
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.segment_rules import SegmentFacts, members_among, segment_ids_of
from promotions.candidates import candidates
from promotions.facts import position_of
from promotions.models import FlashPromo, PromoNotice

ASKED_AT_ONCE = 10_000

PromoSegment = FlashPromo.segments.through


class Near(NamedTuple):
    promo_id: int
    distance_km: float


def eligible_promos(*, customer_id: int, at: datetime) -> list[Near]:
    """
    Give the running promotions that the customer could have a unit of, the nearest first.

    Whether the customer has bought one of them before is not asked. Four statements.

    :raises Invalid: `does_not_exist` for `customer`.
    """
    places = position_of(customer=customer_id)
    if not places:
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    here = place_of(*places[0])
    segment_ids = segment_ids_of(customer_id, {SegmentFacts(*row) for row in _segments()}, at=at)
    if here is None or not segment_ids:
        return []
    found = []
    for one in candidates(here, customer_id=customer_id, segment_ids=segment_ids, at=at):
        distance = distance_km(here, Place(one.latitude, one.longitude))
        if is_within(distance, one.max_distance_km):
            found.append(Near(one.promo_id, distance))
    return sorted(found, key=lambda near: (near.distance_km, near.promo_id))


_segments = Statement(lambda: Segment.objects.values_list(*SegmentFacts._fields))


def audience_of(promo: FlashPromo, *, day: date, at: datetime, after: int = 0) -> list[int]:
    """
    Give, in order, the ids of the customers for whom a promotion is, its product and venue loaded.

    Without those who were told of any promotion on the local day, and those up to the id `after`.
    """
    told = PromoNotice.objects.filter(customer=OuterRef("pk"), day=day)
    return _reached_by(promo, Customer.objects.filter(pk__gt=after).exclude(Exists(told)), at)


def everybody_for(promo: FlashPromo, *, at: datetime) -> list[int]:
    """Give what `audience_of` does, with those who were told of a promotion."""
    return _reached_by(promo, Customer.objects.all(), at)


def _reached_by(promo: FlashPromo, customers: CustomerQuerySet, at: datetime) -> list[int]:
    there = promo.product.venue.place
    if there is None:
        return []
    rows: Any = customers.filter(inside(box_around(there, promo.max_distance_km)))
    near = sorted(
        customer_id
        for customer_id, *position in rows.values_list("pk", "latitude", "longitude")
        if is_within(distance_km(there, Place(*position)), promo.max_distance_km)
    )
    # In one statement with the box PostgreSQL joined 10,000 customers, just imported, with each
    # other for four seconds. Asked about them by their ids it has no choice.
    segments = list(promo.segments.order_by("pk"))
    parts = (near[start : start + ASKED_AT_ONCE] for start in range(0, len(near), ASKED_AT_ONCE))
    return [each for part in parts for each in sorted(members_among(part, segments, at=at))]


def attach_segment_ids(promos: Collection[FlashPromo]) -> None:
    """Set `segment_ids` on each promotion, in their order. One query."""
    found: dict[int, list[int]] = {promo.pk: [] for promo in promos}
    rows = PromoSegment.objects.filter(flashpromo__in=found).order_by("segment_id")
    for promo_id, segment_id in rows.values_list("flashpromo_id", "segment_id"):
        found[promo_id].append(segment_id)
    for promo in promos:
        promo.segment_ids = found[promo.pk]
