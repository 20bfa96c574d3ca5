from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from promotions.models import FlashPromo
from promotions.states import ReservationStatus
from promotions.tests.factories import FlashPromoFactory, PromoReservationFactory

pytestmark = pytest.mark.django_db

HELD, COMPLETED = ReservationStatus.HELD, ReservationStatus.COMPLETED


def check_promos(**options):
    """Give the lines that the command printed and the sentence with which it failed, if it did."""
    printed = StringIO()
    try:
        call_command("check_promos", stdout=printed, **options)
    except CommandError as error:
        return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), None


def store(promo, **counters):
    FlashPromo.objects.filter(pk=promo.pk).update(**counters)


def counters(promo):
    return FlashPromo.objects.values_list("sold_count", "held_count").get(pk=promo.pk)


def promo_with(*statuses, quantity=5):
    promo = FlashPromoFactory(quantity=quantity)
    for status in statuses:
        PromoReservationFactory(promo=promo, status=status)
    return promo


def test_promotions_as_the_services_leave_them_do_not_differ():
    promo = promo_with(*ReservationStatus, COMPLETED)
    FlashPromoFactory()

    assert check_promos() == (["2 promotions checked: every counter is right."], None)
    assert counters(promo) == (2, 1)


@pytest.mark.parametrize("stored", [0, 2])
@pytest.mark.parametrize(
    ("counter", "name", "status"),
    [("sold_count", "sold", COMPLETED), ("held_count", "held", HELD)],
    ids=["sold", "held"],
)
def test_a_counter_that_differs_is_named_and_left_alone(counter, name, status, stored):
    promo_with(status)
    promo = promo_with(status, ReservationStatus.RELEASED, ReservationStatus.EXPIRED)
    store(promo, **{counter: stored})

    said = check_promos()

    assert said == (
        [f"Promotion {promo.pk}: {stored} {name} stored, 1 counted."],
        "Differences: 1. --repair puts them right.",
    )
    assert counters(promo)[counter == "held_count"] == stored


def test_counters_are_repaired():
    first = promo_with(HELD, COMPLETED, COMPLETED)
    second = promo_with(HELD)
    store(first, sold_count=1, held_count=4)
    store(second, held_count=0)

    lines, failure = check_promos(repair=True)

    assert failure is None
    assert lines[3:] == [
        f"Promotion {first.pk}: 2 sold and 1 held stored now.",
        f"Promotion {second.pk}: 0 sold and 1 held stored now.",
        "2 promotions checked: every counter is right.",
    ]
    assert (counters(first), counters(second)) == ((2, 1), (0, 1))


def test_more_units_than_there_are_is_nothing_that_a_repair_decides():
    oversold = promo_with(COMPLETED, HELD, quantity=2)
    other = promo_with(COMPLETED)
    store(oversold, sold_count=0, quantity=1)
    store(other, sold_count=0)

    lines, failure = check_promos(repair=True)

    assert lines[2:] == [
        f"Promotion {oversold.pk} cannot be repaired: 1 are sold and 1 held, its quantity is 1.",
        f"Promotion {other.pk}: 1 sold and 0 held stored now.",
    ]
    assert failure == "Not repaired: 1. See above what is in the way."
    assert (counters(oversold), counters(other)) == ((0, 1), (1, 0))
