from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from benefits.states import Recurrence
from customers.models import Customer
from venues.models import Venue


class Benefit(models.Model):
    """What a venue offers the gym's customers, such as all burgers at half the price."""

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="benefits")
    title = models.CharField(max_length=200)
    recurrence = models.CharField(
        max_length=10,
        choices=Recurrence,
        help_text="How long after a use a customer can use it again.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="benefit_recurrence_is_known", condition=Q(recurrence__in=Recurrence.values)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BenefitUsage(models.Model):
    """
    One person's use of one benefit.

    Imported history is kept as it is, also where the recurrence would have refused it.
    """

    person = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="benefit_usages", db_index=False
    )
    benefit = models.ForeignKey(
        Benefit, on_delete=models.PROTECT, related_name="usages", db_index=False
    )
    used_at = models.DateTimeField()
    external_id = models.BigIntegerField(
        null=True,
        blank=True,
        unique=True,
        help_text="Its id in the file that was imported.",
    )

    class Meta:
        indexes = [
            # Is it available? Which stretches have no use? Which uses lie within these hours?
            models.Index(fields=["person", "benefit", "used_at"], name="benefit_usage_of_person"),
            models.Index(fields=["benefit", "used_at"], name="benefit_usage_in_order"),
            models.Index(fields=["used_at", "benefit"], name="benefit_usage_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.benefit}, {timezone.localtime(self.used_at):%a %d %b %Y, %H:%M}"


class UsageTotal(models.Model):
    """
    How often a benefit had been used before a moment. What `benefits.summary` keeps.

    Counted from an arbitrary beginning: only differences mean something. No row means zero.
    """

    pk = models.CompositePrimaryKey("until", "benefit")
    until = models.DateTimeField()
    # Not checked by the database: a slot that is closed while a benefit is deleted may leave
    # totals of a benefit that is no more, and nobody asks for those.
    benefit = models.ForeignKey(
        Benefit,
        on_delete=models.CASCADE,
        related_name="totals",
        db_index=False,
        db_constraint=False,
    )
    uses = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["benefit", "until"], name="usage_total_of_benefit")]

    def __str__(self) -> str:
        return f"Benefit {self.benefit_id}: {self.uses} until {self.until}"


class UsageSummary(models.Model):
    """From when until when the totals hold. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="usage_summary_is_one", condition=Q(id=1)),
            models.CheckConstraint(
                name="usage_summary_closes_after_it_opens",
                condition=Q(opened_at__isnull=True, closed_at__isnull=True)
                | Q(
                    opened_at__isnull=False, closed_at__isnull=False, closed_at__gte=F("opened_at")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"From {self.opened_at} until {self.closed_at}"
