from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import services
from bookings.admin.deeds import DEEDS, Deed, do_to_each, is_changed
from bookings.admin.places import PlaceAdmin
from bookings.models import Booking
from bookings.states import BookingStatus
from core.admin import DaysFilter
from core.admin.times import shown_moment

STATUS_COLOURS = {
    BookingStatus.BOOKED: "info",
    BookingStatus.ATTENDED: "success",
    BookingStatus.NO_SHOW: "danger",
    BookingStatus.CANCELLED: None,
    BookingStatus.LATE_CANCELLED: "warning",
}


class BookingForm(forms.ModelForm):
    reason = forms.CharField(
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextareaWidget({"rows": 2}),
        help_text="Why this late cancellation is forgiven. Kept with your name.",
    )


@admin.register(Booking)
class BookingAdmin(PlaceAdmin):
    """A booking is made here and changed by its buttons, nothing else. None is deleted."""

    form = BookingForm
    list_display = ("show_number", "customer", "show_class", "show_start", "show_status", "made")
    list_display_links = ("show_number",)
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("class_session__starts_at", DaysFilter),
        ("class_session__class_type", RelatedDropdownFilter),
        ("created_at", DaysFilter),
    )
    sentence_when_made = "Booked."
    on_the_page = (
        ("customer", "show_session"),
        ("status", "free_to_cancel"),
        ("made", "changed"),
        ("cancelled", "cancelled_by"),
    )
    when_forgiven = (("forgiven", "forgiven_by"), "forgiven_reason")
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
        "created": "created_at",
        "cancelled": "cancelled_at",
        "cancelled by": "cancelled_by",
    }

    # --- Making one ------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Booking, form: Any, change: bool) -> None:
        at = timezone.now()
        if not change:
            made = services.book_session(
                customer_id=obj.customer_id, session_id=obj.class_session_id, at=at
            )
            obj.pk = made.pk
        elif deed := self._deed(request):
            by, reason = request.user.get_username(), form.cleaned_data["reason"]
            changed = deed.do(booking=obj, by=by, reason=reason, at=at)
            obj.status, obj.updated_at = changed.status, changed.updated_at
            request.has_changed = is_changed(changed, at=at)  # type: ignore[attr-defined]

    # --- Its page --------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        if obj is None:
            return self.autocomplete_fields
        if obj.forgiven_at:
            return (*self.on_the_page, *self.when_forgiven)
        if obj.status == BookingStatus.LATE_CANCELLED:
            return (*self.on_the_page, "reason")
        return self.on_the_page

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> Any:
        shown = (*self.on_the_page, *self.when_forgiven[:1])
        return [name for pair in shown for name in pair] + ["forgiven_reason"] if obj else ()

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        booking = self.get_object(request, str(object_id))
        if booking is None or not self.has_change_permission(request, booking):
            return []
        at, starts_at = timezone.now(), booking.class_session.starts_at
        return [
            UnfoldAction(
                action_name=name,
                method=None,
                description=deed.label,
                path=name,
                icon=deed.icon,
                attrs={},
            )
            for name, deed in DEEDS.items()
            if deed.fits(booking, starts_at=starts_at, at=at)
        ]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        deed = self._deed(request)
        if deed is not None:
            return f"{deed.label}."
        return super().construct_change_message(request, form, formsets, add)

    def _deed(self, request: HttpRequest) -> Deed | None:
        # Whichever button there ever was: what an outdated page asks for deserves an answer.
        return next((deed for name, deed in DEEDS.items() if name in request.POST), None)

    # --- The list --------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if actions and self.has_change_permission(request):
            for name, deed in DEEDS.items():
                actions[name] = (partial(do_to_each, deed), name, deed.label)
        return actions

    @display(description="Booking", ordering="pk")
    def show_number(self, booking: Booking) -> str:
        return f"#{booking.pk}"

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, booking: Booking) -> tuple[str, str]:
        return booking.status, booking.get_status_display()

    made = shown_moment("created_at", "Made")
    changed = shown_moment("updated_at", "Last changed")
    # Not named as a column is: the page would show that one.
    free_to_cancel = shown_moment("free_cancel_until", "Free to cancel until")
    cancelled = shown_moment("cancelled_at", "Cancelled")
    forgiven = shown_moment("forgiven_at", "Forgiven")
