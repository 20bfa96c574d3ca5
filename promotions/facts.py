"""Fetches what the rules need to know about one customer and one promotion."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from core.errors import Invalid
from core.globe import Place, known_distance_km
from core.positions import place_of
from core.statements import Statement
from customers.models import Customer, Segment
from customers.segment_rules import SegmentFacts, segment_ids_of
from promotions.models import FlashPromo, PromoReservation
from promotions.querysets import IS_HELD
from promotions.rules import ReservationFacts
from promotions.states import ReservationStatus


def facts_for(*, promo_id: int, customer_id: int, at: datetime) -> ReservationFacts:
    """
    Fetch the facts about one promotion and one customer. Five statements.

    :raises Invalid: `does_not_exist` for `promo` or `customer`.
    """
    segments = {SegmentFacts(*row) for row in _segments_of_promo(promo=promo_id)}
    segment_ids = segment_ids_of(customer_id, segments, at=at)
    # These behind the segments: who is there now was there all the time, and in their segments.
    standing, there = _standing(promo_id, customer_id, at)
    customers = position_of(customer=customer_id)
    if not customers:
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    here = place_of(*customers[0])
    return ReservationFacts(
        at=at,
        in_segment=bool(segment_ids),
        distance_km=known_distance_km(here, there),
        **standing,
    )


def facts_again(facts: ReservationFacts, *, promo_id: int, customer_id: int) -> ReservationFacts:
    """
    Fetch again what others change all the time: how the promotion stands. Two statements.

    :raises Invalid: `does_not_exist` for `promo`.
    """
    standing, _ = _standing(promo_id, customer_id, facts.at)
    return replace(facts, **standing)


def _standing(promo_id: int, customer_id: int, at: datetime) -> tuple[dict[str, Any], Place | None]:
    """Give the facts about the promotion and its reservations, and where its venue is."""
    promos = _promo(promo=promo_id)
    if not promos:
        raise Invalid("promo", "does_not_exist", f"There is no promotion {promo_id}.")
    *values, latitude, longitude = promos[0]
    # Behind how many are sold: a hold that is bought between the two is counted as neither, and the
    # lock will tell. The other way round it would count as both, and refuse a unit that is free.
    reservations = _reservations(promo=promo_id, customer=customer_id, at=at)
    counted = (*reservations, NO_RESERVATIONS)[0]
    standing = dict(zip((*PROMO_FACTS, *RESERVATIONS_FACTS), (*values, *counted), strict=True))
    return standing, place_of(latitude, longitude)


PROMO_FACTS = ("is_active", "starts_at", "ends_at", "quantity", "sold", "max_distance_km")
RESERVATIONS_FACTS = ("purchase", "own_hold", "held_by_others", "first_free_at")
_promo = Statement(
    lambda promo: FlashPromo.objects.filter(pk=promo).values_list(
        "is_active",
        "starts_at",
        "ends_at",
        "quantity",
        "sold_count",
        "max_distance_km",
        "product__venue__latitude",
        "product__venue__longitude",
    ),
    "promo",
)
position_of = Statement(
    lambda customer: Customer.objects.filter(pk=customer).values_list("latitude", "longitude"),
    "customer",
)
_segments_of_promo = Statement(
    lambda promo: Segment.objects.filter(flash_promos=promo).values_list(*SegmentFacts._fields),
    "promo",
)


def _own_and_others(promo: Any, customer: Any, at: Any) -> "QuerySet[Any, Any]":
    is_live = IS_HELD & Q(expires_at__gt=at)
    is_own_purchase = Q(status=ReservationStatus.COMPLETED, customer=customer)
    of_others = IS_HELD & ~Q(customer=customer)
    return (
        PromoReservation.objects.filter(is_live | is_own_purchase, promo=promo)
        .order_by()
        .values("promo")
        .annotate(
            purchase=Min("pk", filter=is_own_purchase),
            own_hold=Min("pk", filter=IS_HELD & Q(customer=customer)),
            held_by_others=Count("pk", filter=of_others),
            first_free_at=Min("expires_at", filter=of_others),
        )
        .values_list("purchase", "own_hold", "held_by_others", "first_free_at")
    )


_reservations = Statement(_own_and_others, "promo", "customer", "at")
NO_RESERVATIONS = (None, None, 0, None)
