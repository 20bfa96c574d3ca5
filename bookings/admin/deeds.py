"""What staff do with a booking: the buttons on its page and the actions on the list."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from bookings import services
from bookings.models import Booking
from bookings.rules import allowed_from
from bookings.states import BookingStatus
from core.admin import GymAdmin
from core.admin.refusals import NotDone, attempt

NAMED_BOOKINGS = 10


class Deed(NamedTuple):
    label: str
    icon: str
    of: tuple[BookingStatus, ...]
    makes: BookingStatus
    do: Callable[..., Booking]

    def fits(self, booking: Booking, *, starts_at: datetime, at: datetime) -> bool:
        """Say whether to show its button; whether it may be done the service decides."""
        opens = allowed_from(self.makes, starts_at=starts_at)
        return booking.status in self.of and (opens is None or at >= opens)


def _become(status: BookingStatus) -> Callable[..., Booking]:
    def do(*, booking: Booking, by: str, reason: str, at: datetime) -> Booking:
        return services.change_status(booking=booking, to=status, at=at)

    return do


def _deed(label: str, icon: str, of: tuple[BookingStatus, ...], makes: BookingStatus) -> Deed:
    return Deed(label, icon, of, makes, _become(makes))


DEEDS = {
    "check_in": _deed(
        "Check in",
        "how_to_reg",
        (BookingStatus.BOOKED, BookingStatus.NO_SHOW),
        BookingStatus.ATTENDED,
    ),
    "did_not_come": _deed(
        "Did not come",
        "person_off",
        (BookingStatus.BOOKED, BookingStatus.ATTENDED),
        BookingStatus.NO_SHOW,
    ),
    "back_to_booked": _deed(
        "Back to booked",
        "undo",
        (BookingStatus.ATTENDED, BookingStatus.NO_SHOW),
        BookingStatus.BOOKED,
    ),
    "cancel": _deed("Cancel", "event_busy", (BookingStatus.BOOKED,), BookingStatus.CANCELLED),
    "forgive": Deed(
        "Forgive",
        "handshake",
        (BookingStatus.LATE_CANCELLED,),
        BookingStatus.CANCELLED,
        services.forgive,
    ),
}


def is_changed(booking: Booking, *, at: datetime) -> bool:
    """Say whether what was done at this moment changed the booking, or it was so before."""
    return booking.updated_at == at


def do_to_each(deed: Deed, page: GymAdmin, request: HttpRequest, rows: "QuerySet[Any]") -> None:
    """Do it to each booking on its own, and tell what became of how many."""
    if page.are_too_many(request, rows):
        return
    at, by = timezone.now(), request.user.get_username()

    def do(booking: Booking) -> bool:
        done = deed.do(booking=booking, by=by, reason="", at=at)
        request.has_changed = is_changed(done, at=at)  # type: ignore[attr-defined]
        page.log_change(request, done, f"{deed.label}.")
        return request.has_changed  # type: ignore[attr-defined]

    refused: dict[str, list[int]] = {}
    outcomes: list[bool] = []
    for booking in rows.order_by("pk"):
        try:
            outcomes.append(attempt(request, lambda booking=booking: do(booking)))  # type: ignore[misc]
        except NotDone as refusal:
            refused.setdefault(str(refusal), []).append(booking.pk)
    if done := outcomes.count(True):
        page.message_user(request, f"{deed.label}: {done} done.", messages.SUCCESS)
    if unchanged := outcomes.count(False):
        sentence = f"{deed.label}: {unchanged} as they were. Nothing to change."
        page.message_user(request, sentence, messages.INFO)
    for sentence, ids in refused.items():
        which = ", ".join(f"#{pk}" for pk in ids[:NAMED_BOOKINGS])
        more = "…" if len(ids) > NAMED_BOOKINGS else ""
        summary = f"{deed.label}: {len(ids)} refused. {sentence} ({which}{more})"
        page.message_user(request, summary, messages.ERROR)
