"""Putting a unit on hold: for whom, for how long, and which refusal comes first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Invalid
from customers.tests.factories import SegmentFactory
from promotions import services
from promotions.errors import (
    AlreadyPurchased,
    NotEligible,
    PromoNotRunning,
    PromoOnHold,
    PromoSoldOut,
)
from promotions.models import PromoReservation
from promotions.rules import ReservationFacts, first_refusal
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


def reserve(customer, promo, *, at=NOON):
    return services.reserve(promo_id=promo.pk, customer_id=customer.pk, at=at)


def written(promo):
    """Give the stored statuses in the order of the reservations, and the counters."""
    promo.refresh_from_db()
    rows = PromoReservation.objects.filter(promo=promo).order_by("pk")
    return list(rows.values_list("status", flat=True)), promo.sold_count, promo.held_count


def test_a_hold_is_for_a_minute_from_the_moment_of_the_request():
    promo = FlashPromoFactory()
    customer = customer_for(promo)
    at = NOON + timedelta(seconds=7, microseconds=250)

    reserved = reserve(customer, promo, at=at)

    hold = PromoReservation.objects.get()
    assert reserved == (hold, True)
    assert (hold.promo, hold.customer) == (promo, customer)
    assert (hold.created_at, hold.expires_at) == (at, at + timedelta(seconds=60))
    assert written(promo) == ([HELD], 0, 1)


@pytest.mark.parametrize(
    "later", [TICK, 59.9 * SECOND, 60 * SECOND - TICK], ids=["at once", "at 59.9 s", "just in time"]
)
def test_who_has_a_live_hold_is_answered_with_it_and_it_is_not_prolonged(later):
    promo = FlashPromoFactory(quantity=2)
    customer = customer_for(promo)
    hold = reserve(customer, promo).reservation

    again = reserve(customer, promo, at=NOON + later)

    assert again == (hold, False)
    assert again.reservation.expires_at == NOON + HOLD
    assert written(promo) == ([HELD], 0, 1)


def test_who_has_a_live_hold_is_answered_with_it_whatever_has_changed():
    promo = FlashPromoFactory()
    customer = customer_for(promo)
    hold = reserve(customer, promo).reservation
    promo.is_active = False
    promo.save(update_fields=["is_active"])
    customer.chosen_segments.clear()

    assert reserve(customer, promo, at=NOON + SECOND) == (hold, False)


def test_at_exactly_a_minute_a_hold_has_run_out_and_its_customer_gets_another():
    promo = FlashPromoFactory()
    customer = customer_for(promo)
    first = reserve(customer, promo).reservation

    second, is_made = reserve(customer, promo, at=NOON + HOLD)

    assert (is_made, second.pk != first.pk) == (True, True)
    assert second.expires_at == NOON + 2 * HOLD
    assert written(promo) == ([EXPIRED, HELD], 0, 1)


def test_until_the_minute_is_over_others_are_told_when_to_come_back():
    promo = FlashPromoFactory()
    reserve(customer_for(promo), promo)

    with pytest.raises(PromoOnHold) as refused:
        reserve(customer_for(promo), promo, at=NOON + 59.9 * SECOND)

    assert refused.value.facts == {"retry_at": NOON + HOLD}
    assert written(promo) == ([HELD], 0, 1)


def test_at_exactly_a_minute_the_unit_is_anybodys():
    promo = FlashPromoFactory()
    reserve(customer_for(promo), promo)
    other = customer_for(promo)

    hold = reserve(other, promo, at=NOON + HOLD).reservation

    assert hold.customer == other
    assert written(promo) == ([EXPIRED, HELD], 0, 1)


def test_as_many_hold_as_there_are_units_and_the_next_waits_for_the_first_hold_to_run_out():
    promo = FlashPromoFactory(quantity=3)
    for seconds in (20, 0, 10):
        reserve(customer_for(promo), promo, at=NOON + seconds * SECOND)

    with pytest.raises(PromoOnHold) as refused:
        reserve(customer_for(promo), promo, at=NOON + 30 * SECOND)
    reserve(customer_for(promo), promo, at=NOON + HOLD)

    assert refused.value.facts == {"retry_at": NOON + HOLD}
    assert written(promo) == ([HELD, EXPIRED, HELD, HELD], 0, 3)


def test_a_sold_unit_is_no_more_to_be_had_than_one_on_hold():
    promo = FlashPromoFactory(quantity=2)
    PromoReservationFactory(promo=promo, status=COMPLETED)
    PromoReservationFactory(promo=promo)

    with pytest.raises(PromoOnHold):
        reserve(customer_for(promo), promo)

    assert written(promo) == ([COMPLETED, HELD], 1, 1)


@pytest.mark.parametrize("ended", [RELEASED, EXPIRED])
def test_what_was_given_back_can_be_had_again_by_the_same_customer(ended):
    promo = FlashPromoFactory()
    before = PromoReservationFactory(promo=promo, status=ended)

    assert reserve(before.customer, promo, at=NOON + SECOND).is_made
    assert written(promo) == ([ended, HELD], 0, 1)


# --- Refusals -----------------------------------------------------------------------------------

ALL_IS_WRONG = ReservationFacts(
    at=NOON,
    is_active=False,
    starts_at=NOON,
    ends_at=NOON + HOLD,
    quantity=1,
    sold=1,
    in_segment=False,
    distance_km=None,
    max_distance_km=2.0,
    purchase=17,
    own_hold=None,
    held_by_others=1,
    first_free_at=NOON + HOLD,
)


def test_of_several_refusals_the_first_in_the_contracts_order_is_given():
    given, facts = [], ALL_IS_WRONG
    for righted in (
        {"sold": 0},
        {"is_active": True},
        {"in_segment": True, "distance_km": 0.0},
        {"purchase": None},
        {"held_by_others": 0, "first_free_at": None},
    ):
        given.append(first_refusal(facts).code)
        facts = replace(facts, **righted)

    assert given == [
        "promo_sold_out",
        "promo_not_running",
        "not_eligible",
        "already_purchased",
        "promo_on_hold",
    ]
    assert first_refusal(facts) is None


def test_when_all_are_sold_nobody_else_can_have_one():
    promo = FlashPromoFactory()
    services.complete(reservation=PromoReservationFactory(promo=promo), at=NOON)

    with pytest.raises(PromoSoldOut) as refused:
        reserve(customer_for(promo), promo)

    assert refused.value.facts == {}
    assert written(promo) == ([COMPLETED], 1, 0)


@pytest.mark.parametrize(
    ("at", "is_running"),
    [
        pytest.param(NOON - TICK, False, id="just before it starts"),
        pytest.param(NOON, True, id="at its start"),
        pytest.param(NOON + timedelta(hours=2) - TICK, True, id="just before it ends"),
        pytest.param(NOON + timedelta(hours=2), False, id="at its end"),
    ],
)
def test_a_unit_can_be_had_from_the_start_until_before_the_end(at, is_running):
    promo = FlashPromoFactory()
    customer = customer_for(promo)

    if is_running:
        assert reserve(customer, promo, at=at).is_made
    else:
        with pytest.raises(PromoNotRunning) as refused:
            reserve(customer, promo, at=at)
        assert refused.value.facts == {
            "is_active": True,
            "starts_at": NOON,
            "ends_at": NOON + timedelta(hours=2),
        }

    assert promo.reservations.count() == is_running


def test_nothing_of_a_promotion_that_was_stopped_can_be_had():
    promo = FlashPromoFactory(is_active=False)

    with pytest.raises(PromoNotRunning) as refused:
        reserve(customer_for(promo), promo)

    assert refused.value.facts["is_active"] is False
    assert written(promo) == ([], 0, 0)


@pytest.mark.parametrize(
    ("north_km", "is_near"),
    [
        pytest.param(1.999, True, id="1.999 km"),
        pytest.param(2.0, True, id="exactly 2 km"),
        pytest.param(2.0 + 1e-7, True, id="a rounding error beyond 2 km"),
        pytest.param(2.0015, False, id="2.0015 km"),
    ],
)
def test_exactly_at_the_limit_is_near_enough(north_km, is_near):
    promo = FlashPromoFactory(max_distance_km=2)
    customer = customer_for(promo, north_km=north_km)

    if is_near:
        assert reserve(customer, promo).is_made
    else:
        with pytest.raises(NotEligible) as refused:
            reserve(customer, promo)
        facts = refused.value.facts
        assert facts | {"distance_km": round(facts["distance_km"], 9)} == {
            "in_segment": True,
            "distance_km": north_km,
            "max_distance_km": 2.0,
        }

    assert promo.reservations.count() == is_near


def test_who_is_in_none_of_the_segments_is_told_so_and_how_far_it_is():
    promo = FlashPromoFactory(segments=SegmentFactory.create_batch(2))
    customer = customer_for(promo)
    customer.chosen_segments.set([SegmentFactory()])

    with pytest.raises(NotEligible) as refused:
        reserve(customer, promo)

    assert refused.value.facts == {
        "in_segment": False,
        "distance_km": 0.0,
        "max_distance_km": 2.0,
    }
    assert written(promo) == ([], 0, 0)


@pytest.mark.parametrize("who", ["customer", "venue"])
def test_where_one_of_them_has_no_position_nobody_is_near(who):
    promo = FlashPromoFactory(max_distance_km=20_000)
    customer = customer_for(promo)
    nowhere = customer if who == "customer" else promo.product.venue
    nowhere.latitude = nowhere.longitude = None
    nowhere.save(update_fields=["latitude", "longitude"])

    with pytest.raises(NotEligible) as refused:
        reserve(customer, promo)

    assert refused.value.facts == {
        "in_segment": True,
        "distance_km": None,
        "max_distance_km": 20_000,
    }
    assert written(promo) == ([], 0, 0)


def test_a_customer_buys_one_unit_of_a_promotion_and_is_told_which():
    promo = FlashPromoFactory(quantity=2)
    bought = PromoReservationFactory(promo=promo, status=COMPLETED)

    with pytest.raises(AlreadyPurchased) as refused:
        reserve(bought.customer, promo)

    assert refused.value.facts == {"reservation": bought.pk}
    assert written(promo) == ([COMPLETED], 1, 0)


def test_a_customer_may_have_units_of_two_promotions():
    bought = PromoReservationFactory(status=COMPLETED)
    other = FlashPromoFactory(segments=bought.promo.segments.all())

    assert reserve(bought.customer, other).is_made


@pytest.mark.parametrize("missing", ["promo", "customer"])
def test_what_does_not_exist_is_named(missing):
    promo = FlashPromoFactory()
    ids = {"promo_id": promo.pk, "customer_id": customer_for(promo).pk}

    with pytest.raises(Invalid) as refused:
        services.reserve(**ids | {f"{missing}_id": 999_999}, at=NOON)

    assert (refused.value.attr, refused.value.code) == (missing, "does_not_exist")
    assert written(promo) == ([], 0, 0)
