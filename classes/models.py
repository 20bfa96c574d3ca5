from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from classes.querysets import ClassSessionQuerySet
from classes.states import SessionStatus

LONGEST_DURATION = 7 * 24 * 60
LONGEST_CUTOFF = 31 * 24 * 60
LARGEST_CAPACITY = 100_000

DURATION_LIMITS = [MinValueValidator(1), MaxValueValidator(LONGEST_DURATION)]
CAPACITY_LIMITS = [MinValueValidator(0), MaxValueValidator(LARGEST_CAPACITY)]


class ClassType(models.Model):
    """A kind of class, such as yoga. What it says is copied into each session made from it."""

    name = models.CharField(max_length=100)
    description = models.TextField(max_length=2000, blank=True)
    duration_minutes = models.PositiveIntegerField(default=60, validators=DURATION_LIMITS)
    capacity = models.PositiveIntegerField(
        null=True, blank=True, validators=CAPACITY_LIMITS, help_text="Empty means unlimited."
    )
    late_cancel_cutoff_minutes = models.PositiveIntegerField(
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(LONGEST_CUTOFF)],
        help_text="How long before the start a cancellation begins to be late.",
    )
    is_premium = models.BooleanField(
        default=False, help_text="Only for holders of a membership that grants it."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="class_type_duration_is_possible",
                condition=Q(duration_minutes__range=(1, LONGEST_DURATION)),
            ),
            models.CheckConstraint(
                name="class_type_capacity_is_possible",
                condition=Q(capacity__isnull=True) | Q(capacity__range=(0, LARGEST_CAPACITY)),
            ),
            models.CheckConstraint(
                name="class_type_cutoff_is_possible",
                condition=Q(late_cancel_cutoff_minutes__range=(0, LONGEST_CUTOFF)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClassSession(models.Model):
    """
    One class at one time, such as yoga on Tuesday at 18:00.

    `booked_count` is the number of its live bookings, kept by whoever writes those and proven
    by a command against the rows. The check below is why nothing is overbooked.
    """

    class_type = models.ForeignKey(ClassType, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField()
    duration_minutes = models.PositiveIntegerField(validators=DURATION_LIMITS)
    capacity = models.PositiveIntegerField(
        null=True, blank=True, validators=CAPACITY_LIMITS, help_text="Empty means unlimited."
    )
    booked_count = models.PositiveIntegerField(default=0, editable=False)
    # How many wait for a spot: like `booked_count` kept by `bookings.services`.
    waitlist_count = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(
        max_length=20, choices=SessionStatus, default=SessionStatus.SCHEDULED, editable=False
    )
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancellation_reason = models.TextField(max_length=1000, blank=True, editable=False)

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="class_session_status_is_known", condition=Q(status__in=SessionStatus.values)
            ),
            models.CheckConstraint(
                name="class_session_duration_is_possible",
                condition=Q(duration_minutes__range=(1, LONGEST_DURATION)),
            ),
            models.CheckConstraint(
                name="class_session_capacity_is_possible",
                condition=Q(capacity__isnull=True) | Q(capacity__range=(0, LARGEST_CAPACITY)),
            ),
            models.CheckConstraint(
                name="class_session_is_never_overbooked",
                condition=Q(capacity__isnull=True) | Q(booked_count__lte=F("capacity")),
            ),
        ]
        indexes = [models.Index(fields=["starts_at", "id"], name="class_session_schedule")]

    def __str__(self) -> str:
        return f"{self.class_type}, {timezone.localtime(self.starts_at):%a %d %b %Y, %H:%M}"

    @property
    def spots_left(self) -> int | None:
        """Give the number of free spots, None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.booked_count
