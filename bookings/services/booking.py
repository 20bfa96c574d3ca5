from datetime import datetime

from django.db import IntegrityError

from bookings.errors import AlreadyBooked
from bookings.facts import facts_for
from bookings.models import Booking, WaitlistEntry
from bookings.rules import BookingFacts, first_refusal
from bookings.services.racing import LostARace, until_settled
from bookings.signals import booking_made, booking_refused
from bookings.states import WaitlistStatus
from classes.models import ClassSession
from core.constraints import broken_rule
from core.errors import Refusal
from core.transactions import in_transaction
from memberships.models import Membership


def book_session(*, customer_id: int, session_id: int, at: datetime) -> Booking:
    """
    Give the customer a spot in the session.

    :raises Invalid: when the customer or the session does not exist.
    :raises Refusal: the first rule of `bookings.rules` that says no.
    :raises Busy: when the session changed under every one of several tries.
    """
    # The rules read without a lock, and the database decides. Who loses a race reads again
    # and is told what beat them; a lock taken before would make everybody wait for it.
    try:
        return until_settled(lambda: _book(customer_id, session_id, at))
    except Refusal as refusal:
        booking_refused.send(sender=Booking, refusal=refusal)
        raise


def _book(customer_id: int, session_id: int, at: datetime) -> Booking:
    facts = facts_for(customer_id=customer_id, session_id=session_id, at=at)
    refusal = first_refusal(facts)
    if refusal is not None:
        raise refusal
    try:
        return _write(customer_id, facts)
    except IntegrityError as error:
        _explain(error, customer_id, session_id)
        raise LostARace from error


@in_transaction
def _write(customer_id: int, facts: BookingFacts) -> Booking:
    booking = write_booking(customer_id, facts)
    if facts.session.waitlist_count:
        # Whoever waited and took a free spot waits no more.
        waiting = WaitlistEntry.objects.waiting()
        own = waiting.filter(customer=customer_id, class_session=facts.session.id)
        if own.update(status=WaitlistStatus.LEFT, ended_at=facts.at):
            ClassSession.objects.count_waiting(facts.session.id, -1)
    return booking


def write_booking(
    customer_id: int, facts: BookingFacts, *, free_until: datetime | None = None
) -> Booking:
    """
    Write what the rules allowed, in the caller's transaction.

    :raises LostARace: when the session or a membership changed since the facts were read.
    :raises IntegrityError: when the customer booked that day or this session meanwhile.
    """
    session = facts.session
    booking = Booking.objects.create(
        customer_id=customer_id,
        class_session=session.as_session(),
        occupied_day=facts.day,
        cutoff_at=session.cutoff_at,
        free_until=free_until,
        created_at=facts.at,
        updated_at=facts.at,
    )
    # The counter comes late: its row is the one that others wait for.
    if not ClassSession.objects.take_a_spot(
        session.id, starting_at=session.starts_at, waiting=session.waitlist_count
    ):
        raise LostARace
    if session.is_premium and not _is_still_entitled(facts):
        raise LostARace
    booking_made.send(sender=Booking, booking=booking, at=facts.at)
    return booking


def _is_still_entitled(facts: BookingFacts) -> bool:
    """
    Hold on to the membership that opens the class until the booking is committed.

    Cancelling a membership holds on to it as well. So either this booking sees that it is
    cancelled, or the cancelling sees this booking.
    """
    assert facts.membership is not None
    granting = Membership.objects.granting_on(facts.day).filter(pk=facts.membership)
    return bool(granting.select_for_update(no_key=True).values_list("pk"))


def _explain(error: IntegrityError, customer_id: int, session_id: int) -> None:
    """Return where reading again will explain the refusal; raise it where it would not."""
    rule = broken_rule(error)
    if rule == "booking_one_per_customer_and_day":
        return
    if rule == "booking_one_live_per_customer_and_session":
        # Only where the session's day in the booking is not the day it has now.
        live = Booking.objects.live().filter(customer=customer_id, class_session=session_id)
        found = live.values_list("pk", flat=True).first()
        if found is not None:
            raise AlreadyBooked(booking=found) from error
        return
    raise error
