from collections.abc import Collection
from datetime import datetime
from typing import Any

from bookings.models import Booking
from customers.models import Customer
from followups import services


def meet(*, customer: Customer, changes: Collection[str], at: datetime, **kwargs: Any) -> None:
    if "origin" in changes:
        services.refresh([customer.pk], at=at, cause=f"origin: {customer.origin}")


def forget(*, customer: Customer, **kwargs: Any) -> None:
    services.forget(customer.pk)


def count_booking(*, booking: Booking, at: datetime, **kwargs: Any) -> None:
    services.note_bookings([booking.customer_id], at=at, cause=f"booking {booking.pk} made")


def count_change(*, booking: Booking, before: str, at: datetime, **kwargs: Any) -> None:
    services.change_booking(booking=booking, before=before, at=at)


def count_rearrangement(
    *, customer_ids: Collection[int], cause: str, at: datetime, **kwargs: Any
) -> None:
    services.note_bookings(customer_ids, at=at, cause=cause)
