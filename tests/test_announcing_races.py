"""
Promotions that several workers tell of at once, and that change while they are told.

Real threads, beside others over the API, on the database of the run.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.tests.factories import SegmentFactory
from promotions.models import FlashPromo, PromoNotice
from promotions.services import announcing
from promotions.tests.factories import FlashPromoFactory
from tests.promoting import (
    announce,
    ask,
    complete,
    customers_for,
    customers_in,
    deadlocks,
    edit,
    everything_is_right,
    reserve,
    running_promo,
    side_by_side,
    told,
)
from tests.racing import outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WORKERS = 4
AT_ONCE = 5


@pytest.fixture(autouse=True)
def everything_is_right_afterwards(transactional_db, monkeypatch):
    monkeypatch.setattr(announcing, "TOLD_AT_ONCE", AT_ONCE)
    before = deadlocks()
    yield

    everything_is_right()
    assert deadlocks() == before


def workers():
    return [partial(announce, timezone.now())] * WORKERS


def to_be_told():
    return FlashPromo.objects.filter(notified_at=None).count()


def test_whom_several_workers_tell_of_a_promotion_is_told_once(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        customers = customers_for(promo, 23)

        side_by_side(*workers())

        assert told(promo=promo) == [(promo.pk, one.pk) for one in customers]
        assert to_be_told() == 0


def test_whom_two_promotions_are_for_is_told_of_one_of_them(race_rounds):
    for _ in range(race_rounds):
        segment = SegmentFactory()
        promos = [running_promo(segments=[segment]) for _ in range(2)]
        customers = customers_in(segment, number=23)

        side_by_side(*workers())

        pairs = told(promo__in=promos)
        assert sorted(customer for _, customer in pairs) == [one.pk for one in customers]
        assert to_be_told() == 0


def test_whom_a_promotion_that_ends_and_one_that_begins_are_for_is_told_of_one(race_rounds):
    for _ in range(race_rounds):
        segment, now = SegmentFactory(), timezone.now()
        ending = running_promo(segments=[segment], ends_at=now)
        beginning = FlashPromoFactory(product=ending.product, segments=[segment], starts_at=now)
        customers = customers_in(segment, number=23)

        # Each knows of one: here it is not yet the moment that it is there.
        side_by_side(*[partial(announce, now - timedelta.resolution), partial(announce, now)] * 2)

        pairs = told(promo__in=[ending, beginning])
        assert sorted(customer for _, customer in pairs) == [one.pk for one in customers]
        assert to_be_told() == 0


def test_whom_several_of_many_promotions_are_for_is_told_of_one_of_them(race_rounds):
    for _ in range(race_rounds):
        segments = SegmentFactory.create_batch(4)
        pairs_of_segments = zip(segments, segments[1:] + segments[:1], strict=True)
        promos = [running_promo(segments=list(pair)) for pair in pairs_of_segments]
        customers = [one for segment in segments for one in customers_in(segment, number=7)]
        customers += customers_in(*segments, number=7)

        side_by_side(*workers())

        pairs = told(promo__in=promos)
        assert sorted(customer for _, customer in pairs) == [one.pk for one in customers]
        assert to_be_told() == 0


def test_who_is_put_into_the_segment_meanwhile_is_told_at_most_once(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        [segment] = promo.segments.all()
        before, later = customers_for(promo, 13), customers_in(number=13)
        body = {"segments": [segment.pk]}
        moving = [partial(ask, "patch", f"/api/customers/{one.pk}", body) for one in later]

        answers = side_by_side(*workers(), *moving)

        assert outcomes(answers[WORKERS:]) == {200: len(later)}
        people = [customer for _, customer in told(promo=promo)]
        assert len(people) == len(set(people))
        assert {one.pk for one in before} <= set(people)


def test_of_a_promotion_that_is_stopped_nobody_else_is_told(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        customers_for(promo, 60)

        def stop(promo=promo):
            answer = ask(*edit(promo, is_active=False))
            return answer, PromoNotice.objects.filter(promo=promo).count()

        *_, (answer, told_by_then) = side_by_side(*workers(), stop)

        assert answer.status_code == 200
        # Those whom a worker was telling at that moment.
        told_at_last = len(told(promo=promo))
        assert told_at_last - told_by_then <= AT_ONCE
        announce(timezone.now())
        assert len(told(promo=promo)) == told_at_last


def test_while_a_promotion_is_told_of_it_is_held_and_bought(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        buyers = customers_for(promo, 40)[:10]

        def buy(customer, promo=promo):
            held = ask(*reserve(promo, customer))
            return ask(*complete(held.json()["id"], customer)) if held.status_code < 300 else held

        answers = side_by_side(*workers(), *(partial(buy, one) for one in buyers))

        assert set(outcomes(answers[WORKERS:])) <= {
            200,
            (409, "promo_on_hold"),
            (409, "promo_sold_out"),
        }
        promo.refresh_from_db()
        assert (promo.sold_count, promo.held_count) == (outcomes(answers[WORKERS:])[200], 0)


def test_customers_who_go_while_they_are_told_are_told_or_gone(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        customers = customers_for(promo, 20)
        leaving = customers[2::3]
        deletions = [partial(ask, "delete", f"/api/customers/{one.pk}", None) for one in leaving]

        answers = side_by_side(*workers(), *deletions)

        assert set(outcomes(answers[WORKERS:])) <= {204, (409, "protected")}
        left = [one.pk for one in customers if Customer.objects.filter(pk=one.pk).exists()]
        assert told(promo=promo) == [(promo.pk, customer_id) for customer_id in left]
        assert len(customers) - len(left) == outcomes(answers[WORKERS:])[204]


def test_a_promotion_that_goes_while_it_is_told_of_is_told_of_or_gone(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        customers = customers_for(promo, 12)
        deletion = partial(ask, "delete", f"/api/flash_promos/{promo.pk}", None)

        answers = side_by_side(deletion, *workers())

        if answers[0].status_code == 204:
            assert told(promo=promo.pk) == []
        else:
            assert outcomes(answers[:1]) == {(409, "protected"): 1}
            assert told(promo=promo) == [(promo.pk, one.pk) for one in customers]
