"""What becomes of a hold: it is bought, given back, or its minute is over."""

from datetime import timedelta
from decimal import Decimal

import pytest

from promotions import services
from promotions.errors import ReservationEnded, ReservationExpired
from promotions.models import FlashPromo
from promotions.states import HOLD, ReservationStatus
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

HELD, COMPLETED = ReservationStatus.HELD, ReservationStatus.COMPLETED
RELEASED, EXPIRED = ReservationStatus.RELEASED, ReservationStatus.EXPIRED
TICK = timedelta.resolution
SECOND = timedelta(seconds=1)

IN_TIME = pytest.mark.parametrize(
    "later",
    [0 * SECOND, 59.9 * SECOND, 60 * SECOND - TICK],
    ids=["at once", "at 59.9 s", "just in time"],
)
TOO_LATE = pytest.mark.parametrize(
    "later", [60 * SECOND, timedelta(days=1)], ids=["at exactly a minute", "the next day"]
)


@pytest.fixture
def promo():
    return FlashPromoFactory(quantity=2)


@pytest.fixture
def hold(promo):
    return PromoReservationFactory(promo=promo)


def complete(hold, at=NOON):
    return services.complete(reservation=hold, at=at)


def release(hold, at=NOON):
    return services.release(reservation=hold, at=at)


def stored(hold):
    hold.refresh_from_db()
    return hold.status, hold.completed_at, hold.released_at


def counters(promo):
    """Give how many are sold and held, and whether the promotion goes on."""
    promo.refresh_from_db()
    return promo.sold_count, promo.held_count, promo.is_active


# --- Buying -------------------------------------------------------------------------------------


@IN_TIME
def test_within_the_minute_the_purchase_is_done(promo, hold, later):
    done = complete(hold, NOON + later)

    assert done.status == COMPLETED
    assert stored(hold) == (COMPLETED, NOON + later, None)
    assert counters(promo) == (1, 0, True)


def test_a_unit_is_sold_at_the_price_of_when_it_was_put_on_hold(promo):
    customer = customer_for(promo)
    held = services.reserve(promo_id=promo.pk, customer_id=customer.pk, at=NOON).reservation
    FlashPromo.objects.filter(pk=promo.pk).update(promo_price=Decimal("1.00"))

    done = complete(held, NOON + SECOND)

    assert done.price == Decimal("4.90")


@TOO_LATE
def test_after_the_minute_nothing_is_bought_even_if_nobody_else_came(promo, hold, later):
    with pytest.raises(ReservationExpired) as refused:
        complete(hold, NOON + later)

    assert refused.value.facts == {"expires_at": NOON + HOLD}
    assert stored(hold) == (HELD, None, None)
    assert counters(promo) == (0, 1, True)


def test_after_somebody_else_took_the_unit_it_is_refused_alike(promo):
    hold = PromoReservationFactory(promo=promo, status=EXPIRED)

    with pytest.raises(ReservationExpired):
        complete(hold, NOON + SECOND)

    assert stored(hold) == (EXPIRED, None, None)
    assert counters(promo) == (0, 0, True)


@pytest.mark.parametrize("later", [SECOND, timedelta(days=1)], ids=["at once", "the next day"])
def test_buying_again_changes_nothing(promo, hold, later):
    complete(hold)

    again = complete(hold, NOON + later)

    assert (again.status, again.completed_at) == (COMPLETED, NOON)
    assert stored(hold) == (COMPLETED, NOON, None)
    assert counters(promo) == (1, 0, True)


def test_when_the_last_unit_is_sold_the_promotion_ends_for_everybody(promo):
    first, last = PromoReservationFactory.create_batch(2, promo=promo)

    complete(first)
    assert counters(promo) == (1, 1, True)
    complete(last)

    assert counters(promo) == (2, 0, False)
    assert not FlashPromo.objects.running(NOON).exists()


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"ends_at": NOON + TICK}],
    ids=["it is stopped", "it ends"],
)
def test_a_hold_is_good_for_its_minute_whatever_becomes_of_the_promotion(promo, hold, change):
    FlashPromo.objects.filter(pk=promo.pk).update(**change)

    complete(hold, NOON + 59 * SECOND)

    assert stored(hold) == (COMPLETED, NOON + 59 * SECOND, None)
    assert counters(promo)[:2] == (1, 0)


def test_what_was_given_back_is_not_bought(promo, hold):
    release(hold)

    with pytest.raises(ReservationEnded) as refused:
        complete(hold, NOON + SECOND)

    assert refused.value.facts == {"status": RELEASED}
    assert stored(hold) == (RELEASED, None, NOON)
    assert counters(promo) == (0, 0, True)


# --- Giving back --------------------------------------------------------------------------------


@IN_TIME
def test_a_unit_that_is_given_back_is_free_at_once(later):
    promo = FlashPromoFactory()
    hold = PromoReservationFactory(promo=promo)
    other = customer_for(promo)

    done = release(hold, NOON + later)
    taken = services.reserve(promo_id=promo.pk, customer_id=other.pk, at=NOON + later)

    assert done.status == RELEASED
    assert stored(hold) == (RELEASED, None, NOON + later)
    assert taken.is_made
    assert counters(promo) == (0, 1, True)


@TOO_LATE
def test_after_the_minute_there_is_nothing_to_give_back(promo, hold, later):
    with pytest.raises(ReservationExpired) as refused:
        release(hold, NOON + later)

    assert refused.value.facts == {"expires_at": NOON + HOLD}
    assert stored(hold) == (HELD, None, None)
    assert counters(promo) == (0, 1, True)


def test_giving_back_again_changes_nothing(promo, hold):
    release(hold)

    again = release(hold, NOON + timedelta(days=1))

    assert (again.status, again.released_at) == (RELEASED, NOON)
    assert counters(promo) == (0, 0, True)


def test_what_was_bought_is_not_given_back(promo, hold):
    complete(hold)

    with pytest.raises(ReservationEnded) as refused:
        release(hold, NOON + SECOND)

    assert refused.value.facts == {"status": COMPLETED}
    assert stored(hold) == (COMPLETED, NOON, None)
    assert counters(promo) == (1, 0, True)
