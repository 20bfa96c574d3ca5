"""
Who has which follow-up status, written down from the manager's description, in plain ifs.

Slow and shared with nothing of the application: what the rules are compared with.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

MONEY_OWED_FIRST = [
    "collections_customer",
    "delinquent_customer",
    "active_customer",
    "active_customer_suspended",
    "renewal_opportunity",
    "drop_in",
]


class Bought(NamedTuple):
    id: int = 1
    purchased_on: date = date(2030, 5, 1)
    session_quantity: int | None = None
    sessions_remaining: int | None = None
    status: str = "active"
    alert: str = "none"
    past_due_balance: Decimal = Decimal("0.00")
    is_trial: bool = False


class Booked(NamedTuple):
    """A booking of a session that starts, and may be checked in, so many hours from now."""

    status: str
    starts: int
    checked_in: int | None = None


def of_agreement(one: Bought) -> str:
    if one.status == "collections":
        return "collections_customer"
    if one.status == "inactive":
        return "canceled_customer" if one.alert == "canceled" else "expired_customer"
    if one.past_due_balance > 0:
        return "delinquent_customer"
    if one.status == "suspended":
        return "active_customer_suspended"
    if one.session_quantity == 1:
        return "renewal_opportunity" if one.sessions_remaining == 1 else "drop_in"
    return "active_customer"


def of_customer(agreements: Sequence[Bought]) -> str:
    """Give the status of somebody who bought more than trials."""
    bought = [one for one in agreements if not one.is_trial]
    if all(one.status == "inactive" for one in bought):
        latest = bought[0]
        for one in bought:
            if (one.purchased_on, one.id) > (latest.purchased_on, latest.id):
                latest = one
        return of_agreement(latest)
    statuses = [of_agreement(one) for one in bought]
    for status in MONEY_OWED_FIRST:
        if status in statuses:
            return status
    raise AssertionError(statuses)


def past_from(one: Booked) -> int:
    if one.checked_in is not None and one.checked_in < one.starts:
        return one.checked_in
    return one.starts


def of_prospect(origin: str, has_trial: bool, bookings: Sequence[Booked]) -> str:
    """Give the status of somebody who bought nothing but trials; the later booking made last."""
    before_any_trial = {"web": "web_lead", "referral": "referral"}.get(origin, "lead")
    if not has_trial:
        return before_any_trial
    if any(one.status == "booked" and one.starts > 0 for one in bookings):
        return "trial_booked"
    last = None
    for one in bookings:
        if one.status == "cancelled" or past_from(one) > 0:
            continue
        # Of two at the same time the one that was booked last.
        if last is None or past_from(one) >= past_from(last):
            last = one
    if last is None:
        return before_any_trial
    return "trial_show_no_sale" if last.status == "attended" else "trial_no_show"


def of(origin: str, agreements: Sequence[Bought], bookings: Sequence[Booked]) -> str:
    if any(not one.is_trial for one in agreements):
        return of_customer(agreements)
    return of_prospect(origin, bool(agreements), bookings)


STATES = [
    ("active", "none"),
    ("suspended", "none"),
    ("collections", "none"),
    ("inactive", "canceled"),
    ("inactive", "expired"),
]
# Quantity and remaining.
SESSIONS = [(None, None), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
BALANCES = [Decimal("0.00"), Decimal("0.01")]

EVERY_AGREEMENT = [
    Bought(
        status=status,
        alert=alert,
        past_due_balance=balance,
        session_quantity=quantity,
        sessions_remaining=remaining,
    )
    for status, alert in STATES
    for balance in BALANCES
    for quantity, remaining in SESSIONS
]
# Two that were bought in their order, in the other order, and on one day.
ORDERS = [(0, 1), (1, 0), (0, 0)]

EVERY_BOOKING = [
    Booked(status, starts, checked_in)
    for status in ("booked", "attended", "no_show", "cancelled", "late_cancelled")
    for starts in (-3, 0, 3)
    for checked_in in ((None, starts - 2, starts + 2) if status == "attended" else (None,))
    if (checked_in or 0) <= 0
]
ORIGINS = ["web", "referral", "walk_in", "phone", "other"]
