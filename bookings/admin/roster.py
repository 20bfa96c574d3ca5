"""Who comes to a session and who waits for it, as its page in the admin shows it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, When
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from bookings.admin.deeds import DEEDS
from bookings.models import Booking, WaitlistEntry
from bookings.states import LIVE, CancelledBy, WaitlistStatus
from classes.models import ClassSession

LONGEST_ROSTER = 500
ON_THE_ROSTER = ("check_in", "did_not_come")


class Roster(NamedTuple):
    rows: list[dict[str, Any]]
    # There are more bookings than are shown here.
    is_cut: bool


class Line(NamedTuple):
    entries: list[WaitlistEntry]
    is_cut: bool


def roster_of(session: ClassSession, *, at: datetime) -> Roster:
    """Give those who hold a spot, then the cancelled, with the buttons that fit. One query."""
    bookings = (
        Booking.objects.filter(class_session=session)
        .select_related("customer", "waitlist_entry")
        # By the status: a late-cancelled booking can use its day as a live one does.
        .order_by(Case(When(status__in=LIVE, then=0), default=1), "customer__last_name", "pk")
    )
    found = list(bookings[: LONGEST_ROSTER + 1])
    rows = [
        {
            "booking": booking,
            "is_promoted": hasattr(booking, "waitlist_entry"),
            "is_cancelled_by_the_gym": booking.cancelled_by == CancelledBy.GYM,
            "buttons": [
                (name, DEEDS[name].label)
                for name in ON_THE_ROSTER
                if DEEDS[name].fits(booking, starts_at=session.starts_at, at=at)
            ],
        }
        for booking in found[:LONGEST_ROSTER]
    ]
    return Roster(rows, is_cut=len(found) > LONGEST_ROSTER)


def line_for(session: ClassSession) -> Line:
    """Give those who wait, the first in line first. One query."""
    waiting = WaitlistEntry.objects.waiting().filter(class_session=session)
    found = list(waiting.select_related("customer").in_line()[: LONGEST_ROSTER + 1])
    return Line(found[:LONGEST_ROSTER], is_cut=len(found) > LONGEST_ROSTER)


def has_had_a_line(session: ClassSession) -> bool:
    """Say whether anybody waits or ever waited for it. One query."""
    return WaitlistEntry.objects.filter(class_session=session).exists()


def promoted_at(session: ClassSession, at: datetime) -> int:
    """Say how many who waited got a spot by what was done at this very moment."""
    promoted = WaitlistEntry.objects.filter(
        class_session=session, status=WaitlistStatus.PROMOTED, ended_at=at
    )
    return promoted.count()


def came_from(request: HttpRequest) -> str:
    """Give the page whose button was pressed, such as a session's, or this one."""
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return request.get_full_path()
