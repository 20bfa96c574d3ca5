"""What has become of a promotion: whom it reached, who held it, who bought it, and how fast."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min

from core.globe import Place, known_distance_km
from core.positions import place_of
from promotions.admin.standing import with_status_at
from promotions.models import FlashPromo, PromoNotice, PromoReservation
from promotions.states import ReservationStatus

# Of one promotion, as its page lists them.
MOST_TOLD_SHOWN = 20
MOST_RESERVATIONS_SHOWN = 25

POSITION = ("customer__latitude", "customer__longitude")

Latitude = float | None
Longitude = float | None
Position = tuple[Latitude, Longitude]


class Told(NamedTuple):
    number: int
    first_at: datetime | None
    last_at: datetime | None


class Deed(NamedTuple):
    """A reservation in plain values, its status as it is at the moment."""

    customer_id: int
    status: str
    created_at: datetime
    expires_at: datetime
    completed_at: datetime | None
    released_at: datetime | None
    latitude: Latitude
    longitude: Longitude

    @property
    def seconds(self) -> float | None:
        return seconds_between(self, self.status)


class Outcome(NamedTuple):
    status: ReservationStatus
    number: int
    # How many seconds they took. Nothing for holds, which still last.
    median: float | None
    least: float | None
    most: float | None


class ToldCustomer(NamedTuple):
    notice: PromoNotice
    km: float | None
    # What became of it, if they reserved.
    status: str | None


class ListedReservation(NamedTuple):
    reservation: Any
    km: float | None
    seconds: float | None


def seconds_of(reservation: Any) -> float | None:
    """Give how long a hold lasted, of one asked for `with_status_at`; nothing while it does."""
    return seconds_between(reservation, reservation.status_now)


def seconds_between(held: Any, status: str) -> float | None:
    ended = held.completed_at or held.released_at
    if status == ReservationStatus.EXPIRED:
        ended = held.expires_at
    return (ended - held.created_at).total_seconds() if ended else None


def told_of(promo: FlashPromo) -> Told:
    notices = PromoNotice.objects.filter(promo=promo)
    return Told(
        **notices.aggregate(number=Count("pk"), first_at=Min("told_at"), last_at=Max("told_at"))
    )


def positions_of_told(promo: FlashPromo) -> list[Position]:
    return list(PromoNotice.objects.filter(promo=promo).values_list(*POSITION))


def deeds_of(promo: FlashPromo, *, at: datetime) -> list[Deed]:
    """Give every reservation, the oldest first. One query of plain values."""
    reservations = with_status_at(PromoReservation.objects.filter(promo=promo), at=at)
    columns = ("customer_id", "status_now", *Deed._fields[2:6], *POSITION)
    return [Deed(*row) for row in reservations.order_by("pk").values_list(*columns)]


def outcomes_of(deeds: Sequence[Deed]) -> list[Outcome]:
    """Give what became of the reservations: each status, how many, and how fast."""
    outcomes = []
    for status in ReservationStatus:
        seconds = [deed.seconds for deed in deeds if deed.status == status]
        known = [each for each in seconds if each is not None]
        spread = (median(known), min(known), max(known)) if known else (None, None, None)
        outcomes.append(Outcome(status, len(seconds), *spread))
    return outcomes


def first_told(promo: FlashPromo, deeds: Iterable[Deed]) -> list[ToldCustomer]:
    there = promo.product.venue.place
    # The last one says it all: after a purchase nobody reserves again.
    became = {deed.customer_id: deed.status for deed in deeds}
    notices = PromoNotice.objects.filter(promo=promo).select_related("customer").order_by("pk")
    return [
        ToldCustomer(one, known_distance_km(there, one.customer.place), became.get(one.customer_id))
        for one in notices[:MOST_TOLD_SHOWN]
    ]


def latest_reservations(promo: FlashPromo, *, at: datetime) -> list[ListedReservation]:
    there = promo.product.venue.place
    of_promo = PromoReservation.objects.filter(promo=promo).select_related("customer")
    latest = with_status_at(of_promo, at=at).order_by("-pk")[:MOST_RESERVATIONS_SHOWN]
    return [
        ListedReservation(one, known_distance_km(there, one.customer.place), seconds_of(one))
        for one in latest
    ]


def distances(there: Place, positions: Iterable[Position]) -> list[float | None]:
    return [known_distance_km(there, place_of(*position)) for position in positions]
