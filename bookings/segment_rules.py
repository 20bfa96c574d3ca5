"""The segment rule about visits, which only this app can answer."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from bookings.models import Booking
from customers.models import Segment


def frequent_visitors(segment: Segment, at: datetime) -> "QuerySet[Any, Any]":
    """Give the customers who attended at least so often within the last days before `at`."""
    assert segment.rule_days is not None
    assert segment.rule_min_visits is not None
    visits = Booking.objects.attended().filter(
        class_session__starts_at__gt=at - timedelta(days=segment.rule_days),
        class_session__starts_at__lte=at,
    )
    return (
        visits.values("customer_id")
        .annotate(visits=Count("pk"))
        .filter(visits__gte=segment.rule_min_visits)
        .values("customer_id")
    )
