"""
What one would write first: the distance of everything that there is, in SQL and without an index.
And Gymtastic finding promotions in this way.
"""

from datetime import datetime
from typing import Any
from unittest.mock import patch

from gymtastic.wsgi import application

# isort: split
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from core.globe import EARTH_RADIUS_KM, TOLERANCE_KM
from customers.models import Customer, Segment
from customers.segment_rules import SegmentFacts, members_of, segment_ids_of
from promotions.models import FlashPromo, PromoNotice
from promotions.reports import Near

__all__ = ["application"]

AWAY = f"""
2 * {EARTH_RADIUS_KM} * asin(sqrt(least(1, sin(radians(latitude - %(latitude)s) / 2) ^ 2
    + cos(radians(%(latitude)s)) * cos(radians(latitude))
    * sin(radians(longitude - %(longitude)s) / 2) ^ 2)))
"""
PROMOS = f"""
SELECT id, distance_km FROM (
    SELECT promo.id, max_distance_km, {AWAY} AS distance_km
    FROM promotions_flashpromo promo
    JOIN promotions_product product ON product.id = product_id
    JOIN venues_venue venue ON venue.id = venue_id
    WHERE is_active AND starts_at <= %(at)s AND ends_at > %(at)s AND sold_count < quantity
      AND (sold_count + held_count < quantity OR sold_count + (
          SELECT count(*) FROM promotions_promoreservation reservation
          WHERE promo_id = promo.id AND status = 'held' AND expires_at > %(at)s
            AND customer_id <> %(customer)s) < quantity)
      AND EXISTS (SELECT FROM promotions_flashpromo_segments
                  WHERE flashpromo_id = promo.id AND segment_id = ANY(%(segments)s))
) running WHERE distance_km <= max_distance_km + {TOLERANCE_KM} ORDER BY distance_km, id
"""
CUSTOMERS = f"""
SELECT id FROM ({{customers}}) customer WHERE {AWAY} <= %(limit)s + {TOLERANCE_KM} ORDER BY id
"""


def promos_of(customer_id: int, at: datetime) -> tuple[str, dict[str, Any]]:
    """Give the statement that finds the promotions of a customer, whose segments are asked for."""
    customer = Customer.objects.only("latitude", "longitude").get(pk=customer_id)
    segments = {SegmentFacts(*row) for row in Segment.objects.values_list(*SegmentFacts._fields)}
    return PROMOS, {
        "latitude": customer.latitude,
        "longitude": customer.longitude,
        "customer": customer_id,
        "at": at,
        "segments": sorted(segment_ids_of(customer_id, segments, at=at)),
    }


def customers_of(promo: FlashPromo, at: datetime) -> tuple[str, dict[str, Any]]:
    """Give the statement that finds whom to tell of a promotion."""
    is_member = Q()
    for segment in promo.segments.order_by("pk"):
        is_member |= Q(pk__in=members_of(segment, at=at))
    told = PromoNotice.objects.filter(customer=OuterRef("pk"), day=at.date())
    untold = Customer.objects.filter(is_member).exclude(Exists(told))
    sql, values = untold.values("id", "latitude", "longitude").query.sql_with_params()
    with connection.cursor() as cursor:
        customers = cursor.cursor.mogrify(sql, values).decode().replace("%", "%%")
    venue = promo.product.venue
    return CUSTOMERS.format(customers=customers), {
        "latitude": venue.latitude,
        "longitude": venue.longitude,
        "limit": promo.max_distance_km,
    }


def eligible_promos(*, customer_id: int, at: datetime) -> list[Near]:
    with connection.cursor() as cursor:
        cursor.execute(*promos_of(customer_id, at))
        return [Near(*row) for row in cursor.fetchall()]


patch("promotions.views.eligible_promos", eligible_promos).start()
