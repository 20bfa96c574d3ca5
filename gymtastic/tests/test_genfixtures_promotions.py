from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.timezone import get_default_timezone, localdate

import promotions.demo
from core.demo import DemoPlan
from gymtastic.tests.demo import AT, OF_PROMOTIONS, empty
from notifications.models import Mail, Notification
from promotions.models import Announcement, FlashPromo, Product, PromoNotice, PromoReservation
from promotions.reports import PromoSegment, eligible_promos
from promotions.services import complete, release, reserve
from promotions.services.announcing import announce_due
from promotions.states import ReservationStatus

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OF_A_PROMO = ("sold_count", "held_count", "is_active", "notified_at", "announcement__told_up_to")
OF_A_RESERVATION = (
    *("promo", "customer", "status", "created_at", "expires_at", "completed_at", "released_at"),
)


def add(at=AT, reached=1):
    plan = DemoPlan(at=at, tz=get_default_timezone(), seed=1, scale=1, reached=reached)
    promotions.demo.generate(plan, lambda steps, label: steps)


def announce(at):
    announce_due(lambda: at, lambda: False)


def what_was_said():
    told = Notification.objects.filter(kind="flash_promo").order_by("key")
    columns = ("customer", "key", "title", "body", "data", "created_at", "mail__queued_at")
    return list(told.values_list(*columns))


def what_was_sold():
    promos = FlashPromo.objects.order_by("pk").values_list("pk", *OF_A_PROMO)
    reservations = PromoReservation.objects.order_by("created_at").values_list(*OF_A_RESERVATION)
    notices = PromoNotice.objects.order_by("promo", "customer")
    told = notices.values_list("promo", "customer", "day", "told_at")
    return [list(rows) for rows in (promos, reservations, told)]


def test_promotions_sold_out_ended_were_stopped_run_and_are_to_come(made):
    sold_out, ended, stopped, never_told, running, coming = FlashPromo.objects.order_by("pk")
    assert Product.objects.count() == 6
    assert (sold_out.remaining, sold_out.is_active) == (0, False)
    assert (ended.remaining > 0, ended.is_active) == (True, True)
    assert (stopped.sold_count > 0, stopped.is_active) == (True, False)
    assert (never_told.is_active, never_told.notified_at) == (False, None)
    for promo in (sold_out, ended, stopped, never_told):
        assert promo.ends_at < AT - timedelta(days=1)
    assert set(PromoReservation.objects.values_list("status", flat=True)) == set(ReservationStatus)
    assert AT - timedelta(minutes=1) < running.starts_at < AT < running.ends_at
    assert localdate(coming.starts_at) == AT.date() + timedelta(days=1)
    assert (running.notified_at, coming.notified_at) == (None, None)


def test_who_was_told_and_who_bought_is_what_the_services_would_have_written(made):
    call_command("check_promos", stdout=StringIO())
    sold, said = what_was_sold(), what_was_said()
    reservations = list(PromoReservation.objects.order_by("created_at"))
    told = dict(FlashPromo.objects.exclude(notified_at=None).values_list("notified_at", "pk"))
    stopped = FlashPromo.objects.exclude(notified_at=None).get(is_active=False, sold_count=1)
    forget_what_happened(told.values())

    for at in sorted(told):
        announce(at)
        for one in reservations:
            if one.promo_id == told[at]:
                do_again(one)
    FlashPromo.objects.filter(pk=stopped.pk).update(is_active=False)

    assert what_was_sold() == sold
    assert what_was_said() == said
    assert len(said) > 15


def forget_what_happened(promo_ids):
    empty(Mail, PromoReservation, PromoNotice, Announcement)
    Notification.objects.filter(kind="flash_promo").delete()
    FlashPromo.objects.filter(pk__in=promo_ids).update(
        sold_count=0, held_count=0, is_active=True, notified_at=None
    )


def do_again(one):
    again, is_made = reserve(promo_id=one.promo_id, customer_id=one.customer_id, at=one.created_at)
    assert is_made
    if one.completed_at:
        complete(reservation=again, at=one.completed_at)
    elif one.released_at:
        release(reservation=again, at=one.released_at)


def test_a_worker_tells_of_the_running_promotion_whom_it_is_for(made):
    running = FlashPromo.objects.get(starts_at__lte=AT, ends_at__gt=AT)

    announce(AT)

    told = PromoNotice.objects.filter(promo=running, told_at=AT)
    assert 5 < told.count() < 20
    for notice in told:
        assert [one.promo_id for one in eligible_promos(customer_id=notice.customer_id, at=AT)] == [
            running.pk
        ]


def test_a_run_after_the_running_promotion_begins_another_and_keeps_what_there_is(made):
    before = list(FlashPromo.objects.order_by("pk").values())
    later = AT + timedelta(hours=7)

    add(at=later)
    add(at=later)

    after = list(FlashPromo.objects.order_by("pk").values())
    assert after[: len(before)] == before
    [new] = after[len(before) :]
    assert new["starts_at"] <= later < new["ends_at"]
    assert new["product_id"] != before[-1]["product_id"]


def test_demo_data_from_before_there_were_promotions_gets_them(made):
    before = how_many()
    Mail.objects.filter(notification__kind="flash_promo").delete()
    Notification.objects.filter(kind="flash_promo").delete()
    empty(*OF_PROMOTIONS, PromoSegment)

    add()

    assert how_many() == before
    assert min(before) > 0


def how_many():
    return [model.objects.count() for model in (*OF_PROMOTIONS, PromoSegment, Mail, Notification)]
