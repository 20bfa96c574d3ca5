from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldBooleanSwitchWidget

from bookings import services
from bookings.admin.calling_off import CallingOff, Moving, told_of_promoted
from bookings.admin.confirming import ConfirmedDeed
from bookings.admin.roster import has_had_a_line, line_for, promoted_at, roster_of
from bookings.admin.series import series_page
from bookings.errors import SessionCancelled
from classes.models import ClassSession
from classes.querysets import ClassSessionQuerySet
from classes.states import SessionStatus
from core.admin import DaysFilter, GymAdmin
from core.admin.times import moment, shown_moment
from core.instants import day_bounds

STATUS_COLOURS = {SessionStatus.SCHEDULED: "success", SessionStatus.CANCELLED: "danger"}
# The parameters of the filter by days.
DAYS_ASKED_FOR = ("starts_at_from", "starts_at_to")
SAVE_BUTTONS = ("show_save", "show_save_and_continue", "show_save_and_add_another")


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


def spots_of(session: ClassSession) -> str:
    waiting = f", {session.waitlist_count} waiting" if session.waitlist_count else ""
    if session.capacity is None:
        return f"{session.booked_count} booked, unlimited{waiting}"
    spots = f"{session.booked_count} of {session.capacity} booked, {session.spots_left} left"
    return f"{spots}{waiting}"


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
    on_the_page = (("class_type", "status"), ("show_start", "show_spots"))
    when_cancelled = (("cancelled", "cancellation_reason"),)
    actions_list = ("series",)
    actions_detail = ("reschedule", "cancel")
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "class type id": "class_type_id",
        "class": "class_type__name",
        "starts": "starts_at",
        "minutes": "duration_minutes",
        "capacity": "capacity",
        "booked": "booked_count",
        "waiting": "waitlist_count",
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
        if obj.status == SessionStatus.CANCELLED:
            return (*self.on_the_page, *self.when_cancelled, numbers[0])
        return (*self.on_the_page, *numbers)

    def get_readonly_fields(self, request: HttpRequest, obj: ClassSession | None = None) -> Any:
        if obj is None:
            return ()
        shown = [name for pair in self.on_the_page for name in pair]
        if obj.status != SessionStatus.CANCELLED:
            return shown
        return [*shown, *self.when_cancelled[0], "duration_minutes", "capacity", "unlimited"]

    def save_model(self, request: HttpRequest, obj: ClassSession, form: Any, change: bool) -> None:
        if not change:
            made = services.create_session(
                class_type=obj.class_type, starts_at=obj.starts_at, **form.given()
            )
            obj.pk = made.pk
            return
        if obj.status == SessionStatus.CANCELLED:
            # Nothing of it is edited; a page opened before that still offers to.
            raise SessionCancelled
        changes = {name: form.cleaned_data[name] for name in self.changed_columns(form)}
        if "unlimited" in form.changed_data:
            changes["capacity"] = form.cleaned_data["capacity"]
        at = timezone.now()
        services.edit_session(session=obj, changes=changes, at=at)
        if "capacity" in changes and (promoted := promoted_at(obj, at)):
            self.message_user(request, told_of_promoted(promoted), messages.SUCCESS)

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        """Give the buttons that may fit; whether it may be done the service decides."""
        session = self.get_object(request, str(object_id))
        if session is None or session.status == SessionStatus.CANCELLED:
            return []
        buttons: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        if timezone.now() < session.starts_at:
            return buttons
        # What has started is history: its time is corrected while nobody is booked.
        hidden = {"cancel", "reschedule"} if session.booked_count else {"cancel"}
        return [button for button in buttons if button.path not in hidden]

    @action(description="Reschedule", url_path="reschedule", permissions=["change"], icon="update")
    def reschedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._confirmed(Moving, request, object_id)

    @action(
        description="Cancel",
        url_path="cancel",
        permissions=["change"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._confirmed(CallingOff, request, object_id)

    def _confirmed(
        self, deed: type[ConfirmedDeed], request: HttpRequest, object_id: str
    ) -> HttpResponse:
        session = self.get_object(request, object_id)
        if session is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(
                request, self.opts, object_id
            )
            return gone
        if session.status == SessionStatus.CANCELLED:
            self.message_user(request, "It is cancelled already.", messages.INFO)
            return HttpResponseRedirect(self._address("change", object_id))
        return deed(self, request, session).answer()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if session := kwargs.get("obj"):
            at = timezone.now()
            is_to_come = session.status == SessionStatus.SCHEDULED and at < session.starts_at
            roster = roster_of(session, at=at)
            context |= {
                "roster": roster,
                "line": line_for(session),
                "show_delete": not (has_had_a_line(session) or roster.rows),
                "may_take_out": request.user.has_perm("bookings.change_waitlistentry"),
                "may_put_in": is_to_come
                and session.spots_left == 0
                and request.user.has_perm("bookings.add_waitlistentry"),
            }
            if session.status == SessionStatus.CANCELLED:
                context |= dict.fromkeys(SAVE_BUTTONS, False)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The list --------------------------------------------------------------------------------

    @action(
        description="Weekly series", url_path="series", permissions=["add"], icon="event_repeat"
    )
    def series(self, request: HttpRequest) -> HttpResponse:
        return series_page(self, request)

    @display(description="Starts", ordering="starts_at")
    def show_start(self, session: ClassSession) -> str:
        return moment(session.starts_at)

    @display(description="Booked")
    def show_spots(self, session: ClassSession) -> str:
        return spots_of(session)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, session: ClassSession) -> tuple[str, str]:
        return session.status, session.get_status_display()

    cancelled = shown_moment("cancelled_at", "Cancelled")
