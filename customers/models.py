from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.positions import Positioned
from customers.querysets import CustomerQuerySet, comparable_email
from customers.states import RULES_WITH_DAYS, RULES_WITH_VISITS, Origin, SegmentRuleName

LONGEST_RULE_DAYS = 36_500


class EmailAddressField(models.EmailField):
    """
    An e-mail address as it was typed.

    Only a domain with letters beyond ASCII is stored in lower case: databases disagree on
    such letters, and two spellings of one address would be two customers.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = comparable_email(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class Segment(models.Model):
    """A group of customers: chosen by hand, or kept by a rule (`customers.segment_rules`)."""

    name = models.CharField(max_length=100, unique=True)
    description = models.TextField(max_length=2000, blank=True)
    rule = models.CharField(max_length=20, choices=SegmentRuleName, default=SegmentRuleName.MANUAL)
    rule_days = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RULE_DAYS)],
        help_text="How many times 24 hours back the rule looks.",
    )
    rule_min_visits = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )

    # Set by `segment_rules.attach_customer_counts`.
    customer_count: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="segment_rule_is_known", condition=Q(rule__in=SegmentRuleName.values)
            ),
            models.CheckConstraint(
                name="segment_rule_days_iff_needed",
                # A comparison with nothing is neither true nor false, and would pass a check.
                condition=Q(rule__in=RULES_WITH_DAYS, rule_days__isnull=False, rule_days__gte=1)
                | (~Q(rule__in=RULES_WITH_DAYS) & Q(rule_days__isnull=True)),
            ),
            models.CheckConstraint(
                name="segment_rule_min_visits_iff_needed",
                condition=Q(
                    rule__in=RULES_WITH_VISITS,
                    rule_min_visits__isnull=False,
                    rule_min_visits__gte=1,
                )
                | (~Q(rule__in=RULES_WITH_VISITS) & Q(rule_min_visits__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(Positioned):
    """Somebody whom the gym knows: a member, a guest, or a prospect who left an address."""

    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = EmailAddressField(max_length=254)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.OTHER)
    # Only the segments chosen by hand; `segment_rules` answers for all of them.
    chosen_segments = models.ManyToManyField(
        Segment, blank=True, related_name="chosen_customers", db_table="customers_in_segment"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    # Set by `segment_rules.attach_segments`.
    segments: list[Segment]

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="customer_email_is_unique_in_any_case",
                violation_error_message="There is a customer with this e-mail already.",
            ),
            models.CheckConstraint(
                name="customer_origin_is_known", condition=Q(origin__in=Origin.values)
            ),
            *Positioned.Meta.constraints,
        ]
        indexes = [*Positioned.Meta.indexes]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
