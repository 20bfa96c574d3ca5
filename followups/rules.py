"""
Who has which follow-up status: three ordered lists, and what reads them.

A rule is data: the fields that must have certain values, as the ORM writes them. Python evaluates
it for one customer (`status_of`), `followups.querysets` makes the database's expression of it, and
the docs' tables are printed from it. No rule stands anywhere else.
"""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from bookings.states import BookingStatus
from customers.states import Origin
from followups.states import AgreementStatus, Alert, FollowUpStatus


class Rule(NamedTuple):
    status: FollowUpStatus
    # Field lookups, all of which must hold; none means always.
    when: Mapping[str, Any]
    # The sentence that tells the manager why, with the facts filled in.
    reason: str


# Of an agreement: the first that fits.
AGREEMENT_RULES = (
    Rule(
        FollowUpStatus.COLLECTIONS,
        {"status": AgreementStatus.COLLECTIONS},
        "Agreement {id} is in collections, with {past_due_balance} past due.",
    ),
    Rule(
        FollowUpStatus.CANCELED,
        {"status": AgreementStatus.INACTIVE, "alert": Alert.CANCELED},
        "No agreement is left; the most recent one, {id} of {purchased_on}, was canceled.",
    ),
    Rule(
        FollowUpStatus.EXPIRED,
        {"status": AgreementStatus.INACTIVE, "alert": Alert.EXPIRED},
        "No agreement is left; the most recent one, {id} of {purchased_on}, has expired.",
    ),
    Rule(
        FollowUpStatus.DELINQUENT,
        {"past_due_balance__gt": 0},
        "{past_due_balance} is past due on agreement {id}.",
    ),
    Rule(
        FollowUpStatus.SUSPENDED,
        {"status": AgreementStatus.SUSPENDED},
        "Agreement {id} is suspended.",
    ),
    Rule(
        FollowUpStatus.DROP_IN,
        {"session_quantity": 1, "sessions_remaining": 0},
        "The one session of agreement {id} is used up.",
    ),
    Rule(
        FollowUpStatus.RENEWAL,
        {"session_quantity": 1, "sessions_remaining__gte": 1},
        "The one session of agreement {id} is still to be used.",
    ),
    Rule(
        FollowUpStatus.ACTIVE,
        {"status": AgreementStatus.ACTIVE, "past_due_balance": 0},
        "Agreement {id} is active and nothing is past due.",
    ),
)

# Of several agreements, trials apart: the first of these. Those of the past come last, on a par:
# of them the most recent purchase decides.
PRECEDENCE = (
    FollowUpStatus.COLLECTIONS,
    FollowUpStatus.DELINQUENT,
    FollowUpStatus.ACTIVE,
    FollowUpStatus.SUSPENDED,
    FollowUpStatus.RENEWAL,
    FollowUpStatus.DROP_IN,
)

# Of a prospect, who has no agreement but trials: the last that fits.
PROSPECT_RULES = (
    Rule(FollowUpStatus.LEAD, {}, "{so_far}."),
    Rule(FollowUpStatus.WEB_LEAD, {"origin": Origin.WEB}, "Came by the web; {so_far}."),
    Rule(FollowUpStatus.REFERRAL, {"origin": Origin.REFERRAL}, "Was referred; {so_far}."),
    Rule(
        FollowUpStatus.TRIAL_BOOKED,
        {"has_trial": True, "has_session_to_come": True},
        "Has a trial, and session {session} to come.",
    ),
    Rule(
        FollowUpStatus.TRIAL_NO_SHOW,
        {"has_trial": True, "has_session_to_come": False, "last_was_attended": False},
        "Has a trial, and did not come to session {session}.",
    ),
    Rule(
        FollowUpStatus.TRIAL_SHOW_NO_SALE,
        {"has_trial": True, "has_session_to_come": False, "last_was_attended": True},
        "Has a trial and came to session {session}, and has bought nothing since.",
    ),
)

COMPARISONS = {"exact": operator.eq, "gt": operator.gt, "gte": operator.ge}


def rank(status: FollowUpStatus) -> int:
    """Give the place of an agreement's status among those of a customer's other agreements."""
    return PRECEDENCE.index(status) if status in PRECEDENCE else len(PRECEDENCE)


class AgreementFacts(Protocol):
    """What the rules ask of an agreement."""

    id: int
    purchased_on: date
    session_quantity: int | None
    sessions_remaining: int | None
    status: str
    alert: str
    past_due_balance: Decimal
    is_trial: bool


class Visit(NamedTuple):
    """One booking that is not cancelled, or was so late."""

    booking: int
    session: int
    status: str
    starts_at: datetime
    checked_in_at: datetime | None
    cancelled_at: datetime | None
    created_at: datetime

    @property
    def past_from(self) -> datetime:
        """From its start, or from its check-in if that is earlier."""
        return min(self.starts_at, self.checked_in_at or self.starts_at)

    def as_of(self, moment: datetime) -> "Visit":
        """Give what was known of it at a moment: what became of it later was still to come."""
        changed_at = self.checked_in_at or self.cancelled_at
        if changed_at is None or changed_at <= moment:
            return self
        return self._replace(status=BookingStatus.BOOKED, checked_in_at=None, cancelled_at=None)


@dataclass(frozen=True)
class ProspectFacts:
    origin: str
    has_trial: bool
    has_session_to_come: bool
    last_was_attended: bool | None
    # The one to come next, else the last one.
    session: int | None

    @property
    def so_far(self) -> str:
        return "has a trial and no session yet" if self.has_trial else "has bought nothing yet"


class Verdict(NamedTuple):
    status: FollowUpStatus
    # The id of the agreement that decided.
    agreement: int | None
    reason: str


def fits(rule: Rule, facts: object) -> bool:
    return all(_holds(facts, lookup, value) for lookup, value in rule.when.items())


def _holds(facts: object, lookup: str, value: Any) -> bool:
    name, _, comparison = lookup.partition("__")
    fact = getattr(facts, name)
    return fact is not None and bool(COMPARISONS[comparison or "exact"](fact, value))


def rule_of_agreement(agreement: AgreementFacts) -> Rule:
    return next(rule for rule in AGREEMENT_RULES if fits(rule, agreement))


def status_of(
    *, origin: str, agreements: Sequence[AgreementFacts], visits: Sequence[Visit], at: datetime
) -> Verdict:
    """Give a customer's follow-up status at a moment. Only a prospect's visits matter."""
    bought = [agreement for agreement in agreements if not agreement.is_trial]
    if bought:
        return _of_customer(bought)
    facts = prospect_facts(origin=origin, has_trial=bool(agreements), visits=visits, at=at)
    rule = [rule for rule in PROSPECT_RULES if fits(rule, facts)][-1]
    reason = rule.reason.format(so_far=facts.so_far, session=facts.session)
    return Verdict(rule.status, None, reason[0].upper() + reason[1:])


def _of_customer(agreements: Sequence[AgreementFacts]) -> Verdict:
    ruled = [(rule_of_agreement(agreement), agreement) for agreement in agreements]
    # Of several with the same status the most recent purchase decides; ties: the higher id.
    rule, agreement = min(
        ruled, key=lambda each: (rank(each[0].status), *_most_recent_first(each[1]))
    )
    facts = {
        "id": agreement.id,
        "purchased_on": agreement.purchased_on,
        "past_due_balance": f"{agreement.past_due_balance:.2f}",
    }
    return Verdict(rule.status, agreement.id, rule.reason.format(**facts))


def _most_recent_first(agreement: AgreementFacts) -> tuple[int, int]:
    return -agreement.purchased_on.toordinal(), -agreement.id


def prospect_facts(
    *, origin: str, has_trial: bool, visits: Sequence[Visit], at: datetime
) -> ProspectFacts:
    to_come = [
        visit for visit in visits if visit.status == BookingStatus.BOOKED and visit.starts_at > at
    ]
    past = [visit for visit in visits if visit.past_from <= at]
    coming = min(to_come, key=lambda visit: visit.starts_at, default=None)
    last = max(past, key=lambda visit: (visit.past_from, visit.booking), default=None)
    told = coming or last
    return ProspectFacts(
        origin=origin,
        has_trial=has_trial,
        has_session_to_come=coming is not None,
        last_was_attended=None if last is None else last.status == BookingStatus.ATTENDED,
        session=None if told is None else told.session,
    )


def moments_of_change(visits: Sequence[Visit]) -> list[datetime]:
    """Give the moments at which time alone may change a prospect's status, in their order."""
    return sorted({visit.starts_at for visit in visits})
