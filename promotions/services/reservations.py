from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from core.transactions import in_transaction
from promotions.errors import ReservationEnded, ReservationExpired
from promotions.facts import facts_again, facts_for
from promotions.models import FlashPromo, PromoReservation
from promotions.rules import ReservationFacts, first_refusal
from promotions.states import HOLD, ReservationStatus


class Reserved(NamedTuple):
    reservation: PromoReservation
    # Otherwise it is the customer's hold of before.
    is_made: bool


def reserve(*, promo_id: int, customer_id: int, at: datetime) -> Reserved:
    """
    Put one unit on hold for the customer, for a minute from `at` on.

    A hold that the customer has is given again, and is not prolonged.

    :raises Invalid: when the promotion or the customer does not exist.
    :raises Refusal: the first rule of `promotions.rules` that says no.
    """
    # Most of a crowd are refused, and they are without waiting for anybody's lock.
    facts = facts_for(promo_id=promo_id, customer_id=customer_id, at=at)
    own = _own_hold(facts)
    return Reserved(own, is_made=False) if own else _hold(promo_id, customer_id, facts)


@in_transaction
def _hold(promo_id: int, customer_id: int, facts: ReservationFacts) -> Reserved:
    at = facts.at
    promo = FlashPromo.objects.select_for_update(no_key=True).filter(pk=promo_id).first()
    # What was read before the lock may be history, and the promotion gone. Where the customer is
    # and in which segments others do not change in this moment, and all who wait would wait for it.
    own = _own_hold(facts_again(facts, promo_id=promo_id, customer_id=customer_id))
    if own:
        return Reserved(own, is_made=False)
    assert promo is not None
    expire_lapsed(promo, at=at)
    made = PromoReservation.objects.create(
        promo=promo,
        customer_id=customer_id,
        price=promo.promo_price,
        created_at=at,
        expires_at=at + HOLD,
    )
    _count(promo, held=1)
    return Reserved(made, is_made=True)


def _own_hold(facts: ReservationFacts) -> PromoReservation | None:
    """
    Give the customer's live hold, unless it ended since the facts were read.

    :raises Refusal: when there is none, and the rules allow none.
    """
    if facts.own_hold is not None:
        return PromoReservation.objects.live(facts.at).filter(pk=facts.own_hold).first()
    refusal = first_refusal(facts)
    if refusal is not None:
        raise refusal
    return None


@in_transaction
def complete(*, reservation: PromoReservation, at: datetime) -> PromoReservation:
    """
    Sell the unit to who holds it; the last one ends the promotion. Again, it changes nothing.

    A hold is good for its minute, also where the promotion ends within it or is stopped.

    :raises ReservationExpired: when the minute is over.
    :raises ReservationEnded: when it was released.
    """
    promo, reservation = _both_locked(reservation)
    if not _is_still_held(reservation, ReservationStatus.COMPLETED, at):
        return reservation
    reservation.status, reservation.completed_at = ReservationStatus.COMPLETED, at
    reservation.save(update_fields=["status", "completed_at"])
    _count(promo, held=-1, sold=1)
    if promo.sold_count == promo.quantity:
        promo.is_active = False
        promo.save(update_fields=["is_active"])
    return reservation


@in_transaction
def release(*, reservation: PromoReservation, at: datetime) -> PromoReservation:
    """
    Give the unit back at once. Again, it changes nothing.

    :raises ReservationExpired: when the minute is over, and so the unit is given back anyway.
    :raises ReservationEnded: when it was sold.
    """
    promo, reservation = _both_locked(reservation)
    if not _is_still_held(reservation, ReservationStatus.RELEASED, at):
        return reservation
    reservation.status, reservation.released_at = ReservationStatus.RELEASED, at
    reservation.save(update_fields=["status", "released_at"])
    _count(promo, held=-1)
    return reservation


def _is_still_held(reservation: PromoReservation, to: ReservationStatus, at: datetime) -> bool:
    """
    Say whether a hold is there to become something else; False where it is that already.

    :raises ReservationExpired: when the minute is over.
    :raises ReservationEnded: when it became something else.
    """
    status = reservation.status_at(at)
    if status == ReservationStatus.EXPIRED:
        raise ReservationExpired(expires_at=reservation.expires_at)
    if status not in (ReservationStatus.HELD, to):
        raise ReservationEnded(status=status)
    return status == ReservationStatus.HELD


def expire_lapsed(promo: FlashPromo, *, at: datetime) -> None:
    """Write down which holds of a locked promotion have run out, and free their units."""
    if promo.held_count:
        lapsed = PromoReservation.objects.filter(promo=promo).lapsed(at)
        if number := lapsed.update(status=ReservationStatus.EXPIRED):
            _count(promo, held=-number)


def _both_locked(reservation: PromoReservation) -> tuple[FlashPromo, PromoReservation]:
    promo = FlashPromo.objects.select_for_update(no_key=True).get(pk=reservation.promo_id)
    return promo, PromoReservation.objects.select_for_update(no_key=True).get(pk=reservation.pk)


def _count(promo: FlashPromo, *, held: int = 0, sold: int = 0) -> None:
    # Whatever the code above believes, the check on the row lets nobody oversell.
    FlashPromo.objects.filter(pk=promo.pk).update(
        held_count=F("held_count") + held, sold_count=F("sold_count") + sold
    )
    promo.held_count += held
    promo.sold_count += sold
