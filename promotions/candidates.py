"""
Which running promotions may be for a customer at a place? Some of them are too far away.

Every phone asks, and making and compiling this query took longer than the database needs to
answer it: so it is compiled once for each number of segments that a customer is in.
"""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.globe import Box, Place, box_around
from core.positions import inside
from core.statements import Parameter, Statement
from promotions.models import FlashPromo, PromoReservation
from promotions.states import LONGEST_DISTANCE_KM

# Each promotion has its own distance, and a box has one. So those that reach about equally far
# share a box: one for the whole country does not make the box of all others as large. Those with
# the largest are few and found by how far they reach.
REACHES_KM = (0, 2, 10, 50, LONGEST_DISTANCE_KM)


class Candidate(NamedTuple):
    promo_id: int
    max_distance_km: float
    latitude: float
    longitude: float


def candidates(
    here: Place, *, customer_id: int, segment_ids: Collection[int], at: datetime
) -> list[Candidate]:
    """
    Give the promotions for one of the segments whose reach may include a place, and of which not
    every unit is on hold for others. One statement.
    """
    boxes = {reach: box_around(here, reach) for reach in REACHES_KM[1:]}
    values: dict[str, Any] = {"customer": customer_id, "at": at}
    for reach, box in boxes.items():
        edges = (box.south, box.north, *box.spans[0], *box.spans[1])
        values |= dict(zip(_edges(reach), edges, strict=True))
    values |= {f"segment_{place}": pk for place, pk in enumerate(sorted(segment_ids))}
    in_two = frozenset(reach for reach, box in boxes.items() if box.spans[0] != box.spans[1])
    return [Candidate(*row) for row in _statement(len(segment_ids), in_two)(**values)]


@lru_cache(maxsize=256)
def _statement(segments: int, in_two: frozenset[float]) -> Statement:
    """
    Compile the question.

    :param in_two: the reaches whose box lies on both sides of the date line.
    """

    def make(customer: Any, at: Any, **rest: Any) -> "QuerySet[Any, Any]":
        of_others = PromoReservation.objects.live(at).exclude(customer=customer)
        is_theirs = reduce(or_, (Q(segment=rest[f"segment_{place}"]) for place in range(segments)))
        is_for_them = FlashPromo.segments.through.objects.filter(
            is_theirs, flashpromo=OuterRef("pk")
        )
        promos = FlashPromo.objects.running(at).not_all_on_hold_for_others(of_others)
        first, *others = (
            promos.filter(
                Exists(is_for_them),
                inside(_box(reach, rest, is_in_two=reach in in_two), "product__venue__"),
                max_distance_km__gt=beyond,
                max_distance_km__lte=reach,
            ).values_list(
                "pk", "max_distance_km", "product__venue__latitude", "product__venue__longitude"
            )
            for beyond, reach in pairwise(REACHES_KM)
        )
        return first.union(*others, all=True)

    edges = (edge for reach in REACHES_KM[1:] for edge in _edges(reach))
    return Statement(
        make, "customer", "at", *edges, *(f"segment_{place}" for place in range(segments))
    )


def _edges(reach: float) -> list[str]:
    names = ("south", "north", "west", "east", "other_west", "other_east")
    return [f"{name}_{reach}" for name in names]


def _box(reach: float, edges: dict[str, Parameter], *, is_in_two: bool) -> Box:
    south, north, west, east, *other = (edges[name] for name in _edges(reach))
    span: Any = (west, east)
    return Box(south, north, (span, tuple(other) if is_in_two else span))  # type: ignore[arg-type]
