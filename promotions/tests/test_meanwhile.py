"""What happens between the statements of a request, where nothing is locked."""

from contextlib import contextmanager

import pytest
import time_machine
from django.db import connection

from promotions import services
from promotions.errors import PromoOnHold
from promotions.states import ReservationStatus
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db


@contextmanager
def before_statement(number, deed):
    """Do something just before the statement of that number, as another request might."""
    sent = -1

    def run(execute, *statement):
        nonlocal sent
        sent += 1
        if sent == number:
            deed()
        return execute(*statement)

    with connection.execute_wrapper(run):
        yield


@pytest.mark.parametrize("number", range(6))
def test_the_last_unit_is_not_given_to_who_asked_before_somebody_else_took_it(number):
    promo = FlashPromoFactory()
    first, second = customer_for(promo), customer_for(promo)

    def take():
        services.reserve(promo_id=promo.pk, customer_id=first.pk, at=NOON)

    with before_statement(number, take), pytest.raises(PromoOnHold):
        services.reserve(promo_id=promo.pk, customer_id=second.pk, at=NOON)

    assert promo.reservations.get().customer == first


@pytest.mark.parametrize("number", range(5))
def test_a_hold_that_is_bought_meanwhile_takes_one_unit_and_not_two(number):
    promo = FlashPromoFactory(quantity=2)
    hold = PromoReservationFactory(promo=promo)
    customer = customer_for(promo)

    with before_statement(number, lambda: services.complete(reservation=hold, at=NOON)):
        reserved = services.reserve(promo_id=promo.pk, customer_id=customer.pk, at=NOON)

    assert reserved.is_made


@pytest.mark.parametrize("number", range(6))
def test_a_hold_that_its_customer_gives_back_meanwhile_is_not_answered_as_live(number):
    hold = PromoReservationFactory()
    ids = {"promo_id": hold.promo_id, "customer_id": hold.customer_id}

    with before_statement(number, lambda: services.release(reservation=hold, at=NOON)):
        reserved = services.reserve(**ids, at=NOON)

    assert (reserved.is_made, reserved.reservation.status) == (True, ReservationStatus.HELD)


@pytest.mark.parametrize("number", range(5))
def test_what_is_sold_meanwhile_is_not_offered(api, number):
    hold = PromoReservationFactory()

    with (
        time_machine.travel(NOON, tick=False),
        before_statement(number, lambda: services.complete(reservation=hold, at=NOON)),
    ):
        answer = api.get("/api/flash_promos/eligible", {"customer": hold.customer_id})

    assert answer.json()["results"] == []
    hold.refresh_from_db()
    assert hold.status == ReservationStatus.COMPLETED
