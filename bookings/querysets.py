from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, When

from bookings.states import LIVE, BookingStatus, CancelledBy, WaitlistStatus

if TYPE_CHECKING:
    from bookings.models import Booking, BookingWindow, WaitlistEntry


class BookingQuerySet(QuerySet["Booking"]):
    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def attended(self) -> Self:
        return self.filter(status=BookingStatus.ATTENDED)

    def using_a_day(self) -> Self:
        return self.filter(occupied_day__isnull=False)

    def cancel_by_gym(self, *, at: datetime) -> None:
        """Cancel bookings that are `booked`, never late; their spots are the caller's to free."""
        self.update(
            status=BookingStatus.CANCELLED,
            occupied_day=None,
            cancelled_at=at,
            cancelled_by=CancelledBy.GYM,
            updated_at=at,
        )


class WaitlistEntryQuerySet(QuerySet["WaitlistEntry"]):
    def waiting(self) -> Self:
        return self.filter(status=WaitlistStatus.WAITING)

    def in_line(self) -> Self:
        """Order by who waits longest."""
        return self.order_by("class_session", "pk")

    def with_position(self) -> Self:
        """Add `position`: 1 for the first in line, null for whoever waits no more."""
        ahead = (
            self.model.objects.waiting()
            .filter(class_session=OuterRef("class_session"), pk__lte=OuterRef("pk"))
            .order_by()
            .values("class_session")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return self.annotate(
            position=Case(
                When(status=WaitlistStatus.WAITING, then=Subquery(ahead)),
                output_field=IntegerField(null=True),
            )
        )


class BookingWindowQuerySet(QuerySet["BookingWindow"]):
    def the_default(self) -> Self:
        return self.filter(segment__isnull=True, class_type__isnull=True)
