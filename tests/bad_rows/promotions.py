"""Bad rows of products, promotions, reservations and notices, each with the rule it breaks."""

from datetime import timedelta
from decimal import Decimal

from promotions.models import PromoNotice
from promotions.states import HOLD, LONGEST_DISTANCE_KM, MOST_UNITS, ReservationStatus
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
    PromoReservationFactory,
    customer_for,
)
from tests.bad_rows.cases import bad


def take_two_units(*statuses):
    promo = FlashPromoFactory(quantity=2)
    customer = customer_for(promo)
    for status in statuses:
        PromoReservationFactory(promo=promo, customer=customer, status=status)


def tell_twice_a_day():
    first, second = FlashPromoFactory.create_batch(2)
    customer = customer_for(first)
    for promo in (first, second):
        PromoNotice.objects.create(promo=promo, customer=customer, day=NOON.date(), told_at=NOON)


CASES = [
    bad(
        "product_regular_price_is_positive",
        "a product for nothing",
        ProductFactory,
        regular_price=Decimal(0),
    ),
    bad(
        "promo_reservation_price_is_positive",
        "a unit for nothing",
        PromoReservationFactory,
        price=Decimal(0),
    ),
    bad(
        "flash_promo_ends_after_it_starts",
        "a promotion that ends as it starts",
        FlashPromoFactory,
        ends_at=NOON,
    ),
    bad(
        "flash_promo_price_is_positive",
        "a promotion for nothing",
        FlashPromoFactory,
        promo_price=Decimal(0),
    ),
    bad(
        "flash_promo_distance_is_on_earth",
        "a promotion for nobody near",
        FlashPromoFactory,
        max_distance_km=0,
    ),
    bad(
        "flash_promo_distance_is_on_earth",
        "a promotion farther than the other side of the Earth",
        FlashPromoFactory,
        max_distance_km=LONGEST_DISTANCE_KM + 0.1,
    ),
    bad("flash_promo_has_a_unit", "a promotion of nothing", FlashPromoFactory, quantity=0),
    bad(
        "flash_promo_has_a_unit",
        "a promotion of too many units",
        FlashPromoFactory,
        quantity=MOST_UNITS + 1,
    ),
    bad(
        "flash_promo_is_never_oversold",
        "a unit sold and on hold for another",
        FlashPromoFactory,
        sold_count=1,
        held_count=1,
    ),
    bad(
        "promo_reservation_one_unit_per_promo_and_customer",
        "two units on hold for a customer",
        lambda: take_two_units(ReservationStatus.HELD, ReservationStatus.HELD),
    ),
    bad(
        "promo_reservation_one_unit_per_promo_and_customer",
        "a unit on hold for who has bought one",
        lambda: take_two_units(ReservationStatus.COMPLETED, ReservationStatus.HELD),
    ),
    bad(
        "promo_reservation_status_is_known",
        "a reservation with an unknown status",
        PromoReservationFactory,
        status="sold",
    ),
    bad(
        "promo_reservation_expires_after_it_is_made",
        "a hold for no time",
        PromoReservationFactory,
        expires_at=NOON,
    ),
    bad(
        "promo_reservation_completed_at_iff_completed",
        "a purchase at no time",
        PromoReservationFactory,
        status=ReservationStatus.COMPLETED,
        completed_at=None,
    ),
    bad(
        "promo_reservation_completed_at_iff_completed",
        "a hold that was bought",
        PromoReservationFactory,
        completed_at=NOON,
    ),
    bad(
        "promo_reservation_completed_in_time",
        "a purchase at exactly a minute",
        PromoReservationFactory,
        status=ReservationStatus.COMPLETED,
        completed_at=NOON + HOLD,
    ),
    bad(
        "promo_reservation_released_at_iff_released",
        "a unit given back at no time",
        PromoReservationFactory,
        status=ReservationStatus.RELEASED,
        released_at=None,
    ),
    bad(
        "promo_reservation_released_at_iff_released",
        "a hold that was given back",
        PromoReservationFactory,
        released_at=NOON + timedelta(seconds=1),
    ),
    bad(
        "promo_notice_one_per_customer_and_day",
        "two promotions told to a customer on a day",
        tell_twice_a_day,
    ),
]
