from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from bookings.querysets import BookingQuerySet, BookingWindowQuerySet, WaitlistEntryQuerySet
from bookings.rules import free_cancel_until
from bookings.states import LIVE, NOT_LIVE, BookingStatus, CancelledBy, WaitlistStatus, WindowUnit
from classes.models import ClassSession, ClassType
from customers.models import Customer, Segment

LONGEST_WINDOW = 10_000


class Booking(models.Model):
    """
    One customer's place in one class session.

    Never deleted: a cancelled booking stays, because late cancellations are reported on,
    and the customer may book the same session again.
    """

    customer = models.ForeignKey(
        # The unique rule below begins with the customer and serves as its index.
        Customer,
        on_delete=models.PROTECT,
        related_name="bookings",
        db_index=False,
    )
    class_session = models.ForeignKey(
        ClassSession, on_delete=models.PROTECT, related_name="bookings"
    )
    status = models.CharField(max_length=20, choices=BookingStatus, default=BookingStatus.BOOKED)
    # The session's day in the gym's zone for as long as the booking uses it up, else empty.
    occupied_day = models.DateField(null=True, blank=True)
    # The last moment of a free cancellation, as it was agreed when the booking was made. It
    # moves with the session.
    cutoff_at = models.DateTimeField()
    # Until then cancelling is free as well: after the gym moved the session, or gave a spot to
    # somebody who waited for it.
    free_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Empty for what was checked in before this was kept.
    checked_in_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.CharField(max_length=20, choices=CancelledBy, blank=True)
    forgiven_at = models.DateTimeField(null=True, blank=True)
    forgiven_by = models.CharField(max_length=150, blank=True)
    forgiven_reason = models.TextField(max_length=1000, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="booking_one_per_customer_and_day", fields=["customer", "occupied_day"]
            ),
            models.UniqueConstraint(
                name="booking_one_live_per_customer_and_session",
                fields=["class_session", "customer"],
                condition=Q(status__in=LIVE),
            ),
            models.CheckConstraint(
                name="booking_status_is_known", condition=Q(status__in=BookingStatus.values)
            ),
            models.CheckConstraint(
                name="booking_uses_its_day_while_live",
                condition=Q(status__in=LIVE, occupied_day__isnull=False)
                | Q(status=BookingStatus.CANCELLED, occupied_day__isnull=True)
                | Q(status=BookingStatus.LATE_CANCELLED),
            ),
            models.CheckConstraint(
                name="booking_says_when_and_by_whom_it_was_cancelled",
                condition=Q(
                    status__in=NOT_LIVE,
                    cancelled_at__isnull=False,
                    cancelled_by__in=CancelledBy.values,
                )
                | Q(status__in=LIVE, cancelled_at__isnull=True, cancelled_by=""),
            ),
            models.CheckConstraint(
                name="booking_is_checked_in_only_if_attended",
                condition=Q(checked_in_at__isnull=True) | Q(status=BookingStatus.ATTENDED),
            ),
            models.CheckConstraint(
                name="booking_says_when_and_by_whom_it_was_forgiven",
                condition=Q(status=BookingStatus.CANCELLED, forgiven_at__isnull=False)
                & ~Q(forgiven_by="")
                | Q(forgiven_at__isnull=True, forgiven_by="", forgiven_reason=""),
            ),
        ]
        indexes = [
            # Counted by week on the admin's home page: of 5,000,000 bookings in 80 ms, not 600.
            models.Index(
                name="booking_late_cancels",
                fields=["class_session"],
                condition=Q(status=BookingStatus.LATE_CANCELLED),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_status_display()}"

    @property
    def free_cancel_until(self) -> datetime:
        return free_cancel_until(cutoff_at=self.cutoff_at, free_until=self.free_until)


class WaitlistEntry(models.Model):
    """
    One customer's place in the line for a full session. Being in it uses no day.

    The line is in the order of the ids: whoever joins holds the session's row.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    class_session = models.ForeignKey(
        ClassSession, on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    status = models.CharField(max_length=10, choices=WaitlistStatus, default=WaitlistStatus.WAITING)
    created_at = models.DateTimeField()
    # When the waiting was over, in whichever way.
    ended_at = models.DateTimeField(null=True, blank=True)
    promoted_booking = models.OneToOneField(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="waitlist_entry"
    )

    # Set by `with_position`.
    position: int | None

    objects = WaitlistEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "waitlist entries"
        constraints = [
            models.UniqueConstraint(
                name="waitlist_entry_nobody_waits_twice",
                fields=["class_session", "customer"],
                condition=Q(status=WaitlistStatus.WAITING),
            ),
            models.CheckConstraint(
                name="waitlist_entry_status_is_known",
                condition=Q(status__in=WaitlistStatus.values),
            ),
            models.CheckConstraint(
                name="waitlist_entry_says_when_it_ended",
                condition=Q(status=WaitlistStatus.WAITING, ended_at__isnull=True)
                | (~Q(status=WaitlistStatus.WAITING) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="waitlist_entry_has_a_booking_iff_promoted",
                condition=Q(status=WaitlistStatus.PROMOTED, promoted_booking__isnull=False)
                | (~Q(status=WaitlistStatus.PROMOTED) & Q(promoted_booking__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="waitlist_entry_line",
                fields=["class_session", "id"],
                condition=Q(status=WaitlistStatus.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_status_display()}"


class CalendarToken(models.Model):
    """The secret in the address of a customer's calendar feed. Only its hash is stored."""

    # A secret is no history: it goes with its customer.
    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="calendar_token"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar of customer {self.customer_id}"


class BookingWindow(models.Model):
    """
    How long before its start a session can be booked, by whom, and of which class type.

    No segment means everyone, no class type every class; the row with neither is the gym's
    default and always there.
    """

    segment = models.ForeignKey(
        Segment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="booking_windows",
        help_text="Empty means everyone.",
    )
    class_type = models.ForeignKey(
        ClassType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="booking_windows",
        help_text="Empty means every class.",
    )
    opens_before = models.PositiveIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(LONGEST_WINDOW)]
    )
    unit = models.CharField(max_length=10, choices=WindowUnit)

    objects = BookingWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two empty values are two values to a plain unique rule, hence the zeros.
            models.UniqueConstraint(
                Coalesce(F("segment"), Value(0)),
                Coalesce(F("class_type"), Value(0)),
                name="booking_window_one_per_segment_and_class_type",
                violation_error_message="There is a window for this segment and class type.",
            ),
            models.CheckConstraint(
                name="booking_window_unit_is_known", condition=Q(unit__in=WindowUnit.values)
            ),
            models.CheckConstraint(
                name="booking_window_length_is_possible",
                condition=Q(opens_before__range=(0, LONGEST_WINDOW)),
            ),
        ]

    def __str__(self) -> str:
        who = self.segment.name if self.segment else "everyone"
        what = self.class_type.name if self.class_type else "every class"
        return f"{what} for {who}: {self.opens_before} {self.unit} before"

    @property
    def is_default(self) -> bool:
        return self.segment_id is None and self.class_type_id is None
