"""
Which promotions are for a customer, and which customers is a promotion for?

Both start from a box on the index over positions; the exact distance is worked out for what is
in it, by the one formula in `core.globe`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from core.errors import Invalid
from core.globe import Box, Place, box_around, distance_km, is_within
from core.positions import inside, place_of
from core.statements import Statement
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.segment_rules import SegmentFacts, members_among, segment_ids_of
from promotions.facts import position_of
from promotions.models import FlashPromo, PromoNotice
from promotions.states import LONGEST_DISTANCE_KM, ReservationStatus

# Each promotion has its own distance, and a box has one. So those that reach about equally far
# share a box: one for the whole country does not make the box of all others as large. Those with
# the largest are few and found by how far they reach.
REACHES_KM = (0, 2, 10, 50, LONGEST_DISTANCE_KM)

ASKED_AT_ONCE = 10_000

PromoSegment = FlashPromo.segments.through


class Near(NamedTuple):
    promo_id: int
    distance_km: float


class Reaching(NamedTuple):
    """A running promotion, and where its venue is."""

    promo_id: int
    max_distance_km: float
    quantity: int
    sold: int
    held: int
    latitude: float
    longitude: float

    @property
    def place(self) -> Place:
        return Place(self.latitude, self.longitude)

    @property
    def left(self) -> int:
        return self.quantity - self.sold


COLUMNS = (
    "pk",
    "max_distance_km",
    "quantity",
    "sold_count",
    "held_count",
    "product__venue__latitude",
    "product__venue__longitude",
)


def eligible_promos(*, customer_id: int, at: datetime) -> list[Near]:
    """
    Give the running promotions that the customer could have a unit of, the nearest first.

    Whether the customer has bought one of them before is not asked. At most six statements.

    :raises Invalid: `does_not_exist` for `customer`.
    """
    places = position_of(customer=customer_id)
    if not places:
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    here = place_of(*places[0])
    segment_ids = segment_ids_of(customer_id, {SegmentFacts(*row) for row in _segments()}, at=at)
    if here is None or not segment_ids:
        return []
    near = {}
    for row in _reaching(here, at):
        distance = distance_km(here, row.place)
        if is_within(distance, row.max_distance_km):
            near[row.promo_id] = row, distance
    is_for_them = PromoSegment.objects.filter(flashpromo__in=near, segment__in=segment_ids)
    theirs = set(is_for_them.values_list("flashpromo_id", flat=True))
    theirs -= _all_on_hold([near[promo_id][0] for promo_id in theirs], customer_id, at)
    found = [Near(promo_id, near[promo_id][1]) for promo_id in theirs]
    return sorted(found, key=lambda one: (one.distance_km, one.promo_id))


def _reaching(here: Place, at: datetime) -> list[Reaching]:
    """Give the running promotions that may reach as far as a place."""
    boxes = [box_around(here, reach) for reach in REACHES_KM[1:]]
    edges: list[float] = []
    for south, north, (span, other) in boxes:
        edges += [south, north, *span, *other]
    values: dict[str, Any] = dict(zip(EDGES, edges, strict=True))
    statement = _in_two_spans if any(one != other for _, _, (one, other) in boxes) else _in_a_span
    return [Reaching(*row) for row in statement(at=at, **values)]


def _reaching_from_boxes(at: Any, edges: Sequence[Any], spans: int) -> "QuerySet[Any, Any]":
    parts = []
    for number, (beyond, reach) in enumerate(pairwise(REACHES_KM)):
        south, north, *longitudes = edges[6 * number : 6 * number + 6]
        span, other = tuple(longitudes[:2]), tuple(longitudes[2:])
        box = Box(south, north, (span, other if spans == 2 else span))
        part = FlashPromo.objects.running(at).filter(
            inside(box, "product__venue__"), max_distance_km__gt=beyond, max_distance_km__lte=reach
        )
        parts.append(part.values_list(*COLUMNS))
    return parts[0].union(*parts[1:], all=True)


# Every phone asks. Making and compiling the question took several times as long as answering it.
EDGES = [
    f"{edge}_{reach}"
    for reach in REACHES_KM[1:]
    for edge in ("south", "north", "west", "east", "other_west", "other_east")
]
_in_a_span = Statement(
    lambda at, **edges: _reaching_from_boxes(at, [*edges.values()], spans=1), "at", *EDGES
)
_in_two_spans = Statement(
    lambda at, **edges: _reaching_from_boxes(at, [*edges.values()], spans=2), "at", *EDGES
)
_segments = Statement(lambda: Segment.objects.values_list(*SegmentFacts._fields))


def _all_on_hold(promos: Iterable[Reaching], customer_id: int, at: datetime) -> set[int]:
    """Give the ids of those of which every remaining unit is on hold for others."""
    # The counter knows also of holds that have run out: only where it says that nothing is left
    # they need to be counted.
    full = {one.promo_id for one in promos if one.held >= one.left}
    if not full:
        return set()
    is_live = Q(reservations__status=ReservationStatus.HELD, reservations__expires_at__gt=at)
    of_others = is_live & ~Q(reservations__customer=customer_id)
    # With what is sold in one statement: a hold that is bought meanwhile is one of the two.
    held = Count("reservations", filter=of_others)
    counted = FlashPromo.objects.filter(pk__in=full).annotate(held_by_others=held)
    on_hold = counted.filter(held_by_others__gte=F("quantity") - F("sold_count"))
    return set(on_hold.values_list("pk", flat=True))


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
