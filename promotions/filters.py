from core.api.filters import (
    IdFilter,
    SeveralFilter,
    StrictFilterSet,
    TrueOrFalseFilter,
    after,
    before,
)
from customers.models import Customer, Segment
from promotions.models import FlashPromo, Product
from promotions.querysets import PromoReservationQuerySet
from promotions.states import ReservationStatus
from venues.models import Venue


class ProductFilters(StrictFilterSet):
    venue = IdFilter(queryset=Venue.objects.all())


class FlashPromoFilters(StrictFilterSet):
    product = IdFilter(queryset=Product.objects.all())
    venue = IdFilter(queryset=Venue.objects.all(), field_name="product__venue")
    segment = IdFilter(queryset=Segment.objects.order_by("pk"), field_name="segments")
    is_active = TrueOrFalseFilter()
    starts_at_after = after("starts_at")
    starts_at_before = before("starts_at")
    ends_at_after = after("ends_at")
    ends_at_before = before("ends_at")


class PromoReservationFilters(StrictFilterSet):
    promo = IdFilter(queryset=FlashPromo.objects.all())
    customer = IdFilter(queryset=Customer.objects.all())
    status = SeveralFilter(choices=ReservationStatus.choices, method="having")
    created_at_after = after("created_at")
    created_at_before = before("created_at")

    def having(
        self, reservations: PromoReservationQuerySet, name: str, statuses: list[str]
    ) -> PromoReservationQuerySet:
        # The one moment of the request, so that a row's own `status` agrees with the filter.
        return reservations.having(statuses, self.request.parser_context["view"].at)
