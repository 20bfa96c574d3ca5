"""Cancelling a membership: first what would be lost with it, then, confirmed, the deed."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextareaWidget

from bookings import services
from core.admin import GymAdmin
from core.admin.forms import DayField
from core.admin.refusals import NotDone, attempt, said_to_staff
from core.admin.times import moment
from memberships.models import Membership


class CancellationForm(forms.Form):
    cancelled_on = DayField(
        label="From this day on it opens nothing", widget=UnfoldAdminSingleDateWidget
    )
    reason = forms.CharField(
        required=False, max_length=1000, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )


def cancellation_page(page: GymAdmin, request: HttpRequest, membership: Membership) -> HttpResponse:
    """Ask for the day and the reason, show what would be lost, and cancel what is confirmed."""
    at = timezone.now()
    first = {"cancelled_on": _first_proposed(membership, timezone.localdate(at))}
    form = CancellationForm(request.POST or None, initial=first)
    context: dict[str, Any] = {}
    # Going back to the form asks nothing of what was typed into it.
    if "back" not in request.POST and form.is_valid():
        try:
            if "confirmed" in request.POST:
                return _cancel(page, request, membership, form.cleaned_data, at)
            context["lost"] = _lost(membership, form.cleaned_data["cancelled_on"], at)
            context["day"] = date_format(form.cleaned_data["cancelled_on"])
        except NotDone as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal))
    context |= {
        **page.admin_site.each_context(request),
        "title": f"Cancel {membership}",
        "subtitle": str(membership.customer),
        "whose": page.label_of(membership),
        "opts": page.opts,
        "original": membership,
        "form": form,
        "media": page.media + form.media,
        "its_page": _address(membership),
    }
    return TemplateResponse(request, "bookings/cancel_membership.html", context)


def _first_proposed(membership: Membership, today: date) -> date:
    day = max(today, membership.starts_on)
    return day if membership.ends_on is None else min(day, membership.ends_on)


def _lost(membership: Membership, day: date, at: datetime) -> list[tuple[str, str]]:
    """Give the address and a line of each booking that would be cancelled."""
    with said_to_staff():
        lost = services.bookings_lost_with(membership=membership, on=day, at=at)
    return [
        (
            reverse("admin:bookings_booking_change", args=[booking.pk]),
            f"{booking.class_session.class_type}, {moment(booking.class_session.starts_at)}",
        )
        for booking in lost
    ]


def _cancel(
    page: GymAdmin,
    request: HttpRequest,
    membership: Membership,
    asked: dict[str, Any],
    at: datetime,
) -> HttpResponse:
    def act() -> services.CancelledMembership:
        done = services.cancel_membership(
            membership=membership, on=asked["cancelled_on"], reason=asked["reason"], at=at
        )
        page.log_change(request, done.membership, "Cancelled.")
        return done

    done = attempt(request, act)
    day = done.membership.cancelled_on
    assert day is not None
    number = len(done.bookings)
    bookings = {0: "No booking was", 1: "One booking was"}.get(number, f"{number} bookings were")
    sentence = f"It opens nothing from {date_format(day)} on. {bookings} cancelled with it."
    page.message_user(request, sentence, messages.SUCCESS)
    return HttpResponseRedirect(_address(membership))


def _address(membership: Membership) -> str:
    return reverse("admin:memberships_membership_change", args=[membership.pk])
