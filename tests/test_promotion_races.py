"""
Units of promotions that are held, bought, given back and run out at the same instant.

Real threads, over the API and on the services, on the database of the run.
"""

import random
import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from promotions import services
from promotions.models import FlashPromo, PromoReservation
from promotions.services.reservations import Reserved
from promotions.states import HOLD
from promotions.tests.factories import PromoReservationFactory
from tests.promoting import (
    ask,
    complete,
    customers_for,
    deadlocks,
    everything_is_right,
    release,
    reserve,
    running_promo,
    side_by_side,
    wrong_counters,
)
from tests.racing import at_once, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 20
MICROSECOND = timedelta(microseconds=1)
ON_HOLD = (409, "promo_on_hold")


@pytest.fixture(autouse=True)
def everything_is_right_afterwards(transactional_db):
    before = deadlocks()
    yield

    everything_is_right()
    assert deadlocks() == before


def counts(promo):
    return FlashPromo.objects.values_list("sold_count", "held_count").get(pk=promo.pk)


def test_of_twenty_customers_one_holds_the_only_unit(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()

        responses = at_once(*(reserve(promo, one) for one in customers_for(promo, RIVALS)))

        assert outcomes(responses) == {201: 1, ON_HOLD: RIVALS - 1}
        [held] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["retry_at"] for error in refused} == {held["expires_at"]}
        assert promo.reservations.get().pk == held["id"]


def test_of_a_hundred_customers_at_one_moment_three_hold_the_three_units(race_rounds):
    for _ in range(race_rounds):
        promo, at = running_promo(quantity=3), timezone.now()
        customers = customers_for(promo, 100)

        answers = side_by_side(
            *(
                partial(services.reserve, promo_id=promo.pk, customer_id=one.pk, at=at)
                for one in customers
            )
        )

        assert Counter(type(answer).__name__ for answer in answers) == {
            "Reserved": 3,
            "PromoOnHold": 97,
        }
        assert counts(promo) == (0, 3)


def test_a_customer_who_asks_twenty_times_has_one_hold(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        [customer] = customers_for(promo, 1)

        responses = at_once(*[reserve(promo, customer)] * RIVALS)

        assert outcomes(responses) == {201: 1, 200: RIVALS - 1}
        assert len({answer.content for answer in responses}) == 1
        assert counts(promo) == (0, 1)


def buy(promo, customer):
    held = ask(*reserve(promo, customer))
    return ask(*complete(held.json()["id"], customer)) if held.status_code < 300 else held


def test_a_customer_who_buys_twice_at_once_buys_one(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        [customer] = customers_for(promo, 1)

        answers = side_by_side(*[partial(buy, promo, customer)] * 2)

        assert set(outcomes(answers)) <= {200, (409, "already_purchased")}
        assert promo.reservations.get().status == "completed"
        assert counts(promo) == (1, 0)


def test_twenty_completions_of_one_reservation_sell_one_unit_and_answer_alike(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo()
        [customer] = customers_for(promo, 1)
        held = ask(*reserve(promo, customer)).json()

        responses = at_once(*[complete(held["id"], customer)] * RIVALS)

        assert outcomes(responses) == {200: RIVALS}
        assert len({answer.content for answer in responses}) == 1
        assert counts(promo) == (1, 0)
        assert not FlashPromo.objects.get(pk=promo.pk).is_active


def test_a_unit_is_bought_or_given_back_and_not_both(race_rounds):
    ended = (409, "reservation_ended")
    for _ in range(race_rounds):
        promo = running_promo()
        [customer] = customers_for(promo, 1)
        held = ask(*reserve(promo, customer)).json()
        half = RIVALS // 2
        requests = [complete(held["id"], customer), release(held["id"], customer)] * half

        responses = at_once(*requests)

        bought, given_back = outcomes(responses[::2]), outcomes(responses[1::2])
        if counts(promo) == (1, 0):
            assert (bought, given_back) == ({200: half}, {ended: half})
        else:
            assert (bought, given_back) == ({ended: half}, {200: half})
            assert counts(promo) == (0, 0)


def test_around_the_sixtieth_second_each_unit_goes_to_its_holder_or_to_one_rival(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        begin = promo.starts_at + HOLD
        end = begin + HOLD
        holders, rivals = customers_for(promo, 3), customers_for(promo, 12)
        held = [
            PromoReservationFactory(promo=promo, customer=one, created_at=begin) for one in holders
        ]
        early, late = [end - MICROSECOND] * 6, [end, end + MICROSECOND] * 3
        # One of the three decides in time.
        buying = [
            partial(services.complete, reservation=held[number], at=at)
            for number, at in [
                (0, early[0]),
                *((number, at) for number in range(3) for at in late[:2]),
            ]
        ]
        asking = [
            partial(services.reserve, promo_id=promo.pk, customer_id=one.pk, at=at)
            for one, at in zip(rivals, early + late, strict=True)
        ]
        calls = buying + asking
        random.Random(promo.pk).shuffle(calls)

        answers = dict(zip(calls, side_by_side(*calls), strict=True))

        for call in buying:
            is_late = call.keywords["at"] >= end
            refused = {"ReservationExpired"} if is_late else {"ReservationExpired", ""}
            # Once it is sold it is sold, whenever that is heard of.
            assert name_of(answers[call]) in refused | {""}
        names = {name_of(answers[call]) for call in asking}
        assert names <= {"", "PromoOnHold", "PromoSoldOut"}
        sold, holding = counts(promo)
        assert sold + holding == 3
        assert sum(isinstance(answers[call], Reserved) for call in asking) == holding
        assert PromoReservation.objects.filter(promo=promo).live(end + MICROSECOND).count() == (
            holding
        )


def name_of(answer):
    is_done = isinstance(answer, (Reserved, PromoReservation))
    return "" if is_done else type(answer).__name__


def test_when_minutes_run_out_on_the_clock_no_unit_is_given_twice(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        end = timezone.now() + timedelta(seconds=0.25)
        holders, rivals = customers_for(promo, 3), customers_for(promo, 12)
        held = [
            PromoReservationFactory(promo=promo, customer=one, created_at=end - HOLD)
            for one in holders
        ]
        requests = [
            *(complete(one.pk, one.customer) for one in held * 2),
            *(reserve(promo, one) for one in rivals),
        ]
        chance = random.Random(promo.pk)
        calls = [partial(ask_at, end, chance.uniform(-0.03, 0.03), one) for one in requests]

        answers = side_by_side(*calls)

        assert set(outcomes(answers[:6])) <= {200, (409, "reservation_expired")}
        assert set(outcomes(answers[6:])) <= {201, ON_HOLD, (409, "promo_sold_out")}
        sold, holding = counts(promo)
        assert outcomes(answers[6:])[201] == holding_of(promo, rivals)
        assert sold + holding_of(promo, rivals) <= 3
        assert sold + holding <= 3


def holding_of(promo, customers):
    return promo.reservations.filter(customer__in=customers, status="held").count()


def ask_at(moment, offset, request):
    wait = (moment - timezone.now()).total_seconds() + offset
    time.sleep(max(wait, 0))
    return ask(*request)


def test_whoever_holds_buys_and_gives_back_in_a_crowd_no_unit_is_lost_or_given_twice(race_rounds):
    for _ in range(race_rounds):
        promo = running_promo(quantity=3)
        customers = customers_for(promo, 12)

        *answers, wrong_meanwhile = side_by_side(
            *(partial(dither, promo, one) for one in customers), check_again_and_again
        )

        assert wrong_meanwhile == []
        everybodys = outcomes([answer for own in answers for answer in own])
        assert set(everybodys) <= {
            200,
            201,
            ON_HOLD,
            (409, "promo_sold_out"),
            (409, "already_purchased"),
        }
        sold, holding = counts(promo)
        assert holding == 0
        assert promo.reservations.filter(status="completed").count() == sold <= 3
        everything_is_right()


def dither(promo, customer):
    """Hold a unit several times and give it back, and buy it in the end."""
    answers = []
    for action in (release, release, complete):
        held = ask(*reserve(promo, customer))
        answers.append(held)
        if held.status_code < 300:
            answers.append(ask(*action(held.json()["id"], customer)))
    return answers


def check_again_and_again():
    """What is reserved meanwhile is in a counter and in the rows, or in neither."""
    return [wrong for _ in range(20) for wrong in wrong_counters()]
