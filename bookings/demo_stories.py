"""What becomes of the demo's bookings."""

from copy import copy
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings

from bookings.models import Booking
from bookings.rules import CHECK_IN_OPENS
from bookings.states import BookingStatus, CancelledBy
from classes.rows import SessionRow

FORGIVING = ("Petra", "The train stood still.")


def moment_between(after: datetime, before: datetime, random: Random) -> datetime | None:
    """Give a moment strictly between the two, whole seconds after the first; None for none."""
    seconds = int((before - after).total_seconds())
    return after + timedelta(seconds=random.randrange(1, seconds)) if seconds > 1 else None


class Story:
    """What becomes of the bookings of one session until `at`."""

    def __init__(
        self,
        session: SessionRow,
        day: date,
        at: datetime,
        random: Random,
        gym_cancels_at: datetime | None,
    ) -> None:
        self.session, self.day, self.at, self.random = session, day, at, random
        self.gym_cancels_at = gym_cancels_at
        self.open_until = gym_cancels_at or min(at, session.starts_at)

    def until(self, lost_at: datetime) -> "Story":
        """Give the story of somebody whose membership is cancelled at that moment."""
        own = copy(self)
        own.open_until = own.gym_cancels_at = lost_at
        return own

    def moment(self, after: datetime, before: datetime) -> datetime | None:
        return moment_between(after, before, self.random)

    def booking(self, customer_id: int, created_at: datetime) -> Booking:
        booking = Booking(
            customer_id=customer_id,
            class_session_id=self.session.id,
            occupied_day=self.day,
            cutoff_at=self.session.cutoff_at,
            created_at=created_at,
            updated_at=created_at,
        )
        fate = self.random.random()
        if fate < 0.1:
            self._cancel(booking, created_at, min(booking.cutoff_at, self.open_until))
        elif fate < 0.18:
            self._cancel(booking, max(created_at, booking.cutoff_at), self.open_until)
        if booking.status == BookingStatus.LATE_CANCELLED and self.random.random() < 0.2:
            self._forgive(booking)
        if booking.status == BookingStatus.BOOKED:
            self._end(booking)
        return booking

    def _cancel(self, booking: Booking, after: datetime, before: datetime) -> None:
        moment = self.moment(after, before)
        if moment is None:
            return
        is_late = moment > booking.cutoff_at
        booking.status = BookingStatus.LATE_CANCELLED if is_late else BookingStatus.CANCELLED
        booking.cancelled_at = booking.updated_at = moment
        booking.cancelled_by = CancelledBy.CUSTOMER
        if not is_late or settings.LATE_CANCEL_FREES_THE_DAY:
            booking.occupied_day = None

    def _forgive(self, booking: Booking) -> None:
        assert booking.cancelled_at is not None
        moment = self.moment(booking.cancelled_at, self.at)
        if moment is None:
            return
        booking.status, booking.occupied_day = BookingStatus.CANCELLED, None
        booking.forgiven_at = booking.updated_at = moment
        booking.forgiven_by, booking.forgiven_reason = FORGIVING

    def _end(self, booking: Booking) -> None:
        """Let the gym cancel it, or the customer come, or not, or nobody check it in."""
        if self.gym_cancels_at:
            booking.status, booking.occupied_day = BookingStatus.CANCELLED, None
            booking.cancelled_at = booking.updated_at = self.gym_cancels_at
            booking.cancelled_by = CancelledBy.GYM
            return
        starts_at = self.session.starts_at
        fate = self.random.random()
        if starts_at >= self.at or fate < 0.03:
            return
        came = fate < 0.9
        since = max(booking.created_at, starts_at - CHECK_IN_OPENS) if came else starts_at
        checked_in_at = self.moment(since, min(self.at, self.session.ends_at))
        if checked_in_at:
            booking.status = BookingStatus.ATTENDED if came else BookingStatus.NO_SHOW
            booking.updated_at = checked_in_at
            booking.checked_in_at = checked_in_at if came else None
