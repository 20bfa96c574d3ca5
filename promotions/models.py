from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from customers.models import Customer, Segment
from promotions.querysets import FlashPromoQuerySet, PromoReservationQuerySet
from promotions.states import (
    GIVES_IT_BACK,
    LONGEST_DISTANCE_KM,
    MOST_UNITS,
    TAKES_A_UNIT,
    ReservationStatus,
)
from venues.models import Venue

A_CENT = Decimal("0.01")


def validate_above_zero(value: float) -> None:
    if value <= 0:
        raise ValidationError("This must be more than 0.", "min_value")


class Product(models.Model):
    """Something that a venue sells, at its regular price."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=200)
    regular_price = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(A_CENT)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="product_regular_price_is_positive", condition=Q(regular_price__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FlashPromo(models.Model):
    """For a few hours a product costs less for some customers nearby."""

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="promos", db_index=False
    )
    promo_price = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(A_CENT)]
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    segments = models.ManyToManyField(Segment, related_name="flash_promos")
    max_distance_km = models.FloatField(
        default=2.0,
        validators=[validate_above_zero, MaxValueValidator(LONGEST_DISTANCE_KM)],
        help_text="How far from the venue a customer may be, in km.",
    )
    quantity = models.PositiveIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_UNITS)]
    )
    is_active = models.BooleanField(default=True)
    # Kept by `promotions.services.reservations` and proven by `check_promos`. Among the held are
    # those that have run out since somebody last asked for a unit.
    sold_count = models.PositiveIntegerField(default=0, editable=False)
    held_count = models.PositiveIntegerField(default=0, editable=False)
    notified_at = models.DateTimeField(
        null=True, editable=False, help_text="When the last of those whom it is for was told."
    )

    # Set by `reports.attach_segment_ids`.
    segment_ids: list[int]

    objects = FlashPromoQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "ends_at"], name="flash_promo_of_product"),
            models.Index(
                fields=["ends_at", "id"], name="flash_promo_by_end", condition=Q(is_active=True)
            ),
            models.Index(
                fields=["max_distance_km", "ends_at"],
                name="flash_promo_by_reach",
                # Without the many that reach 2 km: PostgreSQL would start from them, and not from
                # the places of their venues, while it has no statistics.
                condition=Q(is_active=True, max_distance_km__gt=2),
            ),
            models.Index(
                fields=["ends_at"],
                name="flash_promo_to_be_told",
                condition=Q(is_active=True, notified_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="flash_promo_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="flash_promo_price_is_positive", condition=Q(promo_price__gt=0)
            ),
            models.CheckConstraint(
                name="flash_promo_distance_is_on_earth",
                condition=Q(max_distance_km__gt=0, max_distance_km__lte=LONGEST_DISTANCE_KM),
            ),
            models.CheckConstraint(
                name="flash_promo_has_a_unit", condition=Q(quantity__range=(1, MOST_UNITS))
            ),
            models.CheckConstraint(
                name="flash_promo_is_never_oversold",
                condition=Q(quantity__gte=F("sold_count") + F("held_count")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} at {self.promo_price}"

    @property
    def remaining(self) -> int:
        """Give how many units are not sold, be they on hold or not."""
        return self.quantity - self.sold_count


class PromoReservation(models.Model):
    """One customer's unit of a promotion: on hold for a minute, then bought or given back."""

    promo = models.ForeignKey(FlashPromo, on_delete=models.PROTECT, related_name="reservations")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="promo_reservations"
    )
    status = models.CharField(
        max_length=10, choices=ReservationStatus, default=ReservationStatus.HELD
    )
    # What it is sold for, whatever the promotion costs later.
    price = models.DecimalField(max_digits=10, decimal_places=2)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    objects = PromoReservationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["promo", "expires_at"],
                name="promo_reservation_holds",
                condition=Q(status=ReservationStatus.HELD),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="promo_reservation_one_unit_per_promo_and_customer",
                fields=["promo", "customer"],
                condition=Q(status__in=TAKES_A_UNIT),
            ),
            models.CheckConstraint(
                name="promo_reservation_status_is_known",
                condition=Q(status__in=(*TAKES_A_UNIT, *GIVES_IT_BACK)),
            ),
            models.CheckConstraint(
                name="promo_reservation_price_is_positive", condition=Q(price__gt=0)
            ),
            models.CheckConstraint(
                name="promo_reservation_expires_after_it_is_made",
                condition=Q(expires_at__gt=F("created_at")),
            ),
            models.CheckConstraint(
                name="promo_reservation_completed_at_iff_completed",
                condition=Q(status=ReservationStatus.COMPLETED, completed_at__isnull=False)
                | (~Q(status=ReservationStatus.COMPLETED) & Q(completed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="promo_reservation_completed_in_time",
                condition=Q(completed_at__isnull=True) | Q(completed_at__lt=F("expires_at")),
            ),
            models.CheckConstraint(
                name="promo_reservation_released_at_iff_released",
                condition=Q(status=ReservationStatus.RELEASED, released_at__isnull=False)
                | (~Q(status=ReservationStatus.RELEASED) & Q(released_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        # Not what is stored, which may be so no more.
        return f"Reservation {self.pk}"

    def status_at(self, at: datetime) -> ReservationStatus:
        """Give the status; a hold has expired from the moment `expires_at` on."""
        if self.status == ReservationStatus.HELD and at >= self.expires_at:
            return ReservationStatus.EXPIRED
        return ReservationStatus(self.status)


class Announcement(models.Model):
    """
    How far the telling of a promotion has come. Who tells holds this row, and not the promotion's,
    for which buyers would have to wait.
    """

    promo = models.OneToOneField(
        FlashPromo, on_delete=models.CASCADE, related_name="announcement", primary_key=True
    )
    # Customers are told in the order of their ids; up to this one all have been.
    told_up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.promo_id}: up to customer {self.told_up_to}"


class PromoNotice(models.Model):
    """That a customer was told of a promotion, on a local day of the gym."""

    promo = models.ForeignKey(FlashPromo, on_delete=models.PROTECT, related_name="notices")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="promo_notices", db_index=False
    )
    day = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="promo_notice_one_per_customer_and_day", fields=["customer", "day"]
            ),
        ]

    def __str__(self) -> str:
        return f"Customer {self.customer_id} on {self.day}"
