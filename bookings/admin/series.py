"""Putting a class on the schedule every week."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminSingleTimeWidget,
)

from bookings import services
from bookings.admin.confirming import counted
from bookings.services.series import Series
from classes.models import ClassSession, ClassType
from core.admin import GymAdmin
from core.admin.forms import DayField
from core.admin.refusals import NotDone, attempt

WEEKDAYS = [
    (1, "Monday"),
    (2, "Tuesday"),
    (3, "Wednesday"),
    (4, "Thursday"),
    (5, "Friday"),
    (6, "Saturday"),
    (7, "Sunday"),
]


class SeriesForm(forms.Form):
    class_type = forms.ModelChoiceField(
        queryset=ClassType.objects.order_by("name", "pk"), widget=UnfoldAdminSelectWidget
    )
    starts_on = DayField(label="From", widget=UnfoldAdminSingleDateWidget)
    ends_on = DayField(
        label="To",
        widget=UnfoldAdminSingleDateWidget,
        help_text="Both days are part of the series.",
    )
    weekdays = forms.TypedMultipleChoiceField(
        coerce=int, choices=WEEKDAYS, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    local_time = forms.TimeField(
        label="Time",
        widget=UnfoldAdminSingleTimeWidget,
        help_text="On the gym's clock, in summer as in winter.",
    )


def series_page(page: GymAdmin, request: HttpRequest) -> HttpResponse:
    form = SeriesForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            series = attempt(request, lambda: _create(request, asked))
        except NotDone as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal))
        else:
            page.message_user(request, _told(series), messages.SUCCESS)
            return HttpResponseRedirect(_its_sessions(page, asked))
    context = {
        **page.admin_site.each_context(request),
        "title": "Weekly series",
        "opts": page.opts,
        "form": form,
        "media": page.media + form.media,
        "list_page": _list_of(page),
    }
    return TemplateResponse(request, "bookings/series.html", context)


def _create(request: HttpRequest, asked: dict[str, Any]) -> Series:
    series = services.create_series(**asked)
    made = ClassSession.objects.filter(pk__in=series.created).select_related("class_type")
    if series.created:
        assert request.user.pk is not None
        LogEntry.objects.log_actions(
            request.user.pk, made, ADDITION, change_message="Made with a weekly series."
        )
    return series


def _told(series: Series) -> str:
    created = counted(len(series.created), "session was", "sessions were")
    sentence = f"{created} put on the schedule."
    if series.existing:
        there = counted(len(series.existing), "was", "were")
        sentence += f" {there} there already."
    return sentence


def _its_sessions(page: GymAdmin, asked: dict[str, Any]) -> str:
    """Give the address of the list, narrowed to the days and the class of a series."""
    narrowed = {
        "class_type__id__exact": asked["class_type"].pk,
        "starts_at_from": asked["starts_on"],
        "starts_at_to": asked["ends_on"],
    }
    return f"{_list_of(page)}?{urlencode(narrowed)}"


def _list_of(page: GymAdmin) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
