from datetime import datetime, tzinfo

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from bookings.models import Booking
from core.intervals import IntervalUnit, is_possible, start_of_window
from customers.models import Customer
from milestones.notices import check_wording
from milestones.querysets import MilestoneAwardQuerySet, MilestoneQuerySet
from milestones.states import DEFAULT_BODY, DEFAULT_SUBJECT, MOST_SESSIONS, Counts
from notifications.models import Notification
from notifications.wording import LONGEST_BODY, LONGEST_SUBJECT


class Milestone(models.Model):
    """So many sessions within any stretch of time of this length, such as ten in a month."""

    name = models.CharField(max_length=100)
    session_count = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)]
    )
    interval_count = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    interval_unit = models.CharField(max_length=10, choices=IntervalUnit)
    counts = models.CharField(max_length=10, choices=Counts, default=Counts.BOOKED)
    is_active = models.BooleanField(default=True)
    email_subject = models.CharField(
        max_length=LONGEST_SUBJECT, default=DEFAULT_SUBJECT, validators=[check_wording]
    )
    email_body = models.TextField(
        default=DEFAULT_BODY, validators=[MaxLengthValidator(LONGEST_BODY), check_wording]
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="milestone_session_count_is_possible",
                condition=Q(session_count__range=(1, MOST_SESSIONS)),
            ),
            models.CheckConstraint(name="milestone_interval_is_possible", condition=is_possible()),
            models.CheckConstraint(
                name="milestone_knows_what_it_counts", condition=Q(counts__in=Counts.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def start_of_window(self, end: datetime, tz: tzinfo) -> datetime:
        return start_of_window(end, self.interval_count, self.interval_unit, tz)


class MilestoneAward(models.Model):
    """
    A customer reached a milestone, by this booking and in this window (start excluded).

    Numbered 1, 2, … per customer and milestone. It stays when bookings are cancelled later.
    """

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="awards")
    # The unique rules below begin with the customer and serve as its index.
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="milestone_awards", db_index=False
    )
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="milestone_awards")
    number = models.PositiveIntegerField()
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    awarded_at = models.DateTimeField()
    # None where staff awarded the past without telling anybody.
    notification = models.OneToOneField(
        Notification, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    # Set by `with_email_status`.
    email_status: str

    objects = MilestoneAwardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="milestone_award_number_is_given_once",
                fields=["customer", "milestone", "number"],
            ),
            models.UniqueConstraint(
                name="milestone_award_one_per_stretch",
                fields=["customer", "milestone", "window_end"],
            ),
            models.CheckConstraint(
                name="milestone_award_numbers_begin_with_one", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="milestone_award_window_has_a_length",
                condition=Q(window_start__lt=F("window_end")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} #{self.number}"
