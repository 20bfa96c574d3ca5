"""Products and promotions: found, written by the services, and stopped."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from zeal import zeal_ignore

from core.tests.listing import listed
from core.tests.sending import sent_by
from customers.tests.factories import SegmentFactory
from promotions.models import FlashPromo, Product, PromoNotice
from promotions.states import ReservationStatus
from promotions.tests.admin import PRODUCTS, PROMOS, change, errors_on, said_in
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    ProductFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOP = {"promotions_flashpromo_stop": "1"}


def open_form(admin_client, url, obj):
    return admin_client.get(change(url, obj)).context["adminform"].form


def state_of(user, promo):
    [shown] = listed(FlashPromo, user, f"product__id__exact={promo.product_id}")
    return shown.state


# --- Lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(PRODUCTS, ProductFactory, id="products"),
        pytest.param(PROMOS, FlashPromoFactory, id="promotions"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_products_are_found_by_name_and_by_venue(admin_user):
    burger = ProductFactory(name="Cheeseburger", venue__name="Bun & Co")
    crepe = ProductFactory(name="Crêpe", venue__name="Kiosk")

    asked = {
        "q=burger": [burger],
        "q=kiosk": [crepe],
        f"venue__id__exact={crepe.venue_id}": [crepe],
        "": [burger, crepe],
    }
    found = {query: listed(Product, admin_user, query) for query in asked}

    assert found == asked


@pytest.mark.parametrize(
    ("values", "state"),
    [
        pytest.param({"starts_at": NOON + TICK}, "coming", id="before its first moment"),
        pytest.param({"starts_at": NOON}, "running", id="at its first moment"),
        pytest.param(
            {"ends_at": NOON + TICK, "starts_at": NOON - HOUR}, "running", id="to the end"
        ),
        pytest.param({"ends_at": NOON, "starts_at": NOON - HOUR}, "over", id="at its end"),
        pytest.param({"quantity": 2, "sold_count": 1}, "running", id="with one left"),
        pytest.param({"quantity": 1, "held_count": 1}, "running", id="with all on hold"),
        pytest.param({"sold_count": 1, "is_active": False}, "sold_out", id="with none left"),
        pytest.param({"is_active": False}, "stopped", id="made inactive"),
        pytest.param(
            {"is_active": False, "starts_at": NOON - DAY}, "stopped", id="made inactive, and over"
        ),
    ],
)
def test_the_state_of_a_promotion_is_a_word_and_filters(admin_user, values, state):
    promo = FlashPromoFactory(**values)

    by_state = {
        asked: listed(FlashPromo, admin_user, f"state={asked}")
        for asked in ("coming", "running", "sold_out", "over", "stopped")
    }

    assert state_of(admin_user, promo) == state
    assert [asked for asked, found in by_state.items() if found] == [state]


def test_promotions_are_found_by_product_venue_segment_and_day(admin_user):
    evening = SegmentFactory(name="Evening")
    burger = FlashPromoFactory(product__name="Burger", product__venue__name="Bun & Co")
    crepe = FlashPromoFactory(
        product__name="Crêpe",
        product__venue__name="Kiosk",
        segments=[evening, SegmentFactory()],
        starts_at=NOON + DAY,
    )

    asked = {
        "q=bun": [burger],
        "q=burg": [burger],
        f"product__venue__id__exact={burger.product.venue_id}": [burger],
        f"segments__id__exact={evening.pk}": [crepe],
        "starts_at_from=2030-05-15&starts_at_to=2030-05-15": [crepe],
        "state=perhaps": [crepe, burger],
        f"product__id__exact={'9' * 30}": [],
    }
    found = {query: listed(FlashPromo, admin_user, query) for query in asked}

    assert found == asked


def test_promotions_are_exported_with_their_state_and_how_many_were_told(admin_client):
    promo = FlashPromoFactory(quantity=3)
    for _ in range(2):
        PromoNotice.objects.create(
            promo=promo, customer=customer_for(promo), day=NOON.date(), told_at=NOON
        )

    answer = admin_client.post(PROMOS, {"action": "export_to_csv", "_selected_action": promo.pk})

    [heading, row] = csv.reader(StringIO(answer.getvalue().decode().removeprefix("\ufeff")))
    told = dict(zip(heading, row, strict=True))
    assert {name: told[name] for name in ("product", "price", "state", "sold", "told")} == {
        "product": "Cheeseburger",
        "price": "4.90",
        "state": "running",
        "sold": "0",
        "told": "2",
    }


@pytest.mark.parametrize("typed", ["\x00", "9" * 30, "-1", "x", ","])
def test_a_form_is_there_whatever_its_address_proposes(admin_client, typed):
    names = ("product", "segments", "promo_price", "starts_at", "quantity", "is_active")

    answer = admin_client.get(PROMOS + "add/", dict.fromkeys(names, typed))

    assert answer.status_code == 200


# --- Products -------------------------------------------------------------------------------------


def test_a_price_does_not_fall_to_that_of_a_promotion(admin_client):
    product = FlashPromoFactory().product
    form = open_form(admin_client, PRODUCTS, product)

    # The form is read a second time to say so.
    with zeal_ignore():
        answer = admin_client.post(change(PRODUCTS, product), sent_by(form, regular_price="4.90"))
    admin_client.post(change(PRODUCTS, product), sent_by(form, regular_price="4.91"))

    assert errors_on(answer)["__all__"] == ["A promotion of this product sells it at 4.90."]
    assert Product.objects.get().regular_price == Decimal("4.91")


# --- Promotions -----------------------------------------------------------------------------------


def typed_for(product, **typed):
    return {
        "product": product.pk,
        "promo_price": "4.90",
        "quantity": "3",
        "starts_at_0": "2030-05-14",
        "starts_at_1": "18:00",
        "ends_at_0": "2030-05-14",
        "ends_at_1": "20:00",
        "segments": [SegmentFactory().pk],
        "max_distance_km": "2",
        "is_active": "on",
    } | typed


def test_a_promotion_is_made_in_the_gyms_time(admin_client, berlin):
    body = typed_for(ProductFactory())

    admin_client.post(PROMOS + "add/", body)

    promo = FlashPromo.objects.get()
    assert promo.starts_at == datetime(2030, 5, 14, 16, tzinfo=UTC)
    assert (promo.promo_price, promo.quantity) == (Decimal("4.90"), 3)
    assert list(promo.segments.values_list("pk", flat=True)) == body["segments"]
    assert LogEntry.objects.get().object_id == str(promo.pk)


@pytest.mark.parametrize(
    ("typed", "name", "why"),
    [
        pytest.param(
            {"promo_price": "9.90"}, "promo_price", "This must be less than 9.90.", id="no cheaper"
        ),
        pytest.param(
            {"ends_at_1": "18:00"}, "ends_at", "It must end after it starts.", id="no time"
        ),
        pytest.param({"segments": []}, "segments", "This field is required.", id="for nobody"),
        pytest.param(
            {"segments": ["9" * 30]},
            "segments",
            f"Select a valid choice. {'9' * 30} is not one of the available choices.",
            id="for a segment that cannot be",
        ),
        pytest.param(
            {"max_distance_km": "NaN"}, "max_distance_km", "Enter a number.", id="no distance"
        ),
        pytest.param(
            {"starts_at_1": "11:00", "ends_at_1": "13:00"},
            "__all__",
            "Another active promotion of this product runs at some of that time.",
            id="while another one runs",
        ),
    ],
)
def test_a_promotion_that_is_refused_says_why(admin_client, typed, name, why):
    there = FlashPromoFactory()

    answer = admin_client.post(PROMOS + "add/", typed_for(there.product, **typed))

    assert errors_on(answer) == {name: [why]}
    assert FlashPromo.objects.get() == there


def test_only_what_was_changed_is_written(admin_client):
    promo = FlashPromoFactory(starts_at=NOON + DAY + timedelta(milliseconds=250))
    segments = [*promo.segments.all(), SegmentFactory()]
    form = open_form(admin_client, PROMOS, promo)
    body = sent_by(form, quantity="7", segments=[one.pk for one in segments])
    FlashPromo.objects.update(promo_price=Decimal("3.00"))

    admin_client.post(change(PROMOS, promo), body)

    written = FlashPromo.objects.get()
    assert (written.quantity, written.promo_price) == (7, Decimal("3.00"))
    assert (written.starts_at, list(written.segments.order_by("pk"))) == (promo.starts_at, segments)


def test_segments_that_a_colleague_chose_meanwhile_stay(admin_client):
    promo = FlashPromoFactory()
    form = open_form(admin_client, PROMOS, promo)
    chosen = SegmentFactory()
    promo.segments.set([chosen])

    admin_client.post(change(PROMOS, promo), sent_by(form, quantity="7"))

    assert (FlashPromo.objects.get().quantity, list(promo.segments.all())) == (7, [chosen])


def test_a_quantity_below_what_is_taken_is_refused(admin_client):
    promo = PromoReservationFactory(promo=FlashPromoFactory(quantity=3)).promo
    PromoReservationFactory(promo=promo, status=ReservationStatus.COMPLETED)
    form = open_form(admin_client, PROMOS, promo)

    with zeal_ignore():
        answer = admin_client.post(change(PROMOS, promo), sent_by(form, quantity="1"))

    assert errors_on(answer)["__all__"] == ["1 are sold and 1 on hold: 1 are too few."]
    assert FlashPromo.objects.get().quantity == 3


def test_stopping_changes_nothing_else_whatever_was_typed(admin_client):
    promo = FlashPromoFactory()
    form = open_form(admin_client, PROMOS, promo)

    answer = admin_client.post(change(PROMOS, promo), sent_by(form, quantity="7") | STOP)

    written = FlashPromo.objects.get()
    assert (written.is_active, written.quantity) == (False, 1)
    assert said_in(answer)[0].startswith("Stopped.")
    assert LogEntry.objects.get().change_message == "Stopped."


def test_what_is_over_is_not_stopped_any_more(admin_client, at_noon):
    promo = FlashPromoFactory()
    form = open_form(admin_client, PROMOS, promo)
    at_noon.move_to(promo.ends_at)

    with zeal_ignore():
        answer = admin_client.post(change(PROMOS, promo), sent_by(form) | STOP)

    assert errors_on(answer)["__all__"] == ["It has ended already. Nothing was changed."]
    assert FlashPromo.objects.get().is_active
    assert STOP.keys().isdisjoint(answer.content.decode().split('"'))


def test_a_promotion_of_which_anybody_was_told_is_not_deleted(admin_client):
    promo = FlashPromoFactory()
    PromoNotice.objects.create(
        promo=promo, customer=customer_for(promo), day=NOON.date(), told_at=NOON
    )

    answer = admin_client.post(f"{PROMOS}{promo.pk}/delete/", {"post": "yes"})

    assert said_in(answer) == ["This cannot be deleted: promo notices refer to it."]
    assert FlashPromo.objects.count() == 1
