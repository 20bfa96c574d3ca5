"""
Everything that writes bookings and sessions.

Each function does one thing in one transaction, or raises a Refusal from
`bookings.errors` and writes nothing. The caller says when it is (`at`); no rule here
reads the clock.
"""

from bookings.services.booking import book_session
from bookings.services.changing import change_status, forgive
from bookings.services.memberships import CancelledMembership, bookings_lost_with, cancel_membership
from bookings.services.sessions import create_session, edit_session
from bookings.services.windows import delete_window

__all__ = [
    "CancelledMembership",
    "book_session",
    "bookings_lost_with",
    "cancel_membership",
    "change_status",
    "create_session",
    "delete_window",
    "edit_session",
    "forgive",
]
