from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from bookings import services
from bookings.admin.deeds import DEEDS, Deed, do_to_each, is_changed
from bookings.models import Booking
from bookings.states import BookingStatus
from core.admin import DaysFilter, GymAdmin
from core.admin.times import moment, shown_moment

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
class BookingAdmin(GymAdmin):
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
    list_select_related = ("customer", "class_session__class_type")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    autocomplete_fields = ("customer", "class_session")
    on_the_page = (
        ("customer", "show_session"),
        ("status", "free_until"),
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

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False

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

    def response_add(
        self, request: HttpRequest, obj: Booking, post_url_continue: str | None = None
    ) -> HttpResponse:
        page = self._address("change", str(obj.pk))
        sentence = '<a href="{}">{}</a>: Booked.'
        self.message_user(request, format_html(sentence, page, self.label_of(obj)))
        if "_addanother" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        if "_continue" in request.POST:
            return HttpResponseRedirect(page)
        return self.response_post_save_add(request, obj)

    # --- Its page --------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

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

    def label_of(self, obj: Booking) -> str:
        return f"{obj.customer} · {self.show_class(obj)}, {self.show_start(obj)}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        if booking := kwargs.get("obj"):
            context["subtitle"] = self.label_of(booking)
        if not add:
            hidden = ("show_save", "show_save_and_continue", "show_save_and_add_another")
            context |= dict.fromkeys(hidden, False)
        return super().render_change_form(request, context, add=add, **kwargs)

    def log_change(self, request: HttpRequest, obj: Booking, message: Any) -> Any:
        if getattr(request, "has_changed", False):
            return super().log_change(request, obj, message)
        return None

    def response_change(self, request: HttpRequest, obj: Booking) -> HttpResponse:
        if getattr(request, "has_changed", False):
            status = BookingStatus(obj.status).label
            self.message_user(request, f"{self.label_of(obj)}: {status}.", messages.SUCCESS)
        else:
            self.message_user(request, "Nothing to change.", messages.INFO)
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
            back = request.get_full_path()
        return HttpResponseRedirect(back)

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

    @display(description="Class", ordering="class_session__class_type__name")
    def show_class(self, booking: Booking) -> str:
        return booking.class_session.class_type.name

    @display(description="Starts", ordering="class_session__starts_at")
    def show_start(self, booking: Booking) -> str:
        return moment(booking.class_session.starts_at)

    @display(description="Session")
    def show_session(self, booking: Booking) -> str:
        its_page = reverse("admin:classes_classsession_change", args=[booking.class_session_id])
        text = f"{self.show_class(booking)}, {self.show_start(booking)}"
        return format_html('<a href="{}" class="text-link">{}</a>', its_page, text)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, booking: Booking) -> tuple[str, str]:
        return booking.status, booking.get_status_display()

    made = shown_moment("created_at", "Made")
    changed = shown_moment("updated_at", "Last changed")
    free_until = shown_moment("cutoff_at", "Free to cancel until")
    cancelled = shown_moment("cancelled_at", "Cancelled")
    forgiven = shown_moment("forgiven_at", "Forgiven")
