"""
Promotions, products and segments that staff change and delete while others do, too.

Real threads over the API, on the database of the run.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Segment
from customers.tests.factories import SegmentFactory
from promotions.tests.factories import FlashPromoFactory, ProductFactory
from tests.promoting import (
    customers_for,
    customers_in,
    deadlocks,
    edit,
    everything_is_right,
    reserve,
    running_promo,
)
from tests.racing import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 8
HOUR = timedelta(hours=1)
OVERLAPS = (409, "promo_overlaps")
PROTECTED = (409, "protected")
GONE = (400, "does_not_exist")


@pytest.fixture(autouse=True)
def everything_is_right_afterwards(transactional_db):
    before = deadlocks()
    yield

    everything_is_right()
    assert deadlocks() == before


def create(product, *segments, in_hours=24, **values):
    """Offer the product for an hour that begins in some hours."""
    starts_at = timezone.now() + in_hours * HOUR
    body = {
        "product": product.pk,
        "promo_price": "4.90",
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "segments": [segment.pk for segment in segments],
    }
    return "post", "/api/flash_promos", body | values


def delete(kind, row):
    return "delete", f"/api/{kind}/{row.pk}", None


def coming(product, in_hours, **values):
    return FlashPromoFactory(product=product, starts_at=timezone.now() + in_hours * HOUR, **values)


# --- Times, prices and quantities ---------------------------------------------------------------


def test_of_several_promotions_of_a_product_at_one_time_one_is_made(race_rounds):
    for _ in range(race_rounds):
        product, segment = ProductFactory(), SegmentFactory()

        responses = at_once(*[create(product, segment)] * RIVALS)

        assert outcomes(responses) == {201: 1, OVERLAPS: RIVALS - 1}
        [made] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["promo"] for error in refused} == {made["id"]}
        assert product.promos.get().pk == made["id"]


def test_of_two_promotions_that_are_moved_into_each_other_one_is_moved(race_rounds):
    for _ in range(race_rounds):
        product = ProductFactory()
        first, second = coming(product, 10), coming(product, 14)

        responses = at_once(
            edit(first, ends_at=first.ends_at + 1.5 * HOUR),
            edit(second, starts_at=second.starts_at - 1.5 * HOUR),
        )

        assert outcomes(responses) == {200: 1, OVERLAPS: 1}
        first.refresh_from_db()
        second.refresh_from_db()
        assert first.ends_at < second.starts_at < first.ends_at + HOUR


def test_of_two_promotions_that_are_taken_up_again_for_one_time_one_is(race_rounds):
    for _ in range(race_rounds):
        product = ProductFactory()
        stopped = [coming(product, 10, is_active=False) for _ in range(2)]

        responses = at_once(*(edit(promo, is_active=True) for promo in stopped))

        assert outcomes(responses) == {200: 1, OVERLAPS: 1}
        assert product.promos.active().count() == 1


def test_both_ends_of_a_promotion_that_two_people_edit_stay_in_order(race_rounds):
    for _ in range(race_rounds):
        promo = coming(ProductFactory(), 10)

        responses = at_once(
            edit(promo, starts_at=promo.ends_at - HOUR / 2),
            edit(promo, ends_at=promo.ends_at - HOUR),
        )

        assert outcomes(responses) == {200: 1, (400, "min_value"): 1}
        promo.refresh_from_db()
        assert promo.starts_at < promo.ends_at


@pytest.mark.parametrize("what", ["made", "made dearer"])
def test_a_price_is_not_cut_below_a_promotion_that_is_made_or_made_dearer(race_rounds, what):
    for _ in range(race_rounds):
        product = ProductFactory(regular_price="9.90")
        offer = (
            create(product, SegmentFactory(), promo_price="6.00")
            if what == "made"
            else edit(coming(product, 10), promo_price="6.00")
        )
        cut = ("patch", f"/api/products/{product.pk}", {"regular_price": "5.00"})

        cutting, offering = (next(iter(outcomes([one]))) for one in at_once(cut, offer))

        assert (cutting, offering) in {
            (200, (400, "max_value")),
            ((409, "price_below_promo"), 201),
            ((409, "price_below_promo"), 200),
        }
        product.refresh_from_db()
        assert all(promo.promo_price < product.regular_price for promo in product.promos.all())


def test_a_quantity_is_not_lowered_below_what_is_held_meanwhile(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=5)
        holds = (reserve(promo, one) for one in customers_for(promo, 5))

        lowered, *responses = at_once(edit(promo, quantity=2), *holds)

        promo.refresh_from_db()
        if lowered.status_code == 200:
            assert outcomes(responses) == {201: 2, (409, "promo_on_hold"): 3}
            assert (promo.quantity, promo.held_count) == (2, 2)
        else:
            assert outcomes([lowered]) == {(409, "quantity_below_taken"): 1}
            assert outcomes(responses) == {201: 5}
            assert (promo.quantity, promo.held_count) == (5, 5)


def test_who_holds_while_a_promotion_is_stopped_holds_or_is_told_that_it_was(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=RIVALS)
        holds = (reserve(promo, one) for one in customers_for(promo, RIVALS))

        stopped, *responses = at_once(edit(promo, is_active=False), *holds)

        assert stopped.status_code == 200
        assert set(outcomes(responses)) <= {201, (409, "promo_not_running")}
        promo.refresh_from_db()
        assert (promo.is_active, promo.held_count) == (False, outcomes(responses)[201])


# --- Deleting -----------------------------------------------------------------------------------


def is_gone_or_held(row, deleted, responses, made=201):
    """All of those who referred to the row meanwhile did it, or the row went first."""
    if deleted.status_code == 204:
        assert outcomes(responses) == {GONE: len(responses)}
    else:
        assert outcomes([deleted]) == {PROTECTED: 1}
        assert outcomes(responses) == {made: len(responses)}
    assert type(row).objects.filter(pk=row.pk).exists() is (deleted.status_code != 204)


@pytest.mark.parametrize("first", ["the promotions", "the deletion"])
def test_a_segment_that_goes_while_promotions_are_made_for_it_is_gone_or_held(race_rounds, first):
    for _ in range(race_rounds):
        gone, kept = SegmentFactory.create_batch(2)
        creations = [create(product, gone, kept) for product in ProductFactory.create_batch(4)]

        deleted, responses = race(delete("segments", gone), creations, first)

        is_gone_or_held(gone, deleted, responses)
        assert Segment.objects.filter(pk=kept.pk).exists()


def race(deletion, others, first):
    # Threads start one after the other: whoever is sent first has a head start.
    if first == "the deletion":
        deleted, *responses = at_once(deletion, *others)
    else:
        *responses, deleted = at_once(*others, deletion)
    return deleted, responses


def test_a_segment_that_goes_while_promotions_are_edited_for_it_is_gone_or_held(race_rounds):
    for _ in range(race_rounds):
        promos, gone = FlashPromoFactory.create_batch(4), SegmentFactory()

        deleted, *responses = at_once(
            delete("segments", gone), *(edit(promo, segments=[gone.pk]) for promo in promos)
        )

        is_gone_or_held(gone, deleted, responses, made=200)


@pytest.mark.parametrize("first", ["the promotions", "the deletion"])
def test_a_product_that_goes_while_promotions_of_it_are_made_is_gone_or_held(race_rounds, first):
    for _ in range(race_rounds):
        product, segment = ProductFactory(), SegmentFactory()
        creations = [create(product, segment, in_hours=24 + hour) for hour in range(4)]

        deleted, responses = race(delete("products", product), creations, first)

        is_gone_or_held(product, deleted, responses)


@pytest.mark.parametrize("first", ["the holds", "the deletion"])
def test_a_customer_who_goes_while_holding_is_gone_or_held(race_rounds, first):
    for _ in range(race_rounds):
        segment = SegmentFactory()
        promos = [running_promo(segments=[segment]) for _ in range(4)]
        [customer] = customers_in(segment, number=1)
        holds = [reserve(promo, customer) for promo in promos]

        deleted, responses = race(delete("customers", customer), holds, first)

        is_gone_or_held(customer, deleted, responses)


@pytest.mark.parametrize("first", ["the holds", "the deletion"])
def test_a_promotion_that_goes_while_it_is_held_is_gone_or_held(race_rounds, first):
    for _ in range(race_rounds):
        promo = running_promo(quantity=4)
        holds = [reserve(promo, one) for one in customers_for(promo, 4)]

        deleted, responses = race(delete("flash_promos", promo), holds, first)

        is_gone_or_held(promo, deleted, responses)
