from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanSwitchWidget

from bookings import services
from bookings.admin.roster import roster_of
from classes.models import ClassSession
from classes.querysets import ClassSessionQuerySet
from classes.states import SessionStatus
from core.admin import DaysFilter, GymAdmin
from core.admin.times import moment
from core.instants import day_bounds

STATUS_COLOURS = {SessionStatus.SCHEDULED: "success", SessionStatus.CANCELLED: "danger"}
# The parameters of the filter by days.
DAYS_ASKED_FOR = ("starts_at_from", "starts_at_to")


class WhenFilter(DropdownFilter):
    """The list opens with today's; days that were asked for are shown, past ones too."""

    title = "when"
    parameter_name = "when"
    all_option: ClassVar[list[str]] = ["", "From today on"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("today", "Today"),
            ("week", "The next 7 days"),
            ("to_come", "To come"),
            ("past", "Started"),
            ("all", "All"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: ClassSessionQuerySet
    ) -> ClassSessionQuerySet:
        now, tz = timezone.now(), timezone.get_default_timezone()
        today = timezone.localdate(now)
        match self.value():
            case None | "" if not any(map(request.GET.get, DAYS_ASKED_FOR)):
                return queryset.filter(starts_at__gte=day_bounds(today, tz)[0])
            case "today":
                return queryset.on_day(today, tz)
            case "week":
                week = now + timedelta(days=7)
                return queryset.filter(starts_at__gt=now, starts_at__lt=week)
            case "to_come":
                return queryset.filter(starts_at__gt=now)
            case "past":
                return queryset.filter(starts_at__lte=now)
        return queryset


class ClassSessionForm(forms.ModelForm):
    """An empty number means the class type's, so unlimited has a switch of its own."""

    unlimited = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="As many as come, whatever the capacity of the class type.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = self.instance.pk is None
        if "duration_minutes" not in self.fields:
            return
        if self.is_new:
            self.fields["duration_minutes"].required = False
            self.fields["duration_minutes"].help_text = "Empty: as the class type says."
            self.fields["capacity"].help_text = "Empty: as the class type says."
        else:
            self.initial["unlimited"] = self.instance.capacity is None
            self.fields["unlimited"].help_text = "As many as come."
            self.fields["capacity"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        capacity = cleaned.get("capacity")
        if cleaned.get("unlimited") and capacity is not None:
            self.add_error("capacity", "Either a number or unlimited.")
        is_unsaid = "capacity" in cleaned and capacity is None and not cleaned.get("unlimited")
        if is_unsaid and not self.is_new:
            self.add_error("capacity", "Give a number, or switch on unlimited.")
        return cleaned

    def given(self) -> dict[str, Any]:
        """Give what was decided here rather than by the class type."""
        given = {
            name: self.cleaned_data[name]
            for name in ("duration_minutes", "capacity")
            if self.cleaned_data[name] is not None
        }
        return given | ({"capacity": None} if self.cleaned_data["unlimited"] else {})


@admin.register(ClassSession)
class ClassSessionAdmin(GymAdmin):
    form = ClassSessionForm
    list_display = ("show_start", "class_type", "show_spots", "show_status")
    list_display_links = ("show_start",)
    list_filter = (
        WhenFilter,
        ("starts_at", DaysFilter),
        ("class_type", RelatedDropdownFilter),
        ("status", ChoicesDropdownFilter),
    )
    list_select_related = ("class_type",)
    search_fields = ("class_type__name",)
    search_help_text = "The name of the class"
    ordering = ("starts_at", "pk")
    change_form_outer_after_template = "bookings/roster.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "class type id": "class_type_id",
        "class": "class_type__name",
        "starts": "starts_at",
        "minutes": "duration_minutes",
        "capacity": "capacity",
        "booked": "booked_count",
        "status": "status",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("class_type")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        looks_back = request.GET.get(WhenFilter.parameter_name) in ("past", "all")
        return ("-starts_at", "-pk") if looks_back else self.ordering

    # --- Choosing one to book --------------------------------------------------------------------

    def label_of(self, obj: ClassSession) -> str:
        return f"{obj.class_type}, {moment(obj.starts_at)} · {self.show_spots(obj)}"

    def to_pick_from(self, rows: ClassSessionQuerySet) -> ClassSessionQuerySet:
        return rows.scheduled().filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")

    # --- Its page --------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: ClassSession | None = None) -> Any:
        numbers = (("duration_minutes", "capacity"), "unlimited")
        if obj is None:
            return ("class_type", "starts_at", *numbers)
        return (("class_type", "status"), "show_spots", "starts_at", *numbers)

    def get_readonly_fields(self, request: HttpRequest, obj: ClassSession | None = None) -> Any:
        return ("class_type", "status", "show_spots") if obj else ()

    def save_model(self, request: HttpRequest, obj: ClassSession, form: Any, change: bool) -> None:
        if not change:
            made = services.create_session(
                class_type=obj.class_type, starts_at=obj.starts_at, **form.given()
            )
            obj.pk = made.pk
            return
        changes = {name: form.cleaned_data[name] for name in self.changed_columns(form)}
        if "unlimited" in form.changed_data:
            changes["capacity"] = form.cleaned_data["capacity"]
        services.edit_session(session=obj, changes=changes)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if session := kwargs.get("obj"):
            context["roster"] = roster_of(session, at=timezone.now())
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The list --------------------------------------------------------------------------------

    @display(description="Starts", ordering="starts_at")
    def show_start(self, session: ClassSession) -> str:
        return moment(session.starts_at)

    @display(description="Booked")
    def show_spots(self, session: ClassSession) -> str:
        if session.capacity is None:
            return f"{session.booked_count} booked, unlimited"
        return f"{session.booked_count} of {session.capacity} booked, {session.spots_left} left"

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, session: ClassSession) -> tuple[str, str]:
        return session.status, session.get_status_display()
