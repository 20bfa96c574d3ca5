"""
Demo agreements, the sessions that the demo's bookings used up of them, and everybody's follow-up
status, such as `followups.services` would have left them.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from bookings.models import Booking
from bookings.states import USED_UP, BookingStatus
from classes.demo import A_WHILE
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from core.instants import local_day
from customers.demo import CUSTOMERS, demo_customers
from customers.models import Customer
from followups.demo_stories import Person, agreements_of
from followups.models import Agreement, AgreementChange, FollowUp, SessionUse
from followups.services import refresh
from followups.services.sessions import GIVEN_BACK, USED
from followups.states import AgreementStatus

# The number of the customer who did not come to the last session, and has booked none since.
DID_NOT_COME = 1
MADE = "bookings made"


class Kept(NamedTuple):
    """What a booking's row tells of its life."""

    customer_id: int
    id: int
    starts_at: datetime
    status: str
    updated_at: datetime
    cancelled_at: datetime | None
    forgiven_at: datetime | None


class Change(NamedTuple):
    """From this moment on a booking is used up, or is so no more."""

    at: datetime
    booking: Kept
    is_used_up: bool


def generate(plan: DemoPlan, progress: Progress) -> None:
    new_customers: Sequence[int] = plan.added.get(Customer, ())
    new_bookings: Sequence[int] = plan.added.get(Booking, ())
    if not new_customers and not new_bookings:
        return
    first = plan.reached * CUSTOMERS + 1
    ids = array("q", demo_customers().order_by("pk").values_list("pk", flat=True).iterator())
    for start in progress(range(0, len(ids), ROWS_AT_ONCE), "Follow-ups"):
        some = ids[start : start + ROWS_AT_ONCE]
        here = range(bisect_left(new_customers, some[0]), len(new_customers))
        numbers = {
            new_customers[index]: first + index
            for index in here[: len(some)]
            if new_customers[index] <= some[-1]
        }
        _follow_up(plan, some, numbers, new_bookings)


def _follow_up(
    plan: DemoPlan, ids: Sequence[int], numbers: dict[int, int], new_bookings: Sequence[int]
) -> None:
    """Sell to the new ones among some customers, let bookings use that up, and weigh it all."""
    for pk, number in numbers.items():
        if number == DID_NOT_COME:
            _miss_the_last_session(plan, pk)
    bookings = _bookings(ids)
    plan.add(Agreement, _agreements(plan, numbers, bookings))
    # What happened before this run is told already.
    booked = {
        pk: new
        for pk, its in bookings.items()
        if (new := [one for one in its if _is_among(new_bookings, one.id)])
    }
    used = _use_up(plan, booked)
    watching = FollowUp.objects.filter(watches_bookings=True, pk__in=booked)
    watched = watching.values_list("pk", flat=True)
    refresh({*numbers, *used, *watched}, at=plan.at, cause=MADE)


def _bookings(ids: Sequence[int]) -> dict[int, list[Kept]]:
    of_them = Booking.objects.filter(customer__gte=ids[0], customer__lte=ids[-1])
    rows = of_them.order_by("customer", "pk").values_list(
        *Kept._fields[:2], "class_session__starts_at", *Kept._fields[3:]
    )
    kept = (Kept._make(row) for row in rows.iterator())
    return {pk: list(group) for pk, group in groupby(kept, lambda one: one.customer_id)}


def _miss_the_last_session(plan: DemoPlan, customer_id: int) -> None:
    past = Booking.objects.filter(
        customer=customer_id, class_session__starts_at__lt=plan.at - A_WHILE
    )
    last = past.exclude(status=BookingStatus.CANCELLED).select_related("class_session")
    for booking in last.order_by("-class_session__starts_at")[:1]:
        if booking.status == BookingStatus.ATTENDED:
            booking.status, booking.checked_in_at = BookingStatus.NO_SHOW, None
            booking.updated_at = booking.class_session.starts_at + A_WHILE / 2
            booking.save(update_fields=["status", "checked_in_at", "updated_at"])


def _agreements(
    plan: DemoPlan, numbers: dict[int, int], bookings: dict[int, list[Kept]]
) -> Iterator[Agreement]:
    created = Customer.objects.filter(pk__in=numbers).values_list("pk", "created_at")
    since = {pk: local_day(created_at, plan.tz) for pk, created_at in created}
    for pk, number in numbers.items():
        its = bookings.get(pk, [])
        person = Person(
            number=number,
            today=plan.today,
            since=since[pk],
            used_on=max((local_day(change.at, plan.tz) for change in _changes(its)), default=None),
            has_session_to_come=any(
                one.status == BookingStatus.BOOKED and one.starts_at > plan.at for one in its
            ),
        )
        for agreement in agreements_of(person, plan.random("agreements", number)):
            agreement.customer_id = pk
            yield agreement


def _changes(bookings: Sequence[Kept]) -> list[Change]:
    changes = []
    for one in bookings:
        if one.status in (BookingStatus.ATTENDED, BookingStatus.NO_SHOW):
            changes.append(Change(one.updated_at, one, is_used_up=True))
        elif one.cancelled_at and (one.forgiven_at or one.status in USED_UP):
            changes.append(Change(one.cancelled_at, one, is_used_up=True))
            if one.forgiven_at:
                changes.append(Change(one.forgiven_at, one, is_used_up=False))
    return sorted(changes, key=lambda change: (change.at, change.booking.id))


def _use_up(plan: DemoPlan, booked: dict[int, list[Kept]]) -> set[int]:
    """Take sessions for bookings that are used up, and give them back; give whose they were."""
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE, customer__in=booked)
    sold: dict[int, list[Agreement]] = defaultdict(list)
    for agreement in active.order_by("purchased_on", "pk"):
        sold[agreement.customer_id].append(agreement)
    uses: list[SessionUse] = []
    notes: list[AgreementChange] = []
    for pk, agreements in sold.items():
        own: dict[int, SessionUse] = {}
        for change in _changes(booked[pk]):
            if change.is_used_up:
                bought = [
                    one for one in agreements if one.purchased_on <= local_day(change.at, plan.tz)
                ]
                _take(bought, change, own, notes)
            elif use := own.get(change.booking.id):
                use.given_back_at = change.at
                _note(use.agreement, 1, GIVEN_BACK, change, notes)
        uses.extend(own.values())
    plan.add(SessionUse, uses)
    plan.add(AgreementChange, notes)
    touched = {note.agreement.pk: note.agreement for note in notes}
    Agreement.objects.bulk_update(touched.values(), ["sessions_remaining"], batch_size=500)
    return {use.agreement.customer_id for use in uses}


def _take(
    agreements: Sequence[Agreement],
    change: Change,
    own: dict[int, SessionUse],
    notes: list[AgreementChange],
) -> None:
    for agreement in agreements:
        if agreement.sessions_remaining != 0:
            own[change.booking.id] = SessionUse(
                agreement=agreement, booking_id=change.booking.id, used_at=change.at
            )
            _note(agreement, -1, USED, change, notes)
            return


def _note(
    agreement: Agreement, sessions: int, cause: str, change: Change, notes: list[AgreementChange]
) -> None:
    before = agreement.sessions_remaining
    if before is None:
        return
    agreement.sessions_remaining = before + sessions
    # What the booking became at that moment, which it may not be any more.
    status = change.booking.status
    if change.is_used_up and change.booking.forgiven_at:
        status = BookingStatus.LATE_CANCELLED
    notes.append(
        AgreementChange(
            agreement=agreement,
            changed_at=change.at,
            cause=cause.format(id=change.booking.id, status=status),
            values={"sessions_remaining": [before, agreement.sessions_remaining]},
        )
    )


def _is_among(ids: Sequence[int], one: int) -> bool:
    """Say whether an id is among ids in their order."""
    index = bisect_left(ids, one)
    return index < len(ids) and ids[index] == one
