"""All three reports at once, as they are and as the reference says they should be."""

from datetime import datetime
from typing import Any

from benefits import reports
from benefits.models import Benefit, BenefitUsage
from benefits.tests import reference
from customers.models import Customer
from venues.models import Venue


def reported(at: datetime) -> dict[Any, Any]:
    """Give what the reports say of every venue and every customer."""
    found: dict[Any, Any] = {"top": reports.top_benefits(at=at)}
    for venue_id in _ids(Venue):
        found["inactive", venue_id] = reports.inactive_stretches(venue_id=venue_id, at=at)
        for person_id in _ids(Customer):
            benefits = reports.available_benefits(person_id=person_id, venue_id=venue_id, at=at)
            found["available", venue_id, person_id] = [one.pk for one in benefits]
    return found


def expected(at: datetime) -> dict[Any, Any]:
    """Give the same by looking at each use."""
    offers = [
        reference.Offer(*row)
        for row in Benefit.objects.order_by("pk").values_list("pk", "venue_id", "recurrence")
    ]
    rows = BenefitUsage.objects.values_list("person_id", "benefit_id", "used_at")
    uses = [reference.Use(*row) for row in rows]
    found: dict[Any, Any] = {"top": reference.top(_ids(Venue), offers, uses, at)}
    for venue_id in _ids(Venue):
        found["inactive", venue_id] = reference.inactive(venue_id, offers, uses, at)
        for person_id in _ids(Customer):
            benefits = reference.available(person_id, venue_id, offers, uses, at)
            found["available", venue_id, person_id] = benefits
    return found


def _ids(model: Any) -> list[int]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))
