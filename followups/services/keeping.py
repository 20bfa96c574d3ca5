"""
Keeps everybody's follow-up status: the one writer of `FollowUp`, its history and its tallies.

Whatever changes a fact calls `refresh` in its own transaction. What time changes is written down
by whoever comes first, the worker or a reader (`settle`), and dated when it happened. The row of
`FollowUp` is the lock: whoever works a status out holds it, and facts that the row's
`watches_bookings` follows from are changed under FOR UPDATE, which bookings that read it exclude.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bookings.models import Booking
from bookings.states import BookingStatus
from core.keeping import keep
from core.transactions import in_transaction
from core.work import Clock
from customers.models import Customer
from followups.models import Agreement, FollowUp, FollowUpChange
from followups.rules import Verdict, Visit, moments_of_change, status_of
from followups.services import tallies

AT_ONCE = 1000
EDITED = ("status", "since", "agreement_id", "reason", "due_at", "watches_bookings")
BY_TIME = "session {session} started"
VISIT_COLUMNS = (
    "pk",
    "class_session_id",
    "status",
    "class_session__starts_at",
    "checked_in_at",
    "cancelled_at",
    "created_at",
)


@dataclass
class Facts:
    """What decides one customer's status, as the database has it."""

    customer_id: int
    origin: str
    created_at: datetime
    agreements: list[Agreement] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    # What counted until a moment that is still to be written down.
    cancelled: list[Visit] = field(default_factory=list)

    @property
    def is_trying(self) -> bool:
        return bool(self.agreements) and all(one.is_trial for one in self.agreements)

    def verdict(self, at: datetime) -> Verdict:
        return status_of(origin=self.origin, agreements=self.agreements, visits=self.visits, at=at)

    def verdict_as_of(self, moment: datetime, visits: list[Visit]) -> Verdict:
        """Give the verdict of a moment that is past, from the visits as they were until now."""
        then = [visit.as_of(moment) for visit in visits if visit.created_at <= moment]
        counting = [visit for visit in then if visit.status != BookingStatus.CANCELLED]
        return status_of(origin=self.origin, agreements=self.agreements, visits=counting, at=moment)

    def due_after(self, at: datetime) -> datetime | None:
        """Give when time alone may change the verdict next."""
        moments = moments_of_change(self.visits)
        return min((moment for moment in moments if moment > at), default=None)


@in_transaction
def refresh(
    customer_ids: Iterable[int], *, at: datetime, cause: str, changed: Visit | None = None
) -> None:
    """
    Work out the status of customers whose facts have changed, in the transaction that did it.

    A change that time made before is written down first, dated when it happened; `changed` is
    what a booking was until now.
    """
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), AT_ONCE):
        _refresh(ids[start : start + AT_ONCE], at, cause, changed)


def settle(
    *,
    at: datetime,
    customer_id: int | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Write down what time has changed, of everybody or of one."""
    due = FollowUp.objects.due(at=at)
    if customer_id is not None:
        due = due.filter(pk=customer_id)
    ids = due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    while not is_stopping() and (some := list(ids.all())):
        refresh(some, at=at, cause="checked")


def keep_current(clock: Clock, is_stopping: Callable[[], bool]) -> bool:
    """Settle what is due and add up the tallies: the worker's job."""
    settle(at=clock(), is_stopping=is_stopping)
    tallies.add_up()
    return True


def hold(customer_id: int, *, at: datetime) -> None:
    """
    Hold a customer's status before an agreement is written, with what time has changed settled.

    :raises Customer.DoesNotExist: when there is no such customer.
    """
    row = FollowUp.objects.select_for_update().filter(pk=customer_id).first()
    if row is None:
        Customer.objects.get(pk=customer_id)
        refresh([customer_id], at=at, cause="checked")
        row = FollowUp.objects.select_for_update().get(pk=customer_id)
    if row.is_due(at=at):
        settle(at=at, customer_id=customer_id)


def note_bookings(customer_ids: Iterable[int], *, at: datetime, cause: str) -> None:
    """Say that bookings of these customers were made, moved or cancelled, in that transaction."""
    # Held until the commit: an agreement that makes bookings matter waits, and then sees them.
    ids = set(customer_ids)
    rows = keep(FollowUp.objects.filter(pk__in=ids)) if ids else []
    watching = [row.pk for row in rows if row.watches_bookings]
    if watching:
        refresh(watching, at=at, cause=cause)


def forget(customer_id: int) -> None:
    """Take a customer who is being deleted out of the tallies."""
    found = FollowUp.objects.select_for_update().filter(pk=customer_id).first()
    if found is not None:
        found.delete()
        tallies.count({found.status: -1})


def facts_of(customer_ids: Collection[int]) -> dict[int, Facts]:
    """Fetch what decides the status of some customers, in three queries."""
    customers = Customer.objects.filter(pk__in=customer_ids)
    facts = {row[0]: Facts(*row) for row in customers.values_list("pk", "origin", "created_at")}
    for agreement in Agreement.objects.filter(customer__in=facts).order_by("pk"):
        facts[agreement.customer_id].agreements.append(agreement)
    trying = [one.customer_id for one in facts.values() if one.is_trying]
    if trying:
        visits = Booking.objects.filter(customer__in=trying)
        visits = visits.exclude(status=BookingStatus.CANCELLED)
        for customer_id, *visit in visits.values_list("customer", *VISIT_COLUMNS):
            facts[customer_id].visits.append(Visit(*visit))
    return facts


def _add_what_was_cancelled(facts: Mapping[int, Facts], due: list[FollowUp]) -> None:
    """Add the bookings that counted when the time came, and were cancelled after it."""
    if not due:
        return
    gone = Booking.objects.filter(
        customer__in=[row.pk for row in due],
        status=BookingStatus.CANCELLED,
        cancelled_at__gt=min(row.due_at for row in due if row.due_at is not None),
    )
    for customer_id, *visit in gone.values_list("customer", *VISIT_COLUMNS):
        facts[customer_id].cancelled.append(Visit(*visit))


def _refresh(customer_ids: list[int], at: datetime, cause: str, changed: Visit | None) -> None:
    there = _locked(customer_ids)
    facts = facts_of(customer_ids)
    _add_what_was_cancelled(facts, [row for row in there.values() if row.is_due(at=at)])
    edited, made, changes = [], [], []
    numbers: Counter[str] = Counter()
    for customer_id, its in facts.items():
        row = there.get(customer_id)
        if row is None:
            made.append(_first(its, at))
            numbers[made[-1].status] += 1
            continue
        before = _state(row)
        for change in _changes(row, its, at, cause, changed):
            changes.append(change)
            numbers[change.from_status] -= 1
            numbers[change.to_status] += 1
        if _state(row) != before:
            edited.append(row)
    if len(edited) == 1:
        edited[0].save(update_fields=EDITED)
    elif edited:
        FollowUp.objects.bulk_update(edited, EDITED)
    FollowUp.objects.bulk_create(made)
    FollowUpChange.objects.bulk_create(changes)
    tallies.count(numbers)


def _locked(customer_ids: list[int]) -> dict[int, FollowUp]:
    rows = FollowUp.objects.select_for_update(no_key=True).order_by("pk")
    there = {row.pk: row for row in rows.filter(pk__in=customer_ids)}
    missing = [pk for pk in customer_ids if pk not in there]
    if missing:
        # Two that find no row make one between them.
        list(Customer.objects.select_for_update(no_key=True).filter(pk__in=missing).order_by("pk"))
        there |= {row.pk: row for row in rows.filter(pk__in=missing)}
    return there


def _changes(
    row: FollowUp, facts: Facts, at: datetime, cause: str, changed: Visit | None
) -> Iterator[FollowUpChange]:
    """Bring a row up to date; give what changed, in its order."""
    visits = [*facts.visits, *facts.cancelled]
    if changed is not None:
        visits = [changed, *(visit for visit in visits if visit.booking != changed.booking)]
    for moment in moments_of_change(visits):
        if row.is_due(at=moment) and moment <= at:
            started = next(one.session for one in visits if one.starts_at == moment)
            verdict = facts.verdict_as_of(moment, visits)
            yield from _change(row, verdict, moment, BY_TIME.format(session=started))
    # Who waited for the row comes later than whoever held it, whatever their clocks said.
    at = max(at, row.since)
    yield from _change(row, facts.verdict(at), at, cause)
    row.due_at = facts.due_after(at)
    row.watches_bookings = facts.is_trying


def _change(row: FollowUp, verdict: Verdict, at: datetime, cause: str) -> Iterator[FollowUpChange]:
    status, row.agreement_id, row.reason = verdict
    if status != row.status:
        yield FollowUpChange(
            customer_id=row.pk,
            from_status=row.status,
            to_status=status,
            changed_at=at,
            cause=cause,
        )
        row.status, row.since = status, at


def _first(facts: Facts, at: datetime) -> FollowUp:
    row = FollowUp(customer_id=facts.customer_id, since=facts.created_at, due_at=None)
    verdict = facts.verdict(at)
    row.status, row.agreement_id, row.reason = verdict
    if verdict.agreement is not None:
        row.since = at
    row.due_at = facts.due_after(at)
    row.watches_bookings = facts.is_trying
    return row


def _state(row: FollowUp) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in EDITED)
