"""
Everything that writes bookings, sessions and waiting lists.

Each function does one thing in one transaction, or raises a Refusal from
`bookings.errors` and writes nothing. The caller says when it is (`at`); no rule here
reads the clock.
"""

from bookings.services.booking import book_session
from bookings.services.calendars import give_calendar_token, revoke_calendar_token
from bookings.services.cancelling import cancel_session, whom_it_cancels
from bookings.services.changing import change_status, forgive
from bookings.services.memberships import CancelledMembership, bookings_lost_with, cancel_membership
from bookings.services.series import create_series
from bookings.services.sessions import create_session, edit_session, whom_it_touches
from bookings.services.waiting import join_waitlist, leave_waitlist
from bookings.services.windows import delete_window

__all__ = [
    "CancelledMembership",
    "book_session",
    "bookings_lost_with",
    "cancel_membership",
    "cancel_session",
    "change_status",
    "create_series",
    "create_session",
    "delete_window",
    "edit_session",
    "forgive",
    "give_calendar_token",
    "join_waitlist",
    "leave_waitlist",
    "revoke_calendar_token",
    "whom_it_cancels",
    "whom_it_touches",
]
