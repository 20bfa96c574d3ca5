from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count, islice

from django.db import IntegrityError, transaction

from bookings.errors import AlreadyWaiting, InvalidTransition, SessionFull, SessionNotFull
from bookings.facts import facts_for, facts_for_line
from bookings.models import Booking, WaitlistEntry
from bookings.notices import about_promotions
from bookings.rules import FREE_AFTER_PROMOTION, BookingFacts, first_refusal, may_promote
from bookings.services.booking import write_booking
from bookings.services.racing import LostARace
from bookings.states import WaitlistStatus
from classes.models import ClassSession
from classes.rows import SessionRow
from core.constraints import broken_rule
from core.errors import Invalid
from core.transactions import in_transaction
from notifications.services import notify

LOOKED_AT_TOGETHER = 100
BOOKED_ELSEWHERE = {
    "booking_one_per_customer_and_day",
    "booking_one_live_per_customer_and_session",
}


@in_transaction
def join_waitlist(*, customer_id: int, session_id: int, at: datetime) -> WaitlistEntry:
    """
    Put the customer at the end of the line for a full session.

    :raises Invalid: when the customer or the session does not exist.
    :raises Refusal: the first rule of booking that says no, other than that it is full.
    :raises AlreadyWaiting: when the customer is in the line.
    :raises SessionNotFull: when there is a free spot.
    """
    # Whatever frees a spot holds this row as well. So nobody begins to wait beside a free spot,
    # and the line is in the order of the ids.
    locked = ClassSession.objects.select_for_update(no_key=True).filter(pk=session_id)
    if not locked.values_list("pk"):
        raise Invalid("class_session", "does_not_exist", f"There is no session {session_id}.")
    facts = facts_for(customer_id=customer_id, session_id=session_id, at=at)
    refusal = first_refusal(facts)
    if refusal is not None and not isinstance(refusal, SessionFull):
        raise refusal
    waiting = WaitlistEntry.objects.waiting().filter(customer=customer_id, class_session=session_id)
    found = waiting.values_list("pk", flat=True).first()
    if found is not None:
        raise AlreadyWaiting(waitlist_entry=found)
    if refusal is None:
        raise SessionNotFull(spots_left=facts.session.spots_left)
    entry = WaitlistEntry.objects.create(
        customer_id=customer_id, class_session_id=session_id, created_at=at
    )
    ClassSession.objects.count_waiting(session_id, 1)
    return entry


@in_transaction
def leave_waitlist(*, entry: WaitlistEntry, at: datetime) -> WaitlistEntry:
    """
    Leave the line. Leaving again changes nothing.

    :raises InvalidTransition: when the customer got a spot, or the session was cancelled.
    """
    list(ClassSession.objects.select_for_update(no_key=True).filter(pk=entry.class_session_id))
    entry = WaitlistEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    if entry.status == WaitlistStatus.LEFT:
        return entry
    if entry.status != WaitlistStatus.WAITING:
        raise InvalidTransition(from_=entry.status, to=WaitlistStatus.LEFT)
    entry.status, entry.ended_at = WaitlistStatus.LEFT, at
    entry.save(update_fields=["status", "ended_at"])
    ClassSession.objects.count_waiting(entry.class_session_id, -1)
    return entry


def promote_waiting(*, session_ids: Iterable[int], at: datetime) -> None:
    """
    Give the free spots of sessions to those who wait, the first who passes every rule first.

    Runs in the transaction of whatever freed a spot, which holds the sessions' rows. Who does not
    pass keeps the place in line.
    """
    waited_for = ClassSession.objects.filter(pk__in=session_ids, waitlist_count__gt=0)
    for session in waited_for.select_related("class_type").order_by("pk"):
        _promote(SessionRow.of(session), at)


def _promote(session: SessionRow, at: datetime) -> None:
    if session.spots_left == 0 or not may_promote(session, at=at):
        return
    promoted: list[WaitlistEntry] = []
    passing = _those_who_pass(session, at)
    while True:
        free = None if session.spots_left is None else session.spots_left - len(promoted)
        chosen = list(islice(passing, free))
        if not chosen:
            break
        # Two sessions' lines may hold the same customers: one order, no deadlock.
        for entry, facts in sorted(chosen, key=lambda one: one[0].customer_id):
            booking = _give_a_spot(entry, facts)
            if booking is not None:
                entry.status, entry.ended_at = WaitlistStatus.PROMOTED, at
                entry.promoted_booking = booking
                promoted.append(entry)
    if promoted:
        WaitlistEntry.objects.bulk_update(promoted, ["status", "ended_at", "promoted_booking"])
        ClassSession.objects.count_waiting(session.id, -len(promoted))
        notify(about_promotions(promoted, session), at=at)


def _those_who_pass(
    session: SessionRow, at: datetime
) -> Iterator[tuple[WaitlistEntry, BookingFacts]]:
    """Go along the line of a session with a free spot: give whom no rule refuses."""
    line = WaitlistEntry.objects.waiting().filter(class_session=session.id).in_line()
    for start in count(0, LOOKED_AT_TOGETHER):
        some = list(line.select_related("customer")[start : start + LOOKED_AT_TOGETHER])
        facts_of = facts_for_line(session, [one.customer_id for one in some], at=at)
        for entry in some:
            facts = facts_of[entry.customer_id]
            if first_refusal(facts) is None:
                yield entry, facts
        if len(some) < LOOKED_AT_TOGETHER:
            return


def _give_a_spot(entry: WaitlistEntry, facts: BookingFacts) -> Booking | None:
    """Book for who waits; None where somebody else's request made that impossible meanwhile."""
    try:
        with transaction.atomic():
            return write_booking(
                entry.customer_id, facts, free_until=facts.at + FREE_AFTER_PROMOTION
            )
    except LostARace:
        return None
    except IntegrityError as error:
        if broken_rule(error) in BOOKED_ELSEWHERE:
            return None
        raise
