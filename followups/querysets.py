"""
The rules of `followups.rules` as expressions of the database, for whole tables at once.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from bookings.models import Booking
from bookings.states import BookingStatus
from customers.querysets import CustomerQuerySet
from followups.rules import AGREEMENT_RULES, PROSPECT_RULES, Rule, rank
from followups.states import AgreementStatus

if TYPE_CHECKING:
    from followups.models import Agreement, FollowUp


def condition(rule: Rule) -> Q:
    return Q(**rule.when)


class AgreementQuerySet(QuerySet["Agreement"]):
    def with_follow_up_status(self) -> Self:
        """Add `gives`, the status it gives, and `rank`: of several the lowest decides."""
        return self.annotate(
            gives=Case(
                *(When(condition(rule), then=Value(rule.status)) for rule in AGREEMENT_RULES),
                output_field=CharField(),
            ),
            rank=Case(
                *(When(condition(rule), then=Value(rank(rule.status))) for rule in AGREEMENT_RULES),
                output_field=IntegerField(),
            ),
        )

    def deciding_first(self) -> Self:
        return self.with_follow_up_status().order_by("rank", "-purchased_on", "-pk")

    def with_a_session(self) -> Self:
        """Give the active ones that have a session left, or as many as one likes, oldest first."""
        has_one = Q(sessions_remaining__isnull=True) | Q(sessions_remaining__gt=0)
        active = self.filter(has_one, status=AgreementStatus.ACTIVE)
        return active.order_by("purchased_on", "pk")


class FollowUpQuerySet(QuerySet["FollowUp"]):
    def due(self, *, at: datetime) -> Self:
        """Give those whose status time may have changed by now."""
        return self.filter(due_at__lte=at)


def with_expected_status(
    customers: CustomerQuerySet, agreements: AgreementQuerySet, *, at: datetime
) -> CustomerQuerySet:
    """Add `expected_status` and `expected_agreement`, as the rules give them at that moment."""
    its = agreements.filter(customer=OuterRef("pk"))
    deciding: Any = its.filter(is_trial=False).deciding_first()
    visits = Booking.objects.filter(customer=OuterRef("pk")).exclude(status=BookingStatus.CANCELLED)
    to_come = visits.filter(status=BookingStatus.BOOKED, class_session__starts_at__gt=at)
    starts_at = F("class_session__starts_at")
    past = visits.annotate(past_from=Least(Coalesce("checked_in_at", starts_at), starts_at))
    past = past.filter(past_from__lte=at).order_by("-past_from", "-pk")
    was_attended = Case(
        When(status=BookingStatus.ATTENDED, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    of_prospect = Case(
        *(When(condition(rule), then=Value(rule.status)) for rule in reversed(PROSPECT_RULES[1:])),
        default=Value(PROSPECT_RULES[0].status),
        output_field=CharField(),
    )
    return customers.alias(
        has_trial=Exists(its),
        has_session_to_come=Exists(to_come),
        last_was_attended=Subquery(past.values(was_attended=was_attended)[:1]),
    ).annotate(
        expected_agreement=Subquery(deciding.values("pk")[:1]),
        expected_status=Coalesce(Subquery(deciding.values_list("gives")[:1]), of_prospect),
    )
