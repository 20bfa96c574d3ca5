"""Moving a session takes its bookings along, or does nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from bookings.errors import (
    RescheduleConflicts,
    SessionCancelled,
    SessionInPast,
    SessionStarted,
)
from bookings.facts import facts_for_line
from bookings.models import Booking
from bookings.rules import has_the_day_free, is_entitled
from bookings.services.concerned import Concerned, waiting_for
from bookings.services.racing import LostARace
from classes.models import ClassSession
from classes.rows import SessionRow
from classes.states import SessionStatus
from core.constraints import broken_rule
from core.instants import local_day
from memberships.entitlements import memberships_opening
from memberships.models import Membership


def whom_it_moves(*, session: ClassSession, starts_at: datetime, at: datetime) -> Concerned:
    """
    Give whom moving the session would touch: nobody where it starts then already.

    :raises Refusal: as `edit_session`.
    """
    if starts_at == session.starts_at:
        return Concerned(session, [], [])
    concerned = concerned_by_moving(session)
    refuse_to_move(concerned, starts_at, at)
    return concerned


def concerned_by_moving(session: ClassSession) -> Concerned:
    bookings = Booking.objects.live().filter(class_session=session)
    return Concerned(
        session,
        list(bookings.select_related("customer").order_by("pk")),
        waiting_for(session),
    )


def refuse_to_move(concerned: Concerned, to: datetime, at: datetime) -> None:
    """
    Ask whether everybody who is booked could come at another time.

    :raises Refusal: as `bookings.services.edit_session`.
    """
    session, bookings, waiting = concerned
    if session.status == SessionStatus.CANCELLED:
        raise SessionCancelled
    if (bookings or waiting) and at >= to:
        raise SessionInPast(starts_at=to)
    if bookings and at >= session.starts_at:
        raise SessionStarted(starts_at=session.starts_at)
    conflicts = list(_conflicts_at(to, concerned, at))
    if conflicts:
        customers = sorted({customer for customer, _ in conflicts})
        told = [{"customer": customer, "code": code} for customer, code in conflicts]
        raise RescheduleConflicts(customers=customers, conflicts=told)


def move_bookings(concerned: Concerned, *, by: timedelta, to: datetime, at: datetime) -> None:
    """
    Move a session's bookings to another time, which lets their customers cancel until the start.

    :raises LostARace: when somebody booked that day, or lost a membership, just now.
    """
    day = local_day(to, timezone.get_default_timezone())
    live = Booking.objects.live().filter(class_session=concerned.session)
    try:
        live.update(occupied_day=day, cutoff_at=F("cutoff_at") + by, free_until=to, updated_at=at)
    except IntegrityError as error:
        if broken_rule(error) == "booking_one_per_customer_and_day":
            # One of them booked that day meanwhile. Read again, it is a conflict.
            raise LostARace from error
        raise
    # After the days, as `write_booking` does: whoever books elsewhere meanwhile holds the day
    # and asks for the membership next.
    _hold_memberships(to, concerned)


def _conflicts_at(to: datetime, concerned: Concerned, at: datetime) -> Iterator[tuple[int, str]]:
    """Give each customer who is booked and could not come then, and the code of the reason."""
    row = SessionRow.of(concerned.session)._replace(starts_at=to)
    customer_ids = [booking.customer_id for booking in concerned.bookings]
    for customer_id, facts in facts_for_line(row, customer_ids, at=at).items():
        for refusal in (is_entitled(facts), has_the_day_free(facts)):
            if refusal is not None:
                yield customer_id, refusal.code


def _hold_memberships(to: datetime, concerned: Concerned) -> None:
    """
    Keep the memberships that open a premium session at its new time from being cancelled.

    :raises LostARace: when one was cancelled just now.
    """
    class_type = concerned.session.class_type
    customers = {booking.customer_id for booking in concerned.bookings}
    if not class_type.is_premium:
        return
    day = local_day(to, timezone.get_default_timezone())
    ids = memberships_opening(class_type.pk, day, customers).values()
    granting = Membership.objects.granting_on(day).filter(pk__in=list(ids)).order_by("pk")
    if len(granting.select_for_update(no_key=True).values_list("pk")) < len(customers):
        raise LostARace
