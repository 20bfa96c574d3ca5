"""Reservations over HTTP: what a phone sends and sees."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from promotions.models import PromoReservation
from promotions.states import HOLD, ReservationStatus
from promotions.tests.asking import PROMOS, RESERVATIONS, errors_of, ids_in, refusal, reserve
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
AT_59_9_S, AT_A_MINUTE = NOON + timedelta(seconds=59.9), NOON + HOLD


def act(api, reservation, action, customer):
    return api.post(f"{RESERVATIONS}/{reservation.pk}/{action}", {"customer": customer.pk})


# --- Reservations -------------------------------------------------------------------------------


def test_a_hold_is_answered_as_it_is_read_and_listed(api, clock):
    promo = FlashPromoFactory()
    customer = customer_for(promo)

    made = reserve(api, promo, customer)

    hold = PromoReservation.objects.get()
    assert made.status_code == 201
    assert made.json() == {
        "id": hold.pk,
        "promo": promo.pk,
        "customer": customer.pk,
        "status": "held",
        "created_at": "2030-05-14T12:00:00Z",
        "expires_at": "2030-05-14T12:01:00Z",
        "completed_at": None,
    }
    assert api.get(f"{RESERVATIONS}/{hold.pk}").json() == made.json()
    assert api.get(RESERVATIONS).json()["results"] == [made.json()]


def test_a_repeated_hold_is_the_first_one_again(api, clock):
    promo = FlashPromoFactory(quantity=2)
    customer = customer_for(promo)
    first = reserve(api, promo, customer)
    clock.move_to(AT_59_9_S)

    again = reserve(api, promo, customer)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert PromoReservation.objects.count() == 1


def test_a_refusal_says_what_a_phone_needs_next(api, clock):
    promo = FlashPromoFactory()
    far, near = customer_for(promo, latitude=52.5), customer_for(promo)
    PromoReservationFactory(promo=promo)

    not_eligible, on_hold = reserve(api, promo, far), reserve(api, promo, near)

    code, facts = refusal(not_eligible)
    assert (code, round(facts.pop("distance_km"))) == ("not_eligible", 5838)
    assert facts == {"in_segment": True, "max_distance_km": 2.0}
    assert refusal(on_hold) == ("promo_on_hold", {"retry_at": "2030-05-14T12:01:00Z"})
    assert promo.reservations.count() == 1


def test_a_purchase_is_answered_alike_however_often_it_is_repeated(api, clock):
    hold = PromoReservationFactory()
    clock.move_to(AT_59_9_S)
    bought = act(api, hold, "complete", hold.customer)
    clock.move_to(NOON + HOUR)

    again = act(api, hold, "complete", hold.customer)

    assert (bought.status_code, again.status_code) == (200, 200)
    assert bought.json() == again.json()
    assert (bought.json()["status"], bought.json()["completed_at"]) == (
        "completed",
        "2030-05-14T12:00:59.900000Z",
    )
    assert api.get(f"{PROMOS}/{hold.promo_id}").json()["is_active"] is False


def test_a_unit_is_given_back(api, clock):
    hold = PromoReservationFactory()

    released = act(api, hold, "release", hold.customer)

    assert (released.status_code, released.json()["status"]) == (200, "released")


@pytest.mark.parametrize("action", ["complete", "release"])
def test_somebody_elses_reservation_is_not_there(api, clock, action):
    hold = PromoReservationFactory()
    other = customer_for(hold.promo)

    answers = [act(api, hold, action, other), act(api, PromoReservation(pk=999_999), action, other)]

    assert [errors_of(answer) for answer in answers] == [(404, [("not_found", None)])] * 2
    hold.refresh_from_db()
    assert hold.status == ReservationStatus.HELD


@pytest.mark.parametrize("action", ["complete", "release"])
def test_whose_reservation_it_is_must_be_said(api, clock, action):
    hold = PromoReservationFactory()

    answer = api.post(f"{RESERVATIONS}/{hold.pk}/{action}", {})

    assert errors_of(answer) == (400, [("required", "customer")])


@pytest.mark.parametrize(
    ("at", "status"),
    [
        pytest.param(AT_59_9_S, "held", id="at 59.9 s"),
        pytest.param(AT_A_MINUTE, "expired", id="at exactly a minute"),
    ],
)
def test_a_hold_reads_expired_from_its_minute_on_wherever_it_is_read(api, clock, at, status):
    hold = PromoReservationFactory()
    long_ago = PromoReservationFactory(status=ReservationStatus.EXPIRED)
    clock.move_to(at)

    read = api.get(f"{RESERVATIONS}/{hold.pk}").json()

    assert read["status"] == status
    assert read in api.get(RESERVATIONS).json()["results"]
    found = {name: ids_in(api.get(RESERVATIONS, {"status": name})) for name in ("held", "expired")}
    expired = [long_ago.pk, hold.pk] if status == "expired" else [long_ago.pk]
    assert found == {"held": [] if status == "expired" else [hold.pk], "expired": expired}
    both = ids_in(api.get(RESERVATIONS, {"status": "held,expired"}))
    assert both == [long_ago.pk, hold.pk]
    hold.refresh_from_db()
    assert hold.status == ReservationStatus.HELD


def test_after_the_minute_a_purchase_is_refused(api, clock):
    hold = PromoReservationFactory()
    clock.move_to(AT_A_MINUTE)

    answer = act(api, hold, "complete", hold.customer)

    expires_at = {"expires_at": "2030-05-14T12:01:00Z"}
    assert refusal(answer) == ("reservation_expired", expires_at)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"promo": 999_999}, [("does_not_exist", "promo")]),
        ({"customer": 999_999}, [("does_not_exist", "customer")]),
        ({"promo": None}, [("null", "promo")]),
        ({"customer": "7"}, [("invalid", "customer")]),
        ({"status": "completed"}, [("immutable", "status")]),
        ({"until": 60}, [("unknown_field", "until")]),
    ],
    ids=["no such promo", "no such customer", "null", "a text", "bought already", "no field"],
)
def test_a_malformed_reservation_is_a_400_that_names_the_field(api, clock, wrong, errors):
    promo = FlashPromoFactory()
    body = {"promo": promo.pk, "customer": customer_for(promo).pk}

    assert errors_of(api.post(RESERVATIONS, body | wrong)) == (400, errors)
    assert not PromoReservation.objects.exists()


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="A minute is a minute on any database.")
def test_in_real_time_a_unit_is_on_hold_for_a_minute(api):
    promo = FlashPromoFactory(starts_at=timezone.now())
    anna, berta = customer_for(promo), customer_for(promo)
    hold = reserve(api, promo, anna).json()

    time.sleep(59)
    [error] = reserve(api, promo, berta).json()["errors"]
    still = api.get(f"{RESERVATIONS}/{hold['id']}").json()["status"]
    time.sleep(1)
    taken = reserve(api, promo, berta)
    too_late = api.post(f"{RESERVATIONS}/{hold['id']}/complete", {"customer": anna.pk})

    assert (error["code"], error["facts"]) == ("promo_on_hold", {"retry_at": hold["expires_at"]})
    assert (still, taken.status_code) == ("held", 201)
    assert refusal(too_late)[0] == "reservation_expired"
    assert api.get(f"{RESERVATIONS}/{hold['id']}").json()["status"] == "expired"


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [5, 6], ids=["all are on hold", "one is left"])
def test_reserving_costs_the_same_beside_five_reservations_as_beside_one(
    api, clock, queries_in, django_assert_num_queries, quantity
):
    def with_others(number):
        promo = FlashPromoFactory(quantity=quantity - 5 + number)
        PromoReservationFactory.create_batch(number, promo=promo)
        customer = customer_for(promo)
        return lambda: reserve(api, promo, customer)

    beside_one = queries_in(with_others(1))
    beside_five = with_others(5)

    with django_assert_num_queries(beside_one):
        answer = beside_five()

    assert answer.status_code == (409 if quantity == 5 else 201)
