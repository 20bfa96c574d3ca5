from datetime import datetime
from typing import Any

from bookings.models import Booking
from milestones import services
from milestones.states import Counts


def count_booking(*, booking: Booking, at: datetime, **kwargs: Any) -> None:
    services.award_milestones(booking=booking, counts=Counts.BOOKED, at=at)


def count_visit(*, booking: Booking, at: datetime, **kwargs: Any) -> None:
    services.award_milestones(booking=booking, counts=Counts.ATTENDED, at=at)
