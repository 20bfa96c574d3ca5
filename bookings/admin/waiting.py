from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from bookings import services
from bookings.admin.places import PlaceAdmin
from bookings.models import WaitlistEntry
from bookings.states import WaitlistStatus
from core.admin import DaysFilter
from core.admin.times import shown_moment

STATUS_COLOURS = {
    WaitlistStatus.WAITING: "info",
    WaitlistStatus.PROMOTED: "success",
    WaitlistStatus.LEFT: None,
    WaitlistStatus.CLOSED: None,
}


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(PlaceAdmin):
    list_display = (
        "show_number",
        "customer",
        "show_class",
        "show_start",
        "show_position",
        "show_status",
        "joined",
    )
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("class_session__starts_at", DaysFilter),
        ("class_session__class_type", RelatedDropdownFilter),
    )
    on_the_page = (
        ("customer", "show_session"),
        ("status", "show_position"),
        ("joined", "ended"),
    )
    when_promoted = ("show_booking",)
    sentence_when_made = "Waiting."
    actions_submit_line = ("leave",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "session id": "class_session_id",
        "class": "class_session__class_type__name",
        "starts": "class_session__starts_at",
        "status": "status",
        "joined": "created_at",
        "ended": "ended_at",
        "booking id": "promoted_booking_id",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).with_position()

    def save_model(self, request: HttpRequest, obj: WaitlistEntry, form: Any, change: bool) -> None:
        if not change:
            made = services.join_waitlist(
                customer_id=obj.customer_id, session_id=obj.class_session_id, at=timezone.now()
            )
            obj.pk = made.pk
        elif button := self.pressed(request):
            button.method(request, obj)

    @action(description="Take out of the line", permissions=["change"], icon="person_remove")
    def leave(self, request: HttpRequest, entry: WaitlistEntry) -> None:
        at = timezone.now()
        left = services.leave_waitlist(entry=entry, at=at)
        entry.status = left.status
        request.has_changed = left.ended_at == at  # type: ignore[attr-defined]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if not add:
            return "Taken out of the line."
        return super().construct_change_message(request, form, formsets, add)

    # --- Its page --------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: WaitlistEntry | None = None) -> Any:
        if obj is None:
            return self.autocomplete_fields
        return (*self.on_the_page, *(self.when_promoted if obj.promoted_booking_id else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: WaitlistEntry | None = None) -> Any:
        shown = [name for pair in self.on_the_page for name in pair]
        return [*shown, *self.when_promoted] if obj else ()

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        entry = self.get_object(request, str(object_id))
        if entry is None or entry.status != WaitlistStatus.WAITING:
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    # --- The list --------------------------------------------------------------------------------

    @display(description="Entry", ordering="pk")
    def show_number(self, entry: WaitlistEntry) -> str:
        return f"#{entry.pk}"

    @display(description="Position", empty_value="–")
    def show_position(self, entry: WaitlistEntry) -> int | None:
        return entry.position

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, entry: WaitlistEntry) -> tuple[str, str]:
        return entry.status, entry.get_status_display()

    @display(description="Booking")
    def show_booking(self, entry: WaitlistEntry) -> str:
        its_page = reverse("admin:bookings_booking_change", args=[entry.promoted_booking_id])
        return format_html(
            '<a href="{}" class="text-link">#{}</a>', its_page, entry.promoted_booking_id
        )

    joined = shown_moment("created_at", "Since")
    ended = shown_moment("ended_at", "Ended")
