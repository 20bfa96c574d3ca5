"""Products and promotions over HTTP: what a phone sends and sees."""

from datetime import timedelta

import pytest

from customers.tests.factories import SegmentFactory
from promotions.models import FlashPromo
from promotions.states import ReservationStatus
from promotions.tests.asking import PROMOS, RESERVATIONS, errors_of, ids_in, refusal, reserve
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


# --- Products and promotions --------------------------------------------------------------------


def test_a_promotion_is_answered_as_it_is_read_and_listed(api, clock, berlin):
    product, segments = ProductFactory(), SegmentFactory.create_batch(2)
    body = {
        "product": product.pk,
        "promo_price": "4.9",
        "starts_at": "2030-05-14T14:00:00",
        "ends_at": "2030-05-14T16:00:00+02:00",
        "segments": [segments[1].pk, segments[0].pk],
    }

    made = api.post(PROMOS, body)

    promo = FlashPromo.objects.get()
    assert made.status_code == 201
    assert made.json() == {
        "id": promo.pk,
        "product": product.pk,
        "promo_price": "4.90",
        "starts_at": "2030-05-14T12:00:00Z",
        "ends_at": "2030-05-14T14:00:00Z",
        "segments": [segments[0].pk, segments[1].pk],
        "max_distance_km": 2.0,
        "quantity": 1,
        "is_active": True,
        "remaining": 1,
        "notified_at": None,
    }
    assert api.get(f"{PROMOS}/{promo.pk}").json() == made.json()
    assert api.get(PROMOS).json()["results"] == [made.json()]
    assert api.get(f"{PROMOS}/running").json()["results"] == [made.json()]


def test_remaining_is_what_is_not_sold_be_it_on_hold_or_not(api):
    promo = FlashPromoFactory(quantity=3)
    PromoReservationFactory(promo=promo)
    PromoReservationFactory(promo=promo, status=ReservationStatus.COMPLETED)

    assert api.get(f"{PROMOS}/{promo.pk}").json()["remaining"] == 2


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"promo_price": "9.90"}, [("max_value", "promo_price")]),
        ({"promo_price": "-1.00"}, [("min_value", "promo_price")]),
        ({"max_distance_km": 0}, [("min_value", "max_distance_km")]),
        ({"max_distance_km": 30_000}, [("max_value", "max_distance_km")]),
        ({"starts_at": "2030-05-14T14:00:00Z"}, [("min_value", "ends_at")]),
        ({"ends_at": "2030-05-14T12:00:00Z"}, [("min_value", "ends_at")]),
        ({"segments": []}, [("empty", "segments")]),
        ({"segments": [999_999]}, [("does_not_exist", "segments")]),
        ({"product": 999_999}, [("does_not_exist", "product")]),
    ],
    ids=[
        "the regular price",
        "below nothing",
        "no distance",
        "farther than the Earth is wide",
        "a start at its end",
        "an end at its start",
        "for nobody",
        "no such segment",
        "no such product",
    ],
)
def test_what_makes_no_sense_is_a_400_that_names_the_field(api, clock, change, errors):
    promo = FlashPromoFactory()
    before = api.get(f"{PROMOS}/{promo.pk}").json()

    answer = api.patch(f"{PROMOS}/{promo.pk}", change)

    assert errors_of(answer) == (400, errors)
    assert api.get(f"{PROMOS}/{promo.pk}").json() == before


def test_where_the_gym_says_no_to_staff_it_names_what_is_in_the_way(api, clock):
    promo = FlashPromoFactory(quantity=2)
    PromoReservationFactory.create_batch(2, promo=promo)
    later = FlashPromoFactory(product=promo.product, starts_at=NOON + 5 * HOUR)

    overlapping = api.patch(f"{PROMOS}/{later.pk}", {"starts_at": "2030-05-14T12:00:00Z"})
    too_few = api.patch(f"{PROMOS}/{promo.pk}", {"quantity": 1})
    cheap = api.patch(f"/api/products/{promo.product_id}", {"regular_price": "4.90"})
    segment = api.delete(f"/api/segments/{promo.segments.get().pk}")

    assert refusal(overlapping) == ("promo_overlaps", {"promo": promo.pk})
    assert refusal(too_few) == ("quantity_below_taken", {"quantity": 1, "sold": 0, "held": 2})
    assert refusal(cheap) == ("price_below_promo", {"promo": promo.pk, "promo_price": "4.90"})
    assert refusal(segment) == ("protected", {"held_by": {"flash promos": [promo.pk]}})


@pytest.mark.parametrize("name", ["product", "venue", "segment"])
def test_promotions_are_found_by_what_they_are_of_and_for(api, name):
    promo, _ = FlashPromoFactory.create_batch(2)
    values = {
        "product": promo.product_id,
        "venue": promo.product.venue_id,
        "segment": promo.segments.get().pk,
    }

    assert ids_in(api.get(PROMOS, {name: values[name]})) == [promo.pk]


# --- Running and eligible -----------------------------------------------------------------------


def test_of_those_that_run_the_first_to_end_comes_first(api, clock):
    third, first, second = (FlashPromoFactory(ends_at=NOON + hours * HOUR) for hours in (3, 1, 1))
    FlashPromoFactory(starts_at=NOON + HOUR)

    assert ids_in(api.get(f"{PROMOS}/running")) == [first.pk, second.pk, third.pk]
    last = api.get(f"{PROMOS}/running", {"page": 2, "page_size": 2}).json()
    assert (last["count"], [one["id"] for one in last["results"]]) == (3, [third.pk])


def test_what_is_for_a_customer_comes_with_its_distance(api, clock):
    near, far = FlashPromoFactory.create_batch(2, max_distance_km=5)
    far.segments.set(near.segments.all())
    FlashPromoFactory()
    venue = far.product.venue
    venue.latitude -= 0.01
    venue.save(update_fields=["latitude"])
    customer = customer_for(near, north_km=1)

    answer = api.get(f"{PROMOS}/eligible", {"customer": customer.pk}).json()

    assert answer["count"] == 2
    assert [
        (one["id"], one["remaining"], round(one["distance_km"], 3)) for one in answer["results"]
    ] == [(near.pk, 1, 1.0), (far.pk, 1, 2.112)]
    assert answer["results"][0] == api.get(f"{PROMOS}/{near.pk}").json() | {
        "distance_km": answer["results"][0]["distance_km"]
    }


def test_what_was_sold_or_stopped_is_offered_to_nobody_from_the_next_request_on(api, clock):
    sold, stopped = FlashPromoFactory.create_batch(2)
    stopped.segments.set(sold.segments.all())
    customer = customer_for(sold)
    hold = reserve(api, sold, customer).json()["id"]
    offers = [f"{PROMOS}/running", f"{PROMOS}/eligible?customer={customer.pk}"]
    assert [ids_in(api.get(offer)) for offer in offers] == [[sold.pk, stopped.pk]] * 2

    api.post(f"{RESERVATIONS}/{hold}/complete", {"customer": customer.pk})
    api.patch(f"{PROMOS}/{stopped.pk}", {"is_active": False})

    assert [ids_in(api.get(offer)) for offer in offers] == [[], []]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({}, [("required", "customer")]),
        ({"customer": "anna"}, [("invalid", "customer")]),
        ({"customer": 999_999}, [("does_not_exist", "customer")]),
        ({"customer": 1, "ordering": "id"}, [("unknown_parameter", "ordering")]),
    ],
    ids=["nobody", "no id", "nobody there", "another order"],
)
def test_whoever_asks_what_is_for_whom_is_told_what_is_wrong_with_the_question(api, query, errors):
    assert errors_of(api.get(f"{PROMOS}/eligible", query)) == (400, errors)


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("offer", ["running", "eligible"])
def test_an_offer_costs_the_same_for_five_promotions_as_for_one(
    api, clock, queries_in, django_assert_num_queries, offer
):
    promo = FlashPromoFactory()
    query = {"customer": customer_for(promo).pk} if offer == "eligible" else {}
    for_one = queries_in(lambda: api.get(f"{PROMOS}/{offer}", query))
    for other in FlashPromoFactory.create_batch(4, segments=promo.segments.all()):
        other.segments.add(SegmentFactory())

    with django_assert_num_queries(for_one):
        answer = api.get(f"{PROMOS}/{offer}", query)

    assert answer.json()["count"] == 5
