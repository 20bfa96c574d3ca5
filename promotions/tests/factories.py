from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import degrees
from typing import Any

import factory
from django.db.models import F

from core.globe import EARTH_RADIUS_KM
from customers.models import Customer
from customers.tests.factories import CustomerFactory, SegmentFactory
from promotions.models import FlashPromo, Product, PromoReservation
from promotions.states import HOLD, TAKES_A_UNIT, ReservationStatus
from venues.tests.factories import VenueFactory

# A Tuesday. The tests' other moments are told from here.
NOON = datetime(2030, 5, 14, 12, tzinfo=UTC)
# On the equator and away from the date line: a km to the north is the same part of a degree
# everywhere, and rounding takes nothing from it here.
LATITUDE, LONGITUDE = 0.0, 13.4


class ProductFactory(factory.django.DjangoModelFactory[Product]):
    class Meta:
        model = Product

    venue = factory.SubFactory(VenueFactory, latitude=LATITUDE, longitude=LONGITUDE)
    name = "Cheeseburger"
    regular_price = Decimal("9.90")


class FlashPromoFactory(factory.django.DjangoModelFactory[FlashPromo]):
    """One unit from noon till two, within 2 km, for one segment or those of `segments`."""

    class Meta:
        model = FlashPromo
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    promo_price = Decimal("4.90")
    starts_at = NOON
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(hours=2))

    @factory.post_generation
    def segments(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        self.segments.set([SegmentFactory()] if extracted is None else extracted)


def customer_for(promo: FlashPromo, *, north_km: float = 0.0, **values: Any) -> Customer:
    """Make a customer in the promotion's segments, some way to the north of its venue."""
    venue: Any = promo.product.venue
    place = {
        "latitude": venue.latitude + degrees(north_km / EARTH_RADIUS_KM),
        "longitude": venue.longitude,
    }
    customer: Any = CustomerFactory(**place | values)
    customer.chosen_segments.set(promo.segments.all())
    return customer


class PromoReservationFactory(factory.django.DjangoModelFactory[PromoReservation]):
    """A reservation as the services would have left it, the promotion's counters included."""

    class Meta:
        model = PromoReservation
        skip_postgeneration_save = True

    promo = factory.SubFactory(FlashPromoFactory)
    customer = factory.LazyAttribute(lambda made: customer_for(made.promo))
    status = ReservationStatus.HELD
    price = factory.SelfAttribute("promo.promo_price")
    created_at = factory.SelfAttribute("promo.starts_at")
    expires_at = factory.LazyAttribute(lambda made: made.created_at + HOLD)
    completed_at = factory.LazyAttribute(
        lambda made: made.created_at if made.status == ReservationStatus.COMPLETED else None
    )
    released_at = factory.LazyAttribute(
        lambda made: made.created_at if made.status == ReservationStatus.RELEASED else None
    )

    @factory.post_generation
    def counted(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.status in TAKES_A_UNIT:
            counter = "held_count" if self.status == ReservationStatus.HELD else "sold_count"
            FlashPromo.objects.filter(pk=self.promo_id).update(**{counter: F(counter) + 1})
