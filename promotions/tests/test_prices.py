"""What a promotion and its product may cost."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest

from promotions import services
from promotions.errors import PriceBelowPromo
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
)
from promotions.tests.planning import create, edit, refused, stored

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
HOUR = timedelta(hours=1)
CENT = Decimal("0.01")


def edit_price(product, price, *, at=NOON):
    return services.edit_product(product=product, changes={"regular_price": price}, at=at)


PRICES = pytest.mark.parametrize(
    ("promo_price", "is_cheaper"),
    [
        pytest.param(Decimal("9.89"), True, id="a cent less"),
        pytest.param(Decimal("9.90"), False, id="the regular price"),
        pytest.param(Decimal("9.91"), False, id="more"),
    ],
)
NOT_CHEAPER = ("promo_price", "max_value")


@PRICES
def test_a_promotion_is_cheaper_than_the_regular_price(promo_price, is_cheaper):
    product = ProductFactory(regular_price=Decimal("9.90"))

    with nullcontext() if is_cheaper else refused(*NOT_CHEAPER):
        create(product, promo_price=promo_price)

    assert product.promos.count() == is_cheaper


@PRICES
def test_an_edited_promotion_is_cheaper_than_the_regular_price(promo_price, is_cheaper):
    promo = FlashPromoFactory(product__regular_price=Decimal("9.90"))

    with nullcontext() if is_cheaper else refused(*NOT_CHEAPER):
        edit(promo, promo_price=promo_price)

    assert stored(promo, "promo_price") == (promo_price if is_cheaper else Decimal("4.90"),)


def test_a_promotion_does_not_go_to_a_product_that_is_cheaper_already():
    promo = FlashPromoFactory(promo_price=Decimal("4.90"))
    cheap = ProductFactory(regular_price=Decimal("4.90"))

    with refused(*NOT_CHEAPER):
        edit(promo, product=cheap)

    assert stored(promo, "product") == (promo.product_id,)


@pytest.mark.parametrize(
    ("regular_price", "is_dearer"),
    [
        pytest.param(Decimal("4.91"), True, id="a cent above"),
        pytest.param(Decimal("4.90"), False, id="to the promotion's price"),
        pytest.param(Decimal("4.89"), False, id="below it"),
    ],
)
@pytest.mark.parametrize(
    "at", [NOON - HOUR, NOON, NOON + 2 * HOUR - TICK], ids=["coming", "running", "about to end"]
)
def test_a_price_stays_above_that_of_its_running_and_coming_promotions(
    at, regular_price, is_dearer
):
    promo = FlashPromoFactory(promo_price=Decimal("4.90"))
    product = promo.product

    if is_dearer:
        edit_price(product, regular_price, at=at)
    else:
        with pytest.raises(PriceBelowPromo) as below:
            edit_price(product, regular_price, at=at)
        assert below.value.facts == {"promo": promo.pk, "promo_price": Decimal("4.90")}

    product.refresh_from_db()
    assert product.regular_price == (regular_price if is_dearer else Decimal("9.90"))


@pytest.mark.parametrize(
    ("is_active", "at"),
    [
        pytest.param(True, NOON + 2 * HOUR, id="that is over at this moment"),
        pytest.param(False, NOON, id="that was stopped"),
    ],
)
def test_a_price_may_fall_below_that_of_a_promotion(is_active, at):
    product = FlashPromoFactory(is_active=is_active).product

    edit_price(product, CENT, at=at)

    product.refresh_from_db()
    assert product.regular_price == CENT


def test_the_dearest_promotion_in_the_way_of_a_price_is_named():
    product = ProductFactory()
    for hours, price in ((2, "5.00"), (4, "6.00"), (6, "3.00")):
        starts_at = NOON + hours * HOUR
        FlashPromoFactory(product=product, starts_at=starts_at, promo_price=Decimal(price))

    with pytest.raises(PriceBelowPromo) as below:
        edit_price(product, Decimal("5.00"))

    assert below.value.promo_price == Decimal("6.00")


def test_other_changes_of_a_product_ask_for_no_price():
    product = FlashPromoFactory().product

    services.edit_product(product=product, changes={"name": "Double cheeseburger"}, at=NOON)

    product.refresh_from_db()
    assert product.name == "Double cheeseburger"


def test_what_is_over_may_be_edited_though_the_product_is_cheaper_today():
    promo = FlashPromoFactory()
    edit_price(promo.product, Decimal("1.00"), at=promo.ends_at)

    edit(promo, at=promo.ends_at, max_distance_km=3.5, promo_price=promo.promo_price)

    assert stored(promo, "max_distance_km") == (3.5,)
    with refused(*NOT_CHEAPER):
        edit(promo, at=promo.ends_at, promo_price=Decimal("4.80"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"is_active": True}, id="is started again"),
        pytest.param({"is_active": True, "promo_price": Decimal("4.90")}, id="is sent whole"),
    ],
)
def test_a_stopped_promotion_that_is_no_cheaper_any_more_is_not_started_again(change):
    promo = FlashPromoFactory(is_active=False)
    edit_price(promo.product, Decimal("4.90"))

    with refused(*NOT_CHEAPER):
        edit(promo, **change)

    assert stored(promo, "is_active") == (False,)
