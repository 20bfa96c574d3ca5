"""Telling customers goes on where it stopped, and costs the same however many are told."""

from datetime import timedelta
from itertools import count

import pytest

from core import work
from customers.models import Customer
from promotions.models import Announcement, FlashPromo, PromoNotice
from promotions.services.announcing import announce_due
from promotions.tests.factories import (
    NOON,
    FlashPromoFactory,
    customer_for,
)
from promotions.tests.telling import announce, ids, notified_at, told

pytestmark = pytest.mark.django_db

TICK = timedelta.resolution
HOUR = timedelta(hours=1)


def after_a_batch():
    """Give what tells a job to stop as soon as it has told some."""
    before = PromoNotice.objects.count()
    return lambda: PromoNotice.objects.count() > before


# --- Stopped and resumed ------------------------------------------------------------------------


def test_telling_goes_on_behind_where_it_stopped(two_at_once):
    promo = FlashPromoFactory()
    customers = ids([customer_for(promo) for _ in range(5)])
    came_to = []

    for _ in range(3):
        came_to.append((told(promo), notified_at(promo)))
        announce(is_stopping=after_a_batch())

    assert came_to == [([], None), (customers[:2], None), (customers[:4], None)]
    assert (told(promo), notified_at(promo)) == (customers, NOON)
    assert Announcement.objects.get().told_up_to == customers[-1]


def test_who_was_passed_is_not_gone_back_to(two_at_once):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(4)]
    customers[0].chosen_segments.clear()
    announce(is_stopping=after_a_batch())
    customers[0].chosen_segments.set(promo.segments.all())

    announce()

    assert told(promo) == ids(customers[1:])


def test_as_many_as_are_told_at_once_are_all_told(two_at_once):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(4)]

    announce()

    assert (told(promo), notified_at(promo)) == (ids(customers), NOON)


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"ends_at": NOON + TICK}, {"sold_count": 1}],
    ids=["it is stopped", "it has ended", "it is sold out"],
)
def test_the_others_are_not_told_of_what_cannot_be_had_any_more(two_at_once, change):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(5)]

    def end():
        if promo.notices.exists():
            FlashPromo.objects.filter(pk=promo.pk).update(**change)
        return False

    times = count()
    assert announce_due(lambda: NOON + next(times) * TICK, end)

    assert (told(promo), notified_at(promo)) == (ids(customers[:2]), None)


def test_who_was_deleted_meanwhile_keeps_none_of_the_others_from_being_told(two_at_once):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(5)]

    def delete():
        if promo.notices.exists():
            Customer.objects.filter(pk__in=[customers[2].pk, customers[4].pk]).delete()
        return False

    announce(is_stopping=delete)

    assert (told(promo), notified_at(promo)) == (ids(customers[:2] + customers[3:4]), NOON)


def test_who_is_told_to_stop_begins_no_promotion():
    promo = FlashPromoFactory()
    customer_for(promo)

    announce(is_stopping=lambda: True)

    assert (told(promo), notified_at(promo)) == ([], None)
    assert not Announcement.objects.exists()


def test_a_turn_that_finding_the_customers_uses_up_tells_some_of_them(two_at_once):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(4)]
    asked = count()

    announce(is_stopping=lambda: next(asked) > 0)

    assert told(promo) == ids(customers[:2])


def test_in_turns_everybody_is_told_and_the_other_jobs_have_theirs_between(
    two_at_once, monkeypatch
):
    promo = FlashPromoFactory()
    customers = [customer_for(promo) for _ in range(5)]
    turns, seconds = [], count(step=work.LONGEST_TURN / 2)
    monkeypatch.setattr(work.time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(
        work,
        "JOBS",
        {
            "flash promotions": announce_due,
            "mail": lambda clock, is_stopping: turns.append(len(told(promo))) or True,
        },
    )

    done = work.do_what_is_due(lambda: NOON, lambda: len(turns) > 9)

    assert done == {"flash promotions": True, "mail": True}
    assert turns == [2, 4, 5]
    assert told(promo) == ids(customers)


# --- Cost ---------------------------------------------------------------------------------------


def test_telling_five_at_once_costs_what_telling_one_does(queries_in, django_assert_num_queries):
    small, large = FlashPromoFactory(), FlashPromoFactory(starts_at=NOON + HOUR)
    customer_for(small)
    for_one = queries_in(announce)
    customers = [customer_for(large) for _ in range(5)]

    with django_assert_num_queries(for_one):
        announce(at=NOON + HOUR)

    assert told(large) == ids(customers)
