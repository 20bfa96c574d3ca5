"""What is counted about bookings, by the API and by staff alike."""

from typing import Any

from django.db import transaction

from bookings.rules import RULES
from bookings.signals import booking_made, booking_refused
from core.errors import Refusal
from core.metrics import counter

MADE = counter("bookings_made", "Bookings made, those of the waiting list included.")
REFUSED = counter("bookings_refused", "Bookings refused.", ["code"])
for rule in RULES:
    # So that there is a 0 before the first.
    REFUSED.labels(rule.refusal.code)


def count_made(**kwargs: Any) -> None:
    # What is rolled back, perhaps to be tried again, was not made.
    transaction.on_commit(MADE.inc, robust=True)


def count_refused(refusal: Refusal, **kwargs: Any) -> None:
    REFUSED.labels(refusal.code).inc()


booking_made.connect(count_made)
booking_refused.connect(count_refused)
