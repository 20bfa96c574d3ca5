"""
Proves a promotion's counters against its reservations: the sold against those that are completed,
the held against those that are stored as held, be their minute over or not.

Each repair is a transaction that locks the promotion first, as the services do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Q

from core.transactions import in_transaction
from promotions.models import FlashPromo
from promotions.states import ReservationStatus

PROMOS_AT_ONCE = 2000
SOLD = Count("reservations", filter=Q(reservations__status=ReservationStatus.COMPLETED))
HELD = Count("reservations", filter=Q(reservations__status=ReservationStatus.HELD))


@dataclass(frozen=True)
class WrongSold:
    """A promotion's counter is not the number of units that were bought."""

    promo_id: int
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"Promotion {self.promo_id}: {self.stored} sold stored, {self.counted} counted."


@dataclass(frozen=True)
class WrongHeld:
    """A promotion's counter is not the number of units that are stored as held."""

    promo_id: int
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"Promotion {self.promo_id}: {self.stored} held stored, {self.counted} counted."


Difference = WrongSold | WrongHeld


@dataclass(frozen=True)
class Repair:
    """What was done about a promotion's counters, or why nothing could be."""

    is_done: bool
    sentence: str


def differences() -> Iterator[list[Difference]]:
    """
    Check every promotion, in the order of their ids: give each one's differences, mostly none.

    One statement, so what is reserved meanwhile is in both numbers or in neither.
    """
    rows = (
        FlashPromo.objects.annotate(sold=SOLD, held=HELD)
        .order_by("pk")
        .values_list("pk", "sold_count", "sold", "held_count", "held")
    )
    for pk, sold_stored, sold, held_stored, held in rows.iterator(chunk_size=PROMOS_AT_ONCE):
        found: list[Difference] = []
        if sold_stored != sold:
            found.append(WrongSold(pk, sold_stored, sold))
        if held_stored != held:
            found.append(WrongHeld(pk, held_stored, held))
        yield found


def repair(found: Iterable[Difference]) -> Iterator[Repair]:
    """Make the counters equal to what the rows say, one promotion after the other."""
    for promo_id in sorted({one.promo_id for one in found}):
        yield _recount(promo_id)


@in_transaction
def _recount(promo_id: int) -> Repair:
    promo = FlashPromo.objects.select_for_update(no_key=True).filter(pk=promo_id).first()
    if promo is None:
        return Repair(True, f"Promotion {promo_id} is gone.")
    counted = FlashPromo.objects.filter(pk=promo_id).aggregate(sold=SOLD, held=HELD)
    sold, held = counted["sold"], counted["held"]
    if sold + held > promo.quantity:
        return Repair(
            False,
            f"Promotion {promo_id} cannot be repaired: {sold} are sold and {held} held, "
            f"its quantity is {promo.quantity}.",
        )
    promo.sold_count, promo.held_count = sold, held
    promo.save(update_fields=["sold_count", "held_count"])
    return Repair(True, f"Promotion {promo_id}: {sold} sold and {held} held stored now.")
