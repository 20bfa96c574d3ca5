from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from promotions.states import ReservationStatus

if TYPE_CHECKING:
    from promotions.models import FlashPromo, PromoReservation

IS_HELD = Q(status=ReservationStatus.HELD)


class FlashPromoQuerySet(QuerySet["FlashPromo"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def running(self, at: datetime) -> Self:
        """Keep those of which something can be had at a moment, be it on hold for somebody."""
        return self.active().filter(starts_at__lte=at, ends_at__gt=at, sold_count__lt=F("quantity"))

    def still_to_end(self, at: datetime) -> Self:
        return self.active().filter(ends_at__gt=at)

    def to_be_told(self, at: datetime) -> Self:
        """Keep the running ones that customers have not, or not all, been told of."""
        return self.running(at).filter(notified_at__isnull=True)

    def not_all_on_hold_for_others(self, reservations: "QuerySet[PromoReservation]") -> Self:
        """
        Leave out those of which every remaining unit is on hold.

        :param reservations: the live holds of the others.
        """
        holding = (
            reservations.filter(promo=OuterRef("pk"))
            .order_by()
            .values("promo")
            .annotate(number=Count("pk"))
            .values("number")
        )
        # The counter knows also of holds that have run out; only where it says that nothing is
        # left they need to be counted.
        return self.filter(
            Q(sold_count__lt=F("quantity") - F("held_count"))
            | Q(sold_count__lt=F("quantity") - Coalesce(Subquery(holding), 0))
        )


class PromoReservationQuerySet(QuerySet["PromoReservation"]):
    def live(self, at: datetime) -> Self:
        """Keep the holds whose minute is not over."""
        return self.filter(IS_HELD, expires_at__gt=at)

    def lapsed(self, at: datetime) -> Self:
        """Keep the holds that have run out and are still stored as held."""
        return self.filter(IS_HELD, expires_at__lte=at)

    def having(self, statuses: Collection[str], at: datetime) -> Self:
        """Keep those that have one of the statuses at a moment."""
        stored = Q(status__in=[each for each in statuses if each != ReservationStatus.HELD])
        if ReservationStatus.HELD in statuses:
            stored |= IS_HELD & Q(expires_at__gt=at)
        if ReservationStatus.EXPIRED in statuses:
            stored |= IS_HELD & Q(expires_at__lte=at)
        return self.filter(stored)
