"""What staff may promise: prices, times, units and segments of products and promotions."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import Invalid
from customers.models import Segment
from customers.tests.factories import SegmentFactory
from promotions import services
from promotions.errors import PromoOverlaps, QuantityBelowTaken
from promotions.models import FlashPromo
from promotions.states import HOLD, ReservationStatus
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
    PromoReservationFactory,
)
from promotions.tests.planning import create, edit, refused, stored

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
HOUR = timedelta(hours=1)
CENT = Decimal("0.01")


def edit_price(product, price, *, at=NOON):
    return services.edit_product(product=product, changes={"regular_price": price}, at=at)


# --- Times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "is_some_time"),
    [
        pytest.param(TICK, True, id="just after"),
        pytest.param(0 * TICK, False, id="at its start"),
        pytest.param(-TICK, False, id="before"),
    ],
)
def test_a_promotion_ends_after_it_starts(length, is_some_time):
    product = ProductFactory()

    with nullcontext() if is_some_time else refused("ends_at", "min_value"):
        create(product, starts_at=NOON, ends_at=NOON + length)

    assert product.promos.count() == is_some_time


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"starts_at": NOON + 2 * HOUR}, id="the start to the end"),
        pytest.param({"starts_at": NOON + 3 * HOUR}, id="the start behind the end"),
        pytest.param({"ends_at": NOON}, id="the end to the start"),
        pytest.param({"ends_at": NOON - HOUR}, id="the end before the start"),
    ],
)
def test_a_change_of_one_end_is_judged_by_the_other_that_stands(change):
    promo = FlashPromoFactory()

    with refused("ends_at", "min_value"):
        edit(promo, **change)

    assert stored(promo, "starts_at", "ends_at") == (NOON, NOON + 2 * HOUR)


def test_a_change_of_one_end_is_judged_by_what_another_request_has_written_meanwhile():
    promo = FlashPromoFactory()
    as_it_was_read = FlashPromo.objects.get()
    edit(promo, starts_at=NOON + HOUR)

    with refused("ends_at", "min_value"):
        edit(as_it_was_read, ends_at=NOON + HOUR)

    assert stored(promo, "starts_at", "ends_at") == (NOON + HOUR, NOON + 2 * HOUR)


# Another one stands from noon till two.
SPANS = pytest.mark.parametrize(
    ("begin", "end", "overlaps"),
    [
        pytest.param(-HOUR, 0 * HOUR, False, id="until it starts"),
        pytest.param(-HOUR, TICK, True, id="until just after it starts"),
        pytest.param(HOUR / 2, HOUR, True, id="within it"),
        pytest.param(0 * HOUR, 2 * HOUR, True, id="at the same time"),
        pytest.param(-HOUR, 3 * HOUR, True, id="around it"),
        pytest.param(2 * HOUR - TICK, 3 * HOUR, True, id="from just before it ends"),
        pytest.param(2 * HOUR, 3 * HOUR, False, id="from its end on"),
    ],
)


@SPANS
def test_active_promotions_of_a_product_never_overlap(begin, end, overlaps):
    other = FlashPromoFactory()

    with pytest.raises(PromoOverlaps) if overlaps else nullcontext() as found:
        create(other.product, starts_at=NOON + begin, ends_at=NOON + end)

    assert not overlaps or found.value.facts == {"promo": other.pk}
    assert other.product.promos.count() == (1 if overlaps else 2)


@SPANS
def test_a_promotion_is_not_moved_over_another(begin, end, overlaps):
    other = FlashPromoFactory()
    promo = FlashPromoFactory(product=other.product, starts_at=NOON + 10 * HOUR)

    with pytest.raises(PromoOverlaps) if overlaps else nullcontext():
        edit(promo, starts_at=NOON + begin, ends_at=NOON + end)

    moved_to = NOON + (10 * HOUR if overlaps else begin)
    assert stored(promo, "starts_at") == (moved_to,)


def test_the_first_of_several_that_a_promotion_would_overlap_is_named():
    product = ProductFactory()
    _, first = (FlashPromoFactory(product=product, starts_at=NOON + h * HOUR) for h in (4, 0))

    with pytest.raises(PromoOverlaps) as found:
        create(product, ends_at=NOON + 10 * HOUR)

    assert found.value.facts == {"promo": first.pk}


def test_promotions_of_two_products_may_run_at_once():
    first = FlashPromoFactory()

    assert create(ProductFactory(venue=first.product.venue)).is_active


def test_a_promotion_that_was_stopped_is_in_nobodys_way():
    stopped = FlashPromoFactory(is_active=False)

    assert create(stopped.product).is_active


def test_a_promotion_may_be_prepared_over_another_and_not_started():
    running = FlashPromoFactory()
    prepared = create(running.product, is_active=False)

    with pytest.raises(PromoOverlaps) as found:
        edit(prepared, is_active=True)

    assert found.value.facts == {"promo": running.pk}
    assert stored(prepared, "is_active") == (False,)


def test_a_promotion_does_not_go_to_a_product_that_has_one_at_that_time():
    other, promo = FlashPromoFactory.create_batch(2)

    with pytest.raises(PromoOverlaps) as found:
        edit(promo, product=other.product)

    assert found.value.facts == {"promo": other.pk}
    assert stored(promo, "product") == (promo.product_id,)


def test_a_promotion_is_not_in_its_own_way():
    promo = FlashPromoFactory()

    edit(promo, starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR)

    assert stored(promo, "starts_at", "ends_at") == (NOON + HOUR, NOON + 3 * HOUR)


# --- Units --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "is_enough"), [(2, True), (1, False)], ids=["as many", "one fewer"]
)
def test_there_are_never_fewer_units_than_are_sold_and_on_hold(quantity, is_enough):
    promo = FlashPromoFactory(quantity=5)
    PromoReservationFactory(promo=promo, status=ReservationStatus.COMPLETED)
    PromoReservationFactory(promo=promo)

    if is_enough:
        edit(promo, quantity=quantity)
    else:
        with pytest.raises(QuantityBelowTaken) as below:
            edit(promo, quantity=quantity)
        assert below.value.facts == {"quantity": 1, "sold": 1, "held": 1}

    assert stored(promo, "quantity") == (2 if is_enough else 5,)


@pytest.mark.parametrize("change", [{"quantity": 1}, {"quantity": 1, "is_active": True}])
def test_a_promotion_of_which_no_more_is_left_to_sell_has_ended(change):
    promo = FlashPromoFactory(quantity=2)
    PromoReservationFactory(promo=promo, status=ReservationStatus.COMPLETED)

    edit(promo, **change)

    assert stored(promo, "is_active", "quantity") == (False, 1)
    edit_price(promo.product, promo.promo_price)
    assert create(promo.product, promo_price=CENT).is_active


def test_a_hold_that_has_run_out_counts_no_more():
    hold = PromoReservationFactory(promo__quantity=2)
    PromoReservationFactory(promo=hold.promo, created_at=NOON + HOLD)

    edit(hold.promo, quantity=1, at=NOON + HOLD)

    assert stored(hold.promo, "quantity", "held_count") == (1, 1)


# --- The product --------------------------------------------------------------------------------


def test_what_somebody_has_reserved_stays_what_it_is():
    hold, other = PromoReservationFactory(), ProductFactory()

    with pytest.raises(Invalid) as refused:
        edit(hold.promo, product=other, quantity=3)

    assert (refused.value.attr, refused.value.code) == ("product", "immutable")
    assert stored(hold.promo, "product", "quantity") == (hold.promo.product_id, 1)


def test_a_promotion_that_nobody_has_reserved_may_go_to_another_product():
    promo, other = FlashPromoFactory(), ProductFactory()

    edit(promo, product=other)

    assert stored(promo, "product") == (other.pk,)


# --- Segments -----------------------------------------------------------------------------------


def test_a_promotion_is_for_at_least_one_segment():
    product = ProductFactory()

    with refused("segments", "empty"):
        create(product, segments=[])

    assert not product.promos.exists()


def test_the_last_segment_is_not_taken_away():
    segment = SegmentFactory()
    promo = FlashPromoFactory(segments=[segment])

    with refused("segments", "empty"):
        edit(promo, segments=[], quantity=7)

    assert (*promo.segments.all(), *stored(promo, "quantity")) == (segment, 1)


def test_segments_are_replaced_where_they_are_sent_and_left_alone_where_not():
    first, second = SegmentFactory.create_batch(2)
    promo = FlashPromoFactory(segments=[first])

    edit(promo, max_distance_km=3.5)
    assert list(promo.segments.all()) == [first]
    edit(promo, segments=[second])

    assert list(promo.segments.all()) == [second]


@pytest.mark.parametrize("gone", ["segments", "product"])
def test_what_was_deleted_since_it_was_read_is_named(gone):
    product, segments = ProductFactory(), SegmentFactory.create_batch(2)
    if gone == "product":
        type(product).objects.all().delete()
    else:
        Segment.objects.filter(pk=segments[1].pk).delete()

    with refused(gone, "does_not_exist"):
        create(product, segments=segments)

    assert not FlashPromo.objects.exists()
