"""Demo data around one moment, and all that was made of it."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from benefits.models import Benefit, BenefitUsage, UsageSummary, UsageTotal
from bookings.models import Booking, BookingWindow, WaitlistEntry
from classes.models import ClassSession, ClassType
from customers.models import Customer, Segment
from followups.models import (
    Agreement,
    AgreementChange,
    FollowUp,
    FollowUpChange,
    FollowUpTally,
    SessionUse,
)
from memberships.models import Membership, MembershipPlan
from milestones.models import Milestone, MilestoneAward
from notifications.models import Mail, Notification
from promotions.models import (
    Announcement,
    FlashPromo,
    Product,
    PromoNotice,
    PromoReservation,
)
from promotions.reports import PromoSegment
from venues.models import Venue
from workouts.models import Entry, Set, Workout

# A Thursday, in the middle of the day and of a second.
AT = datetime(2030, 5, 16, 12, 34, 56, 789, tzinfo=UTC)
HALF_A_YEAR_LATER = AT + timedelta(days=182)
OF_PROMOTIONS = (Product, FlashPromo, Announcement, PromoNotice, PromoReservation)
MODELS = (
    *(Segment, Customer, ClassType, ClassSession, MembershipPlan, Membership),
    *(Venue, Benefit, BenefitUsage),
    *(BookingWindow, Booking, WaitlistEntry, Milestone, MilestoneAward, Notification, Mail),
    *(SessionUse, AgreementChange, FollowUpChange, *OF_PROMOTIONS),
    *(Workout, Entry, Set),
)

# What is worked out of these rows, or changes with them.
KEPT = (UsageSummary, UsageTotal, Agreement, FollowUp, FollowUpTally)


def genfixtures(at=AT, **options):
    printed = StringIO()
    call_command("genfixtures", at=at, stdout=printed, **options)
    return printed.getvalue()


def start_over():
    """Empty all that demo data is written into, but for the window that every gym has."""
    BookingWindow.objects.exclude(segment=None, class_type=None).delete()
    others = [model for model in MODELS if model is not BookingWindow]
    through = (Customer.chosen_segments.through, MembershipPlan.class_types.through)
    empty(*others, *through, PromoSegment, *KEPT)


def empty(*models):
    with transaction.atomic(), connection.cursor() as cursor:
        # The ORM would first read what refers to each row.
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 (names of ours)


def every_row() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS} | {
        "members": list(Customer.chosen_segments.through.objects.order_by("pk").values())
    }


def what_follows() -> list[Any]:
    """Give the rows that bookings and time may change later on."""
    agreements, follow_ups = Agreement.objects.order_by("pk"), FollowUp.objects.order_by("pk")
    return [list(agreements.values()), list(follow_ups.values())]


def story() -> list[tuple[Any, ...]]:
    """Tell what was made without naming any id."""
    in_order = Booking.objects.order_by("customer__email", "class_session__starts_at", "created_at")
    memberships = Membership.objects.order_by("customer__email", "starts_on")
    in_line = WaitlistEntry.objects.order_by("customer__email", "created_at")
    mails = Mail.objects.order_by("notification__customer__email", "queued_at")
    uses = BenefitUsage.objects.order_by("person__email", "used_at")
    agreements = Agreement.objects.order_by("customer__email", "purchased_on", "pk")
    promos = FlashPromo.objects.order_by("starts_at", "product__name")
    reserved = PromoReservation.objects.order_by("customer__email", "created_at")
    sets = Set.objects.order_by(
        "entry__customer__email", "entry__workout__started_at", "entry__position", "position"
    )
    return [
        *sets.values_list(
            *("entry__workout__client_id", "entry__workout__started_at", "entry__exercise__name"),
            *("reps", "weight_grams", "duration_seconds", "distance_millimetres", "rpe_halves"),
        ),
        *promos.values_list(
            *("product__venue__name", "product__name", "promo_price", "starts_at", "ends_at"),
            *("quantity", "sold_count", "held_count", "is_active", "notified_at"),
        ),
        *reserved.values_list(
            *("promo__product__name", "customer__email", "status", "created_at", "completed_at")
        ),
        *agreements.values_list(
            *("customer__email", "purchased_on", "session_quantity", "sessions_remaining"),
            *("status", "alert", "past_due_balance", "customer__follow_up__status"),
        ),
        *uses.values_list("person__email", "benefit__venue__name", "benefit__title", "used_at"),
        *memberships.values_list(
            *("customer__email", "plan__name", "starts_on", "ends_on", "sold_at", "cancelled_on")
        ),
        *in_line.values_list(
            *("customer__email", "class_session__starts_at", "status", "created_at", "ended_at"),
            *("class_session__waitlist_count", "promoted_booking__created_at"),
        ),
        *mails.values_list(
            *("notification__customer__email", "notification__title", "queued_at", "sent_at"),
            *("notification__read_at", "status"),
        ),
        *in_order.values_list(
            "customer__email",
            "customer__first_name",
            "customer__created_at",
            "customer__chosen_segments__name",
            "class_session__starts_at",
            "class_session__class_type__name",
            "class_session__booked_count",
            "status",
            "created_at",
            "updated_at",
            "cancelled_at",
            "forgiven_at",
        ),
    ]
