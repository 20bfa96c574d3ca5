from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format

from bookings.models import Booking
from customers.models import Customer
from followups.querysets import AgreementQuerySet, FollowUpQuerySet
from followups.states import AgreementStatus, Alert, FollowUpStatus

MOST_SESSIONS = 10_000


class Agreement(models.Model):
    """
    What a customer bought: so many sessions, or as many as they like.

    `sessions_remaining` is what bookings have left of it, or what staff say it is.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="agreements")
    purchased_on = models.DateField()
    session_quantity = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)],
        help_text="Empty means unlimited.",
    )
    sessions_remaining = models.PositiveIntegerField(null=True, blank=True)
    status = models.CharField(
        max_length=20, choices=AgreementStatus, default=AgreementStatus.ACTIVE
    )
    alert = models.CharField(
        max_length=20,
        choices=Alert,
        default=Alert.NONE,
        help_text="Why it is inactive; none for every other.",
    )
    past_due_balance = models.DecimalField(
        max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    is_trial = models.BooleanField(default=False, help_text="A trial makes nobody a customer.")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agreement_status_is_known", condition=Q(status__in=AgreementStatus.values)
            ),
            models.CheckConstraint(
                name="agreement_has_an_alert_iff_inactive",
                condition=Q(
                    status=AgreementStatus.INACTIVE, alert__in=(Alert.CANCELED, Alert.EXPIRED)
                )
                | (~Q(status=AgreementStatus.INACTIVE) & Q(alert=Alert.NONE)),
            ),
            models.CheckConstraint(
                name="agreement_sessions_are_possible",
                condition=Q(session_quantity__isnull=True, sessions_remaining__isnull=True)
                | Q(session_quantity__isnull=False, sessions_remaining__isnull=False)
                & Q(session_quantity__range=(1, MOST_SESSIONS))
                & Q(sessions_remaining__gte=0, sessions_remaining__lte=F("session_quantity")),
            ),
            models.CheckConstraint(
                name="agreement_balance_is_not_negative", condition=Q(past_due_balance__gte=0)
            ),
        ]

    def __str__(self) -> str:
        what = "trial" if self.is_trial else "agreement"
        return f"{what.capitalize()} #{self.pk} of {date_format(self.purchased_on)}"


class AgreementChange(models.Model):
    """What was changed in an agreement, when and why: by staff, by a program or by a booking."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField()
    cause = models.CharField(max_length=200)
    # By field: the value before and the one after, as the API writes them.
    values = models.JSONField()

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.cause}"


class SessionUse(models.Model):
    """One session of an agreement that a booking used up, until a correction gives it back."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="uses")
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="session_uses", db_index=False
    )
    used_at = models.DateTimeField()
    # An unlimited agreement has no number to take it from, and gets none back.
    is_counted = models.BooleanField(default=True)
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="session_use_one_per_booking",
                fields=["booking"],
                condition=Q(given_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Booking {self.booking_id} of agreement {self.agreement_id}"


class FollowUp(models.Model):
    """
    The follow-up status that the rules gave a customer, kept so that lists need not work it out.

    Written by `followups.services.keeping` alone.
    """

    # Derived, so it goes with its customer.
    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="follow_up"
    )
    status = models.CharField(max_length=30, choices=FollowUpStatus)
    since = models.DateTimeField(db_index=True)
    agreement = models.ForeignKey(
        Agreement, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=200)
    # When time alone may change the status next.
    due_at = models.DateTimeField(null=True)
    # Of a prospect with a trial every booking matters, of nobody else any.
    watches_bookings = models.BooleanField(default=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "follow-up"
        constraints = [
            models.CheckConstraint(
                name="follow_up_status_is_known", condition=Q(status__in=FollowUpStatus.values)
            ),
        ]
        indexes = [
            models.Index(fields=["status", "customer"], name="follow_up_by_status"),
            models.Index(
                fields=["due_at"], name="follow_up_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.get_status_display()

    def is_due(self, *, at: datetime) -> bool:
        """Say whether time may have changed the status by then."""
        return self.due_at is not None and self.due_at <= at


class FollowUpChange(models.Model):
    """One change of a customer's follow-up status, and what caused it."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="follow_up_changes", db_index=False
    )
    from_status = models.CharField(max_length=30, choices=FollowUpStatus)
    to_status = models.CharField(max_length=30, choices=FollowUpStatus)
    changed_at = models.DateTimeField()
    cause = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="follow_up_change_is_one", condition=~Q(from_status=F("to_status"))
            ),
        ]
        indexes = [models.Index(fields=["customer", "id"], name="follow_up_history")]

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"


class FollowUpTally(models.Model):
    """
    How many people came into a status (or, below zero, left it). The sum is how many have it.

    Each change adds rows, so that two changes never wait for one counter; the worker adds them up.
    """

    status = models.CharField(max_length=30, choices=FollowUpStatus)
    people = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.status}: {self.people:+}"
