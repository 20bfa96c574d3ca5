"""
Which promotions are for a customer, and which customers is a promotion for?

Both start from a box on the index over positions; the exact distance is worked out for what is
in it, by the one formula in `core.globe`.
"""

from collections.abc import Collection
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.errors import Invalid
from core.globe import Place, box_around, distance_km, is_within
from core.positions import inside
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.segment_rules import SegmentFacts, members_of, segment_ids_of
from customers.states import SegmentRuleName
from promotions.models import FlashPromo, PromoNotice, PromoReservation
from promotions.states import LONGEST_DISTANCE_KM

# Each promotion has its own distance, and a box has one. So those that reach about equally far
# share a box: one for the whole country does not make the box of all others as large. Those with
# the largest are few and found by how far they reach.
REACHES_KM = (0, 2, 10, 50, LONGEST_DISTANCE_KM)

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
    customer = Customer.objects.filter(pk=customer_id).only("latitude", "longitude").first()
    if customer is None:
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    here = customer.place
    segments = {SegmentFacts(*row) for row in Segment.objects.values_list(*SegmentFacts._fields)}
    segment_ids = segment_ids_of(customer_id, segments, at=at)
    if here is None or not segment_ids:
        return []
    of_others = PromoReservation.objects.live(at).exclude(customer=customer_id)
    promos = FlashPromo.objects.running(at).not_all_on_hold_for_others(of_others)
    is_for_them = PromoSegment.objects.filter(
        flashpromo=OuterRef("pk"), segment__in=sorted(segment_ids)
    )
    found = []
    for promo_id, limit_km, *position in _around(here, promos.filter(Exists(is_for_them))):
        distance = distance_km(here, Place(*position))
        if is_within(distance, limit_km):
            found.append(Near(promo_id, distance))
    return sorted(found, key=lambda near: (near.distance_km, near.promo_id))


def _around(here: Place, promos: "QuerySet[FlashPromo]") -> "QuerySet[Any, Any]":
    """Give id, distance and position of the promotions whose reach may include a place."""
    first, *others = (
        promos.filter(
            inside(box_around(here, reach), "product__venue__"),
            max_distance_km__gt=beyond,
            max_distance_km__lte=reach,
        ).values_list(
            "pk", "max_distance_km", "product__venue__latitude", "product__venue__longitude"
        )
        for beyond, reach in pairwise(REACHES_KM)
    )
    return first.union(*others, all=True)


def audience_of(promo: FlashPromo, *, day: date, at: datetime) -> list[int]:
    """
    Give, in order, the ids of the customers for whom a promotion is, its product and venue loaded.

    Without those who were told of any promotion on the local day. Two statements.
    """
    told = PromoNotice.objects.filter(customer=OuterRef("pk"), day=day)
    return _reached_by(promo, Customer.objects.exclude(Exists(told)), at)


def everybody_for(promo: FlashPromo, *, at: datetime) -> list[int]:
    """Give what `audience_of` does, with those who were told of a promotion. Two statements."""
    return _reached_by(promo, Customer.objects.all(), at)


def _reached_by(promo: FlashPromo, customers: CustomerQuerySet, at: datetime) -> list[int]:
    there = promo.product.venue.place
    if there is None:
        return []
    is_near = inside(box_around(there, promo.max_distance_km))
    near_ids = Customer.objects.filter(is_near).values("pk")
    is_member = Q()
    for segment in promo.segments.order_by("pk"):
        members = members_of(segment, at=at)
        if segment.rule != SegmentRuleName.MANUAL:
            # A rule may count visits: of all who are near at once, and of nobody else. Counting
            # them for one customer after the other took 18 times as long at 500 km.
            members = members.filter(customer_id__in=near_ids)
        is_member |= Q(pk__in=members)
    rows = customers.filter(is_near, is_member).values_list("pk", "latitude", "longitude")
    limit_km = promo.max_distance_km
    return sorted(
        customer_id
        for customer_id, *position in rows
        if is_within(distance_km(there, Place(*position)), limit_km)  # type: ignore[arg-type]
    )


def attach_segment_ids(promos: Collection[FlashPromo]) -> None:
    """Set `segment_ids` on each promotion, in their order. One query."""
    found: dict[int, list[int]] = {promo.pk: [] for promo in promos}
    rows = PromoSegment.objects.filter(flashpromo__in=found).order_by("segment_id")
    for promo_id, segment_id in rows.values_list("flashpromo_id", "segment_id"):
        found[promo_id].append(segment_id)
    for promo in promos:
        promo.segment_ids = found[promo.pk]
