"""How the desk cancels a membership in these tests."""

from datetime import timedelta

import time_machine
from django.apps import apps

from bookings.models import Booking
from classes.tests.factories import TUESDAY_18

DAY = timedelta(days=1)
THE_DAY = TUESDAY_18.date()
NOON = TUESDAY_18 - timedelta(hours=6)


def cancel(api, membership, query="", at=NOON, **body):
    with time_machine.travel(at, tick=False):
        return api.post(f"/api/memberships/{membership.pk}/cancel{query}", body)


def lost_in(answer):
    assert answer.status_code == 200, answer.content
    return [booking["id"] for booking in answer.json()["bookings"]]


def status_of(booking):
    return Booking.objects.values_list("status", flat=True).get(pk=booking.pk)


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def every_row():
    return {model: list(model._base_manager.order_by("pk").values()) for model in apps.get_models()}
