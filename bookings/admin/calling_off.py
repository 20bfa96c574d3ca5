"""Calling a session off or moving it: first whom it touches, then, confirmed, the deed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextareaWidget

from bookings import services
from bookings.admin.confirming import ConfirmedDeed, counted
from bookings.admin.roster import LONGEST_ROSTER, promoted_at
from bookings.errors import DailyLimitReached, MembershipRequired, RescheduleConflicts
from bookings.models import Booking, WaitlistEntry
from bookings.services.concerned import Concerned
from classes.models import ClassSession
from core.admin.forms import InstantField
from core.admin.refusals import NotDone
from core.admin.times import moment
from core.instants import local_day
from customers.models import Customer

BOOKING = "admin:bookings_booking_change"
ENTRY = "admin:bookings_waitlistentry_change"
# What is in the way where no booking can be named.
WHY = {
    DailyLimitReached.code: "The day is used",
    MembershipRequired.code: "No membership opens the class on that day",
}


class Touched(NamedTuple):
    """Whom a change touches, as many as a page can list."""

    heading: str
    # The address of the booking or the place in line, and whose it is.
    listed: list[tuple[str, Customer]]
    # How many are not listed.
    more: int


def _touched(booked: str, waits: str, concerned: Concerned) -> dict[str, list[Touched]]:
    """Name those who are booked and those who wait, each group under what happens to it."""
    bookings, waiting = len(concerned.bookings), len(concerned.waiting)
    in_it = f"{counted(bookings, 'booking', 'bookings')} {booked}"
    in_line = f"{counted(waiting, 'customer', 'customers')} {waits}"
    groups = [
        _group(in_it, BOOKING, concerned.bookings),
        _group(in_line, ENTRY, concerned.waiting),
    ]
    return {"touched": [group for group in groups if group.listed]}


def _group(heading: str, page: str, rows: "Sequence[Booking | WaitlistEntry]") -> Touched:
    listed = [(reverse(page, args=[row.pk]), row.customer) for row in rows[:LONGEST_ROSTER]]
    return Touched(heading, listed, len(rows) - len(listed))


# --- Calling off ----------------------------------------------------------------------------------


class ReasonForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="Customers read it in the message that the session does not take place.",
    )


class CallingOff(ConfirmedDeed):
    label = "Cancel"
    template = "bookings/cancel_session.html"
    form_class = ReasonForm
    obj: ClassSession

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        concerned = services.whom_it_cancels(session=self.obj, at=self.at)
        booked, waits = "would be cancelled by the gym, never late", "would wait no more"
        return _touched(booked, waits, concerned)

    def do(self, asked: dict[str, Any]) -> str:
        done = services.cancel_session(session=self.obj, reason=asked["reason"], at=self.at)
        if done.session.cancelled_at == self.at:
            self.page.log_change(self.request, done.session, "Cancelled.")
        bookings = counted(len(done.bookings), "booking was", "bookings were")
        waiting = counted(len(done.waiting), "customer waits", "customers wait")
        sentence = f"It is cancelled. {bookings} cancelled with it."
        return f"{sentence} {waiting} no more." if done.waiting else sentence


# --- Moving ---------------------------------------------------------------------------------------


class TimeForm(forms.Form):
    starts_at = InstantField(label="Starts", widget=UnfoldAdminSplitDateTimeWidget)


class Moving(ConfirmedDeed):
    label = "Reschedule"
    template = "bookings/move_session.html"
    form_class = TimeForm
    obj: ClassSession

    def first_proposed(self) -> dict[str, Any]:
        return {"starts_at": self.obj.starts_at}

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        starts_at = self._elsewhen(asked)
        concerned = services.whom_it_touches(
            session=self.obj, changes={"starts_at": starts_at}, at=self.at
        )
        times = {"was_to_start": moment(self.obj.starts_at), "starts": moment(starts_at)}
        booked, waits = "would move with it", "would keep the place in line"
        return times | _touched(booked, waits, concerned)

    def do(self, asked: dict[str, Any]) -> str:
        changes = {"starts_at": self._elsewhen(asked)}
        done = services.edit_session(session=self.obj, changes=changes, at=self.at)
        self.page.log_change(self.request, done, f"Moved to {moment(done.starts_at)}.")
        promoted = promoted_at(done, self.at)
        moved = counted(done.booked_count - promoted, "booking", "bookings")
        sentence = f"It starts on {moment(done.starts_at)}. {moved} moved with it."
        return f"{sentence} {told_of_promoted(promoted)}" if promoted else sentence

    def explain(self, error: BaseException | None, asked: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(error, RescheduleConflicts):
            return {}
        return {"conflicts": conflicts_told(error, asked["starts_at"])}

    def _elsewhen(self, asked: dict[str, Any]) -> datetime:
        starts_at: datetime = asked["starts_at"]
        if starts_at == self.obj.starts_at:
            raise NotDone("It starts then already.", "starts_at")
        return starts_at


class Conflict(NamedTuple):
    customer: Customer
    why: str
    # Of what uses the day: the address of its page, and which it is.
    address: str = ""
    booking: str = ""


def conflicts_told(refusal: RescheduleConflicts, to: datetime) -> list[Conflict]:
    """Say of each customer who could not come what is in the way. Two queries."""
    customers = Customer.objects.in_bulk(refusal.customers)
    day = local_day(to, timezone.get_default_timezone())
    using_the_day = Booking.objects.filter(customer__in=refusal.customers, occupied_day=day)
    of_the_day = {
        booking.customer_id: booking
        for booking in using_the_day.select_related("class_session__class_type")
    }
    told = []
    for conflict in refusal.conflicts[:LONGEST_ROSTER]:
        customer_id = conflict["customer"]
        used = conflict["code"] == DailyLimitReached.code and of_the_day.get(customer_id)
        if used:
            of_session = used.class_session
            which = f"{of_session.class_type}, {moment(of_session.starts_at)}"
            page = reverse(BOOKING, args=[used.pk])
            why = f"{used.get_status_display()} that day"
            told.append(Conflict(customers[customer_id], why, page, which))
        else:
            told.append(Conflict(customers[customer_id], WHY[conflict["code"]]))
    return told


def told_of_promoted(number: int) -> str:
    who = counted(number, "customer", "customers")
    return f"{who} from the waiting list got a spot."
