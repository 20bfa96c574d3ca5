from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from bookings.states import LIVE, BookingStatus

if TYPE_CHECKING:
    from bookings.models import Booking, BookingWindow


class BookingQuerySet(QuerySet["Booking"]):
    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def attended(self) -> Self:
        return self.filter(status=BookingStatus.ATTENDED)

    def using_a_day(self) -> Self:
        return self.filter(occupied_day__isnull=False)


class BookingWindowQuerySet(QuerySet["BookingWindow"]):
    def the_default(self) -> Self:
        return self.filter(segment__isnull=True, class_type__isnull=True)
