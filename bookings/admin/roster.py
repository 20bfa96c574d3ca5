"""Who comes to a session, as its page in the admin shows it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, When

from bookings.admin.deeds import DEEDS
from bookings.models import Booking
from bookings.states import LIVE
from classes.models import ClassSession

LONGEST_ROSTER = 500
ON_THE_ROSTER = ("check_in", "did_not_come")


class Roster(NamedTuple):
    rows: list[dict[str, Any]]
    # There are more bookings than are shown here.
    is_cut: bool


def roster_of(session: ClassSession, *, at: datetime) -> Roster:
    """Give those who hold a spot, then the cancelled, with the buttons that fit. One query."""
    bookings = (
        Booking.objects.filter(class_session=session)
        .select_related("customer")
        # By the status: a late-cancelled booking can use its day as a live one does.
        .order_by(Case(When(status__in=LIVE, then=0), default=1), "customer__last_name", "pk")
    )
    found = list(bookings[: LONGEST_ROSTER + 1])
    rows = [
        {
            "booking": booking,
            "buttons": [
                (name, DEEDS[name].label)
                for name in ON_THE_ROSTER
                if DEEDS[name].fits(booking, starts_at=session.starts_at, at=at)
            ],
        }
        for booking in found[:LONGEST_ROSTER]
    ]
    return Roster(rows, is_cut=len(found) > LONGEST_ROSTER)
