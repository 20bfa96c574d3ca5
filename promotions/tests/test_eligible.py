"""Which promotions run, which are for a customer, and which customers is a promotion for?"""

from datetime import timedelta
from math import cos, pi
from random import Random

import pytest

from core.errors import Invalid
from core.globe import Place, distance_km
from customers.tests.factories import CustomerFactory, SegmentFactory
from promotions.models import FlashPromo, PromoNotice
from promotions.reports import audience_of, eligible_promos
from promotions.states import ReservationStatus
from promotions.tests.factories import (
    LATITUDE,
    LONGITUDE,
    NOON,
    FlashPromoFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
TODAY = NOON.date()


def eligible(customer, *, at=NOON):
    return [near.promo_id for near in eligible_promos(customer_id=customer.pk, at=at)]


def audience(promo, *, at=NOON, day=TODAY):
    return audience_of(promo, day=day, at=at)


def is_for(promo, customer, *, at=NOON):
    """Ask from both sides, which must agree."""
    asked_by_customer = promo.pk in eligible(customer, at=at)
    asked_for_promo = customer.pk in audience(promo, at=at)
    assert asked_by_customer == asked_for_promo
    return asked_by_customer


# --- Running ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "at", "runs"),
    [
        pytest.param({}, NOON - TICK, False, id="just before its start"),
        pytest.param({}, NOON, True, id="at its start"),
        pytest.param({}, NOON + timedelta(hours=2) - TICK, True, id="just before its end"),
        pytest.param({}, NOON + timedelta(hours=2), False, id="at its end"),
        pytest.param({"is_active": False}, NOON, False, id="stopped"),
        pytest.param({"quantity": 2, "sold_count": 1}, NOON, True, id="one of two sold"),
        pytest.param({"quantity": 2, "sold_count": 2}, NOON, False, id="sold out"),
        pytest.param({"held_count": 1}, NOON, True, id="all on hold"),
    ],
)
def test_a_promotion_runs_from_its_start_until_before_its_end_while_something_remains(
    values, at, runs
):
    promo = FlashPromoFactory(**values)
    customer = customer_for(promo)

    assert FlashPromo.objects.running(at).exists() is runs
    # What is on hold by the counter, and by no reservation, is on hold for nobody.
    assert eligible(customer, at=at) == ([promo.pk] if runs else [])


# --- Near ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit_km", [1.5, 2, 2.5, 10, 50, 60, 500, 700])
def test_a_promotion_is_for_those_at_exactly_its_distance_and_for_none_beyond(limit_km):
    promo = FlashPromoFactory(max_distance_km=limit_km)

    assert is_for(promo, customer_for(promo, north_km=limit_km - 0.001))
    assert is_for(promo, customer_for(promo, north_km=limit_km))
    assert not is_for(promo, customer_for(promo, north_km=limit_km + 0.0015))


@pytest.mark.parametrize(
    ("venue", "customer", "limit_km", "is_near"),
    [
        pytest.param((0.0, 179.99), (0.0, -179.99), 2.23, True, id="across the date line"),
        pytest.param((0.0, 179.99), (0.0, -179.99), 2.22, False, id="too far across it"),
        pytest.param((0.0, -179.99), (0.0, 179.99), 2.23, True, id="across it to the west"),
        pytest.param((0.0, 180.0), (0.0, -180.0), 0.001, True, id="on the date line"),
        pytest.param((89.99, 0.0), (89.99, 180.0), 2.23, True, id="over the north pole"),
        pytest.param((89.99, 0.0), (89.99, 180.0), 2.22, False, id="too far over it"),
        pytest.param((-89.99, 0.0), (-89.99, 180.0), 2.23, True, id="over the south pole"),
        pytest.param((90.0, 0.0), (90.0, 77.0), 0.001, True, id="at the north pole"),
        pytest.param((0.0, 0.0), (0.0, 0.0), 0.001, True, id="at zero and zero"),
        pytest.param((0.0, 0.0), (0.0, 179.8), 20_000, True, id="the other side of the Earth"),
        pytest.param((0.0, 0.0), (0.0, 180.0), 20_000, False, id="exactly the other side"),
    ],
)
def test_distances_are_right_all_over_the_globe(venue, customer, limit_km, is_near):
    promo = FlashPromoFactory(
        product__venue__latitude=venue[0],
        product__venue__longitude=venue[1],
        max_distance_km=limit_km,
    )

    there = customer_for(promo, latitude=customer[0], longitude=customer[1])

    assert is_for(promo, there) is is_near


@pytest.mark.parametrize("who", ["customer", "venue"])
def test_where_one_of_them_has_no_position_it_is_for_nobody(who):
    promo = FlashPromoFactory(max_distance_km=20_000)
    customer = customer_for(promo)
    nowhere = customer if who == "customer" else promo.product.venue
    nowhere.latitude = nowhere.longitude = None
    nowhere.save(update_fields=["latitude", "longitude"])

    assert not is_for(promo, customer)


def test_the_nearest_comes_first_and_of_those_equally_near_the_oldest():
    segment = SegmentFactory()
    north = [(30, 100), (1, 2), (0, 1), (9, 600), (1, 9)]
    promos = [
        FlashPromoFactory(
            segments=[segment], max_distance_km=reach, product__venue__latitude=degrees
        )
        for degrees, reach in ((km / 111.195, reach) for km, reach in north)
    ]
    customer = customer_for(promos[2])

    found = eligible_promos(customer_id=customer.pk, at=NOON)

    assert [near.promo_id for near in found] == [promos[n].pk for n in (2, 1, 4, 3, 0)]
    assert [round(near.distance_km, 3) for near in found] == [0, 1, 1, 9, 30]


# --- Segments -----------------------------------------------------------------------------------


def test_one_of_the_segments_is_enough_and_both_name_it_once():
    first, second, other = SegmentFactory.create_batch(3)
    promo = FlashPromoFactory(segments=[first, second])
    by_segments = {}
    for words, segments in (
        ("one", [second]),
        ("both", [first, second]),
        ("another", [other]),
        ("none", []),
    ):
        customer = by_segments[words] = customer_for(promo)
        customer.chosen_segments.set(segments)

    assert [eligible(customer) for customer in by_segments.values()] == [
        [promo.pk],
        [promo.pk],
        [],
        [],
    ]
    assert audience(promo) == [by_segments["one"].pk, by_segments["both"].pk]


@pytest.mark.parametrize(
    ("age", "is_new"),
    [(timedelta(days=30) - TICK, True), (timedelta(days=30), False)],
    ids=["new until now", "new no more"],
)
def test_a_segments_rule_decides_at_the_moment_of_asking(age, is_new):
    promo = FlashPromoFactory(segments=[SegmentFactory(new_customers=True)])
    customer = CustomerFactory(latitude=LATITUDE, longitude=LONGITUDE, created_at=NOON - age)

    assert is_for(promo, customer) is is_new


# --- On hold ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "of_others", "sold", "is_shown"),
    [
        pytest.param(0, 1, 0, True, id="one of two is on hold"),
        pytest.param(0, 2, 0, False, id="both are on hold for others"),
        pytest.param(1, 1, 0, True, id="one of them is the customer's own"),
        pytest.param(0, 1, 1, False, id="one is sold and one on hold"),
        pytest.param(1, 0, 1, True, id="one is sold and one the customer's own"),
    ],
)
def test_what_is_all_on_hold_for_others_is_not_shown(own, of_others, sold, is_shown):
    promo = FlashPromoFactory(quantity=2)
    customer = customer_for(promo)
    for _ in range(own):
        PromoReservationFactory(promo=promo, customer=customer)
    PromoReservationFactory.create_batch(of_others, promo=promo)
    PromoReservationFactory.create_batch(sold, promo=promo, status=ReservationStatus.COMPLETED)

    assert eligible(customer) == ([promo.pk] if is_shown else [])


@pytest.mark.parametrize(
    ("later", "is_shown"),
    [(59.9, False), (60, True)],
    ids=["at 59.9 s", "at exactly a minute"],
)
def test_a_hold_keeps_it_from_others_until_its_minute_is_over(later, is_shown):
    hold = PromoReservationFactory()
    customer = customer_for(hold.promo)

    found = eligible(customer, at=NOON + timedelta(seconds=later))

    assert found == ([hold.promo_id] if is_shown else [])


def test_the_holds_of_one_promotion_keep_nobody_from_another():
    of_another = PromoReservationFactory()
    promo = FlashPromoFactory(segments=of_another.promo.segments.all())
    own = PromoReservationFactory(promo=promo)

    assert eligible(own.customer) == [promo.pk]


def test_a_customer_who_is_not_there_is_named():
    with pytest.raises(Invalid) as refused:
        eligible_promos(customer_id=999_999, at=NOON)

    assert (refused.value.attr, refused.value.code) == ("customer", "does_not_exist")


# --- The audience -------------------------------------------------------------------------------


def test_who_was_told_of_any_promotion_on_that_day_is_not_told_again():
    promo, other = FlashPromoFactory.create_batch(2)
    told, untold = customer_for(promo), customer_for(promo)
    PromoNotice.objects.create(promo=other, customer=told, day=TODAY, told_at=NOON)

    assert audience(promo) == [untold.pk]
    assert audience(promo, day=TODAY + timedelta(days=1)) == [told.pk, untold.pk]


@pytest.mark.slow
@pytest.mark.parametrize(
    "middle",
    [
        pytest.param(Place(52.5, 13.4), id="in Berlin"),
        pytest.param(Place(0, 180), id="on the date line"),
        pytest.param(Place(89.9, 0), id="at the north pole"),
        pytest.param(Place(-89.9, 0), id="at the south pole"),
    ],
)
def test_both_sides_find_what_a_look_at_every_pair_finds(middle):
    random = Random(1)
    segment = SegmentFactory()

    def somewhere():
        latitude = middle.latitude + random.uniform(-0.3, 0.3)
        longitude = middle.longitude + random.uniform(-0.3, 0.3) / max(
            0.001, cos(latitude * pi / 180)
        )
        return {
            "latitude": max(-90, min(90, latitude)),
            "longitude": (longitude + 180) % 360 - 180,
        }

    promos = []
    for _ in range(40):
        venue = {f"product__venue__{name}": value for name, value in somewhere().items()}
        reach = random.choice([1, 2, 5, 10, 30, 50, 501])
        promos.append(FlashPromoFactory(segments=[segment], max_distance_km=reach, **venue))
    customers = [customer_for(promos[0], **somewhere()) for _ in range(40)]
    pairs = {
        (promo.pk, customer.pk)
        for promo in promos
        for customer in customers
        if distance_km(promo.product.venue.place, customer.place) <= promo.max_distance_km
    }

    assert {(pk, customer.pk) for customer in customers for pk in eligible(customer)} == pairs
    assert {(promo.pk, pk) for promo in promos for pk in audience(promo)} == pairs
    assert 40 < len(pairs) < 1600
