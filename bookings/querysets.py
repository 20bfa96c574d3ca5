from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

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

    def starting_within(self, begins: datetime, ends: datetime) -> Self:
        """Keep the bookings whose session starts within a half-open interval."""
        return self.filter(class_session__starts_at__gte=begins, class_session__starts_at__lt=ends)


class BookingWindowQuerySet(QuerySet["BookingWindow"]):
    def of_class_types(self, class_type_ids: "set[int]") -> Self:
        """Keep the windows that may decide about these class types, those for all included."""
        return self.filter(Q(class_type__isnull=True) | Q(class_type__in=class_type_ids))

    def the_default(self) -> Self:
        return self.filter(segment__isnull=True, class_type__isnull=True)
