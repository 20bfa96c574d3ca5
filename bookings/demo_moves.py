"""A demo session that the gym moved, with its bookings."""

from datetime import timedelta

from django.db.models import F, Q

from bookings.demo_stories import moment_between
from bookings.models import Booking
from bookings.notices import about_moved_session
from classes.demo import A_WHILE
from classes.models import ClassSession
from classes.rows import SessionRow
from core.demo import DemoPlan
from notifications.demo import Told, tell

# On the same day, so that it is in nobody's way.
BY = timedelta(minutes=-30)
LOOKED_AT = 20


def move_a_session(plan: DemoPlan) -> None:
    """
    Move one of this run's sessions in the coming week: the first that is booked and not full.

    Its class has a cutoff, so the move is what lets its customers cancel later.
    """
    soon = plan.at + timedelta(days=1)
    not_full = Q(capacity=None) | Q(booked_count__lt=F("capacity"))
    found = ClassSession.objects.scheduled().filter(
        not_full,
        pk__gte=plan.added[ClassSession][0],
        starts_at__gte=soon,
        starts_at__lt=soon + timedelta(days=7),
        booked_count__gt=0,
        class_type__late_cancel_cutoff_minutes__gt=0,
    )
    # Not where anybody waited, whose messages name the old time.
    found = found.filter(waitlist_entries__isnull=True).select_related("class_type")
    for session in found.order_by("starts_at", "pk")[:LOOKED_AT]:
        if _move(session, plan):
            return


def _move(session: ClassSession, plan: DemoPlan) -> bool:
    """Move it after the last that happened to its bookings; False where that is just now."""
    bookings = list(
        Booking.objects.filter(class_session=session).select_related("customer").order_by("pk")
    )
    was_to_start_at = session.starts_at
    random = plan.random("move", session.class_type.name, was_to_start_at.isoformat())
    latest = max(booking.updated_at for booking in bookings)
    moment = moment_between(latest, plan.at - A_WHILE, random)
    if moment is None:
        return False
    session.starts_at += BY
    session.save(update_fields=["starts_at"])
    live = [booking for booking in bookings if booking.cancelled_at is None]
    for booking in live:
        booking.cutoff_at += BY
        booking.free_until, booking.updated_at = session.starts_at, moment
    Booking.objects.bulk_update(live, ["cutoff_at", "free_until", "updated_at"], batch_size=500)
    messages = about_moved_session(
        SessionRow.of(session), live, [], was_to_start_at=was_to_start_at, at=moment
    )
    tell(plan, [Told(message, moment) for message in messages])
    return True
