from datetime import date, timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format

from classes.models import ClassType
from core.intervals import IntervalUnit, is_possible, told
from customers.models import Customer
from memberships.querysets import MembershipQuerySet

NO_INTERVAL = Q(interval_count__isnull=True, interval_unit__isnull=True)
AN_INTERVAL = Q(interval_count__isnull=False, interval_unit__isnull=False) & is_possible()


class MembershipPlan(models.Model):
    """What the desk sells: for how long, and which premium classes it opens."""

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(max_length=2000, blank=True)
    class_types = models.ManyToManyField(
        ClassType,
        related_name="membership_plans",
        help_text="The premium classes that its members may book.",
    )
    interval_count = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How long a membership lasts. Empty, with an empty unit: until it is cancelled.",
    )
    # Null as in the API, so that count and unit are empty in the same way.
    interval_unit = models.CharField(  # noqa: DJ001
        max_length=10, null=True, blank=True, choices=IntervalUnit
    )
    is_active = models.BooleanField(default=True, help_text="Only an active plan is sold.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_plan_interval_is_possible", condition=NO_INTERVAL | AN_INTERVAL
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def interval(self) -> str:
        if self.interval_count is None or self.interval_unit is None:
            return "until cancelled"
        return told(self.interval_count, self.interval_unit)


class Membership(models.Model):
    """
    One customer's membership of a plan, as it was sold.

    Its days include `starts_on` and `ends_on`; it grants nothing from `cancelled_on` on.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    plan = models.ForeignKey(MembershipPlan, on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # The plan's when it was sold: a later change of the plan changes nothing here.
    interval_count = models.PositiveIntegerField(null=True, blank=True)
    interval_unit = models.CharField(  # noqa: DJ001
        max_length=10, null=True, blank=True, choices=IntervalUnit
    )
    sold_at = models.DateTimeField()
    cancelled_on = models.DateField(null=True, blank=True)
    cancellation_reason = models.TextField(max_length=1000, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_interval_is_possible", condition=NO_INTERVAL | AN_INTERVAL
            ),
            models.CheckConstraint(
                name="membership_ends_iff_it_has_an_interval",
                condition=Q(interval_count__isnull=True, ends_on__isnull=True)
                | Q(interval_count__isnull=False, ends_on__isnull=False)
                & Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="membership_is_cancelled_within_its_days",
                condition=Q(cancelled_on__isnull=True, cancellation_reason="")
                | Q(cancelled_on__isnull=False, cancelled_on__gte=F("starts_on"))
                & (Q(ends_on__isnull=True) | Q(cancelled_on__lte=F("ends_on"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} from {date_format(self.starts_on)}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it grants anything; before its first where it never did."""
        if self.cancelled_on is not None:
            return self.cancelled_on - timedelta(days=1)
        return self.ends_on

    def grants_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.last_day is None or day <= self.last_day)
