"""Telling customers of promotions that have begun: whom, when, and each of them once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from customers.tests.factories import SegmentFactory
from notifications.models import Mail, Notification
from promotions import services
from promotions.models import PromoNotice
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
    PromoReservationFactory,
    customer_for,
)
from promotions.tests.telling import announce, ids, notified_at, told

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
HOUR = timedelta(hours=1)


# --- Whom and when ------------------------------------------------------------------------------


def test_a_customer_reads_what_is_to_be_had_where_and_until_when():
    promo = FlashPromoFactory(quantity=20, sold_count=1)
    customer = customer_for(promo, north_km=0.6, first_name="Berta")

    announce()

    message = Notification.objects.get()
    assert (message.customer, message.kind) == (customer, "flash_promo")
    assert message.title == "Cheeseburger for 4.90 instead of 9.90"
    assert message.body == (
        "Hello Berta,\n\n"
        "Burger Bar, 0.6 km from you, sells Cheeseburger for 4.90 instead of 9.90, "
        "until Tuesday, 14 May 2030, 14:00.\n\n"
        "First come, first served: 19 left. Reserve one in the app, and you have a minute to "
        "decide.\n\nEnjoy!\n"
    )
    assert message.data == {"promo": promo.pk, "product": promo.product_id}
    assert message.created_at == NOON
    assert Mail.objects.get().notification == message


def test_those_for_whom_it_is_are_told_once_and_nobody_else():
    promo = FlashPromoFactory()
    near = [customer_for(promo), customer_for(promo, north_km=2)]
    customer_for(promo, north_km=2.0015)
    customer_for(promo, latitude=None, longitude=None)
    customer_for(promo).chosen_segments.clear()

    announce()
    announce(at=NOON + HOUR)
    announce(at=NOON + HOUR)

    assert told(promo) == ids(near)
    assert notified_at(promo) == NOON


@pytest.mark.parametrize(
    ("at", "is_told"),
    [
        pytest.param(NOON - TICK, False, id="just before its start"),
        pytest.param(NOON, True, id="at its start"),
        pytest.param(NOON + 2 * HOUR - TICK, True, id="just before its end"),
        pytest.param(NOON + 2 * HOUR, False, id="at its end"),
    ],
)
def test_a_promotion_is_told_from_its_start_until_before_its_end(at, is_told):
    promo = FlashPromoFactory()
    customer = customer_for(promo)

    announce(at=at)

    assert told(promo) == ([customer.pk] if is_told else [])
    assert notified_at(promo) == (at if is_told else None)


def test_a_promotion_that_was_stopped_is_not_told_until_it_goes_on():
    promo = FlashPromoFactory(is_active=False)
    customer = customer_for(promo)

    announce()
    assert (told(promo), notified_at(promo)) == ([], None)
    services.edit_promo(promo=promo, changes={"is_active": True}, segments=None, at=NOON)
    announce(at=NOON + HOUR)

    assert told(promo) == [customer.pk]


def test_a_promotion_that_sold_out_before_is_not_told():
    promo = FlashPromoFactory()
    services.complete(reservation=PromoReservationFactory(promo=promo), at=NOON)

    announce()

    assert (told(promo), notified_at(promo)) == ([], None)


def test_a_promotion_all_of_which_is_on_hold_is_told():
    hold = PromoReservationFactory()

    announce()

    assert told(hold.promo) == [hold.customer_id]


def test_a_promotion_that_is_for_nobody_is_done_with():
    promo = FlashPromoFactory(product__venue__latitude=None, product__venue__longitude=None)

    announce()

    assert (told(promo), notified_at(promo)) == ([], NOON)


def test_a_promotion_that_is_edited_before_its_start_is_told_as_it_is_at_its_start():
    promo = FlashPromoFactory(starts_at=NOON)
    customer_for(promo)
    segment = SegmentFactory()
    changes = {
        "promo_price": Decimal("3.50"),
        "starts_at": NOON + HOUR,
        "ends_at": NOON + 2 * HOUR,
        "max_distance_km": 3,
    }

    services.edit_promo(promo=promo, changes=changes, segments=[segment], at=NOON - HOUR)
    others = [customer_for(promo, north_km=3)]
    announce()
    assert told(promo) == []
    announce(at=NOON + HOUR)

    assert told(promo) == ids(others)
    assert Notification.objects.get().title == "Cheeseburger for 3.50 instead of 9.90"


def test_a_promotion_that_is_running_when_it_is_made_is_told_at_once():
    values = {
        "product": ProductFactory(),
        "promo_price": Decimal("4.90"),
        "starts_at": NOON - HOUR,
        "ends_at": NOON + HOUR,
    }
    promo = services.create_promo(values=values, segments=[SegmentFactory()])
    customer = customer_for(promo)

    announce()

    assert told(promo) == [customer.pk]


# --- Once a day ---------------------------------------------------------------------------------


def test_of_two_promotions_on_a_day_a_customer_is_told_of_the_one_that_began_first():
    later, earlier = FlashPromoFactory(), FlashPromoFactory(starts_at=NOON - HOUR)
    both = customer_for(later)
    both.chosen_segments.add(*earlier.segments.all())
    only_later = customer_for(later)

    announce()

    assert (told(earlier), told(later)) == ([both.pk], [only_later.pk])
    assert notified_at(later) == NOON


def test_on_the_next_local_day_a_customer_is_told_again(berlin):
    # Midnight in Berlin, where it is summer.
    midnight = datetime(2030, 5, 14, 22, tzinfo=UTC)
    first = FlashPromoFactory(starts_at=midnight - 5 * HOUR, ends_at=midnight)
    customer = customer_for(first)
    second, third = (
        FlashPromoFactory(segments=first.segments.all(), starts_at=starts_at)
        for starts_at in (midnight - TICK, midnight)
    )

    for at in (midnight - 5 * HOUR, midnight - TICK, midnight):
        announce(at=at)

    assert [told(promo) for promo in (first, second, third)] == [[customer.pk], [], [customer.pk]]
    days = customer.promo_notices.order_by("day").values_list("day", "told_at")
    assert [(day.day, told_at) for day, told_at in days] == [
        (14, midnight - 5 * HOUR),
        (15, midnight),
    ]


def test_who_was_told_of_another_promotion_meanwhile_is_passed_over(two_at_once):
    promo, other = FlashPromoFactory.create_batch(2)
    customers = [customer_for(promo) for _ in range(5)]
    asked = count()

    def tell_the_fourth_of_another():
        # Asked before the promotion and behind each batch; by then it is known whom it is for.
        if next(asked) == 1:
            PromoNotice.objects.create(
                promo=other, customer=customers[3], day=NOON.date(), told_at=NOON
            )
        return False

    announce(is_stopping=tell_the_fourth_of_another)

    assert told(promo) == ids(customers[:3] + customers[4:])
