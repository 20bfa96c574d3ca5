"""Promotions that are running, whom they are for, and what is so whatever happened to them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection
from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient
from zeal import zeal_ignore

from core.errors import Refusal
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from notifications.models import Mail, Notification
from promotions.checks import differences
from promotions.models import FlashPromo, PromoNotice
from promotions.services.announcing import announce_due
from promotions.tests.factories import LATITUDE, LONGITUDE, FlashPromoFactory


def running_promo(**values):
    return FlashPromoFactory(starts_at=timezone.now() - timedelta(minutes=5), **values)


def customers_in(*segments, number):
    """Make customers at the door of the venue, put into the segments by hand."""
    made = CustomerFactory.build_batch(number, latitude=LATITUDE, longitude=LONGITUDE)
    Customer.objects.bulk_create(made)
    for segment in segments:
        segment.chosen_customers.add(*made)
    return made


def customers_for(promo, number):
    return customers_in(*promo.segments.all(), number=number)


def reserve(promo, customer):
    return "post", "/api/promo_reservations", {"promo": promo.pk, "customer": customer.pk}


def complete(reservation_id, customer):
    return "post", f"/api/promo_reservations/{reservation_id}/complete", {"customer": customer.pk}


def release(reservation_id, customer):
    return "post", f"/api/promo_reservations/{reservation_id}/release", {"customer": customer.pk}


def edit(promo, **changes):
    return "patch", f"/api/flash_promos/{promo.pk}", changes


def ask(method, address, body):
    # Who loses a race asks again what they asked before, which is no N+1.
    with zeal_ignore():
        client = APIClient(raise_request_exception=False)
        return getattr(client, method)(address, body, format="json")


def announce(at):
    """Tell of everything that is due, as a worker does."""
    assert announce_due(lambda: at, lambda: False)


def side_by_side(*calls):
    """Make each call in a thread of its own, all at the same instant; a refusal is an answer."""
    start = Barrier(len(calls))

    def make(call):
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def told(**of):
    """Give who was told of what, and check that each notice has its message and its mail."""
    notices = PromoNotice.objects.filter(**of).order_by("promo", "customer")
    pairs = list(notices.values_list("promo", "customer"))
    written = Notification.objects.filter(kind="flash_promo")
    mails = Mail.objects.filter(notification__kind="flash_promo")
    keys = sorted(
        f"flash_promo:{promo}:{customer}"
        for promo, customer in PromoNotice.objects.values_list("promo", "customer")
    )
    assert sorted(written.values_list("key", flat=True)) == keys
    assert sorted(mails.values_list("notification__key", flat=True)) == keys
    return pairs


def wrong_counters():
    return [str(one) for of_a_promo in differences() for one in of_a_promo]


def everything_is_right():
    """The counters are what the rows say, no more is given than there is, nothing dangles."""
    assert wrong_counters() == []
    taken = F("sold_count") + F("held_count")
    assert not FlashPromo.objects.filter(quantity__lt=taken).exists()
    assert not FlashPromo.objects.filter(segments=None).exists()
    told()
    connection.check_constraints()


def deadlocks():
    """Count those that PostgreSQL has broken; SQLite has one writer and none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
