from datetime import datetime

from bookings.models import Booking
from bookings.states import USED_UP
from core.transactions import in_transaction
from followups.models import Agreement, FollowUp, SessionUse
from followups.rules import Visit
from followups.services.agreements import note
from followups.services.keeping import refresh

USED = "used by booking {id} ({status})"
GIVEN_BACK = "given back by booking {id} ({status})"


@in_transaction
def change_booking(*, booking: Booking, before: str, at: datetime) -> None:
    """Say that a booking had another status before, in the transaction that changed it."""
    _use_up_or_give_back(booking, before, at)
    cause = f"booking {booking.pk}: {before} to {booking.status}"
    session = booking.class_session
    # Whoever had been checked in until now was so at every start that is to be written down.
    was = Visit(booking.pk, session.pk, before, session.starts_at, None, None, booking.created_at)
    refresh([booking.customer_id], at=at, cause=cause, changed=was)


def _use_up_or_give_back(booking: Booking, before: str, at: datetime) -> None:
    """
    Take a session from the customer's agreements for a booking that is used up, or give it back.

    From the oldest active agreement that has one left, unlimited ones included; back to the same,
    whatever has become of it. What is done already is not done again.
    """
    was_used_up, is_used_up = before in USED_UP, booking.status in USED_UP
    if was_used_up == is_used_up:
        return
    # One booking of a customer at a time, so that each finds what the other has left.
    list(FollowUp.objects.select_for_update(no_key=True).filter(pk=booking.customer_id))
    use = SessionUse.objects.filter(booking=booking, given_back_at__isnull=True).first()
    if is_used_up and use is None:
        _take(booking, at)
    elif use is not None and not is_used_up:
        _give_back(use, booking, at)


def _take(booking: Booking, at: datetime) -> None:
    agreements = Agreement.objects.select_for_update(no_key=True)
    agreement = agreements.filter(customer=booking.customer_id).with_a_session().first()
    if agreement is None:
        return
    before = agreement.sessions_remaining
    SessionUse.objects.create(
        agreement=agreement, booking=booking, used_at=at, is_counted=before is not None
    )
    if before is not None:
        agreement.sessions_remaining = before - 1
        cause = USED.format(id=booking.pk, status=booking.status)
        note(agreement, {"sessions_remaining": before}, cause=cause, at=at)


def _give_back(use: SessionUse, booking: Booking, at: datetime) -> None:
    agreement = Agreement.objects.select_for_update(no_key=True).get(pk=use.agreement_id)
    use.given_back_at = at
    use.save(update_fields=["given_back_at"])
    before, quantity = agreement.sessions_remaining, agreement.session_quantity
    if use.is_counted and before is not None and quantity is not None:
        # Staff may have given it back by hand: no more can remain than were bought.
        agreement.sessions_remaining = min(before + 1, quantity)
        cause = GIVEN_BACK.format(id=booking.pk, status=booking.status)
        note(agreement, {"sessions_remaining": before}, cause=cause, at=at)
