"""A promotion's life on its page, and the lists of reservations and of who was told."""

import csv
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry

from promotions import services
from promotions.admin.life_charts import by_distance, km, sold_by_when
from promotions.models import FlashPromo, PromoNotice, PromoReservation
from promotions.services.announcing import announce_due
from promotions.tests.admin import (
    NOTICES,
    PROMOS,
    RESERVATIONS,
    change,
    found_in,
    read_aloud,
    said_in,
)
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    PromoReservationFactory,
    customer_for,
)

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def press(button):
    return {f"promotions_promoreservation_{button}": "1"}


def tell(promo, customer):
    PromoNotice.objects.create(promo=promo, customer=customer, day=NOON.date(), told_at=NOON)


@pytest.fixture
def promo():
    """Told to four; one buys, one gives back, one lets the minute pass, one does nothing."""
    made = FlashPromoFactory(quantity=3)
    buyer, giver, dreamer, _ = [
        customer_for(made, north_km=away, first_name=name)
        for name, away in (("Anna", 0.3), ("Ben", 0.5), ("Clara", 1.9), ("David", 2.0))
    ]
    announce_due(lambda: NOON, lambda: False)
    held = [
        services.reserve(promo_id=made.pk, customer_id=one.pk, at=NOON).reservation
        for one in (buyer, giver, dreamer)
    ]
    services.complete(reservation=held[0], at=NOON + 20 * SECOND)
    services.release(reservation=held[1], at=NOON + 30 * SECOND)
    return made


def test_a_promotions_page_tells_its_life(admin_client, promo, at_noon, berlin):
    at_noon.shift(MINUTE)

    answer = admin_client.get(change(PROMOS, promo))

    assert read_aloud(answer, "figures") == (
        "State Running until 14 May 2030, 16:00:00 "
        "For whom 4 are near and in a segment right now "
        "Told 4 The telling ended at 14 May 2030, 14:00:00 "
        "Reserved 3 0 on hold right now "
        "Sold 1 of 3 at 4.90 instead of 9.90"
    )
    assert "Completed 1 20 s 20 s 20 s" in read_aloud(answer, "reservations")
    assert "Released 1 30 s 30 s 30 s Expired 1 60 s 60 s 60 s" in read_aloud(
        answer, "reservations"
    )
    told = read_aloud(answer, "told")
    for row in ("0.30 km Completed", "0.50 km Released", "1.90 km Expired", "2.00 km –"):
        assert row in told
    life = answer.context["life"]
    assert [(bar.label, bar.value) for bar in life["sold_by_when"].bars] == [("14:01", 1)]
    assert [(chart.title, [bar.value for bar in chart.bars]) for chart in life["distances"]] == [
        ("Told: 4", [1, 1, 0, 0, 2]),
        ("Had it on hold: 3", [1, 1, 0, 0, 1]),
        ("Bought it: 1", [1, 0, 0, 0, 0]),
    ]


def test_a_promotions_page_costs_the_same_however_many_were_told_and_reserved(
    admin_client, queries_in
):
    promo = FlashPromoFactory(quantity=100)
    pages = []
    for number in (1, 30):
        for _ in range(number):
            tell(promo, PromoReservationFactory(promo=promo).customer)
        pages.append(queries_in(lambda: admin_client.get(change(PROMOS, promo))))

    assert pages[0] == pages[1]
    assert "The latest 25 of 31." in admin_client.get(change(PROMOS, promo)).content.decode()


def test_the_page_of_a_promotion_without_a_place_says_for_whom_it_is(admin_client):
    promo = FlashPromoFactory(product__venue__latitude=None, product__venue__longitude=None)

    answer = admin_client.get(change(PROMOS, promo))

    assert "Nobody knows where the venue is" in read_aloud(answer, "distances")
    assert read_aloud(answer, "told") == "Who was told Nobody yet."


# --- Charts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "sold_after", "shown"),
    [
        pytest.param(0, [], [], id="no time has passed"),
        pytest.param(2, [1, 2], [("14:01", 1), ("14:02", 2)], id="at the edge of a minute"),
        pytest.param(48, [3], [(f"14:{n:02}", n > 2) for n in range(2, 49, 2)], id="by two"),
        pytest.param(1, [2.5], [("14:01", 0), ("14:02", 0), ("14:03", 1)], id="after its end"),
    ],
)
def test_a_chart_tells_how_many_were_sold_by_when(length, sold_after, shown):
    chart = sold_by_when(
        [NOON + after * MINUTE for after in sold_after],
        since=NOON,
        until=NOON + length * MINUTE,
        tz=BERLIN,
    )

    assert [(bar.label, bar.value) for bar in chart.bars] == shown


def test_a_chart_of_years_has_no_more_columns_than_one_of_a_day():
    chart = sold_by_when([NOON], since=NOON, until=NOON + timedelta(days=3000), tz=BERLIN)

    assert 20 <= len(chart.bars) <= 25
    assert chart.bars[-1].label.startswith(("01:00", "02:00"))


def test_rings_count_the_edge_in_and_who_moved_or_is_lost_apart():
    [told, bought] = by_distance({"Told": [0, 0.4, 0.41, 2, 2.01, None], "Bought": []}, radius_km=2)

    assert [(bar.label, bar.value) for bar in told.bars] == [
        ("up to 0.4 km", 2),
        ("up to 0.8 km", 1),
        ("up to 1.2 km", 0),
        ("up to 1.6 km", 0),
        ("up to 2 km", 1),
        ("farther by now", 1),
        ("not known any more", 1),
    ]
    assert len(bought.bars) == 7


@pytest.mark.parametrize(
    ("distance", "written"), [(20_000, "20,000 km"), (0.00002, "0.00002 km"), (1 / 3, "0.333 km")]
)
def test_a_distance_is_never_written_as_a_power_of_ten(distance, written):
    assert km(distance) == written


# --- Reservations and notices ---------------------------------------------------------------------


def test_lists_cost_the_same_however_long_they_are(admin_client, queries_in):
    costs = []
    for number in (1, 4):
        for _ in range(number):
            reservation = PromoReservationFactory()
            tell(reservation.promo, reservation.customer)
        costs.append(
            [queries_in(lambda url=url: admin_client.get(url)) for url in (RESERVATIONS, NOTICES)]
        )

    assert costs[0] == costs[1]


def test_a_hold_reads_expired_in_the_list_its_filter_and_its_export(admin_client, at_noon):
    lapsed = PromoReservationFactory()
    at_noon.shift(MINUTE)
    held = PromoReservationFactory(created_at=NOON + SECOND)

    by_status = {
        status: found_in(admin_client.get(RESERVATIONS, {"status": status}))
        for status in ("held", "expired", "completed", "nonsense")
    }
    body = {"action": "export_to_csv", "_selected_action": lapsed.pk}
    exported = admin_client.post(RESERVATIONS, body).getvalue().decode().removeprefix("\ufeff")

    assert by_status["held"] == [held]
    assert by_status["expired"] == [lapsed]
    assert by_status["completed"] == []
    assert by_status["nonsense"] == [held, lapsed]
    assert [row["status"] for row in csv.DictReader(StringIO(exported))] == ["expired"]


@pytest.mark.parametrize(("button", "status"), [("complete", "completed"), ("release", "released")])
def test_staff_end_a_hold_for_somebody(admin_client, at_noon, button, status):
    held = PromoReservationFactory()
    at_noon.shift(59 * SECOND)
    page = change(RESERVATIONS, held)

    first = admin_client.post(page, press(button))
    at_noon.shift(SECOND / 2)
    second = admin_client.post(page, press(button))

    assert PromoReservation.objects.get().status == status
    assert said_in(first)[0].endswith(f": {status.capitalize()}.")
    assert "Nothing to change." in said_in(second)
    assert LogEntry.objects.count() == 1


def test_staff_end_no_hold_whose_minute_is_over(admin_client, at_noon):
    held = PromoReservationFactory()
    at_noon.shift(MINUTE)

    answer = admin_client.post(change(RESERVATIONS, held), press("complete"))

    assert "The minute to decide was over." in answer.content.decode()
    assert PromoReservation.objects.get().completed_at is None
    assert FlashPromo.objects.get().sold_count == 0
    assert "Complete the purchase" not in answer.content.decode()


def test_a_customers_page_leads_to_what_they_were_told_and_reserved(admin_client):
    reservation = PromoReservationFactory()
    tell(reservation.promo, reservation.customer)
    page = f"/admin/customers/customer/{reservation.customer_id}/change/"

    elsewhere = dict(admin_client.get(page).context["elsewhere"])

    assert found_in(admin_client.get(elsewhere["Promo reservations"])) == [reservation]
    assert len(found_in(admin_client.get(elsewhere["Promo notices"]))) == 1
