"""Cancelling a membership: first what would be lost with it, then, confirmed, the deed."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from bookings import services
from bookings.admin.confirming import ConfirmedDeed, counted
from bookings.models import Booking
from core.admin.forms import DayField
from core.admin.times import moment
from memberships.models import Membership


class CancellationForm(forms.Form):
    cancelled_on = DayField(
        label="From this day on it opens nothing", widget=UnfoldAdminSingleDateWidget
    )
    reason = forms.CharField(
        required=False, max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


class CancellingMembership(ConfirmedDeed):
    """Ask for the day and the reason, show what would be lost, and cancel what is confirmed."""

    label = "Cancel"
    template = "bookings/cancel_membership.html"
    form_class = CancellationForm
    obj: Membership

    def first_proposed(self) -> dict[str, Any]:
        return {"cancelled_on": _first_day(self.obj, timezone.localdate(self.at))}

    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        lost = services.bookings_lost_with(
            membership=self.obj, on=asked["cancelled_on"], at=self.at
        )
        return {
            "day": date_format(asked["cancelled_on"]),
            "lost": [_address_and_line(booking) for booking in lost],
        }

    def do(self, asked: dict[str, Any]) -> str:
        done = services.cancel_membership(
            membership=self.obj, on=asked["cancelled_on"], reason=asked["reason"], at=self.at
        )
        self.page.log_change(self.request, done.membership, "Cancelled.")
        day = done.membership.cancelled_on
        assert day is not None
        bookings = counted(len(done.bookings), "booking was", "bookings were")
        return f"It opens nothing from {date_format(day)} on. {bookings} cancelled with it."


def _address_and_line(booking: Booking) -> tuple[str, str]:
    session = booking.class_session
    page = reverse("admin:bookings_booking_change", args=[booking.pk])
    return page, f"{session.class_type}, {moment(session.starts_at)}"


def _first_day(membership: Membership, today: date) -> date:
    day = max(today, membership.starts_on)
    return day if membership.ends_on is None else min(day, membership.ends_on)
