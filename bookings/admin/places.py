"""What the pages of a customer's place in a session share: of a booking, of a place in line."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from bookings.admin.roster import came_from
from bookings.models import Booking, WaitlistEntry
from core.admin import GymAdmin
from core.admin.times import moment

Place = Booking | WaitlistEntry


class PlaceAdmin(GymAdmin):
    """It is made here and changed by its buttons, nothing else. None is deleted."""

    list_display_links = ("show_number",)
    list_select_related = ("customer", "class_session__class_type")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    autocomplete_fields = ("customer", "class_session")
    sentence_when_made = ""

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return False

    def label_of(self, obj: Place) -> str:
        return f"{obj.customer} · {self.show_class(obj)}, {self.show_start(obj)}"

    def show_status(self, obj: Any) -> tuple[str, str]:
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        if place := kwargs.get("obj"):
            context["subtitle"] = self.label_of(place)
        if not add:
            hidden = ("show_save", "show_save_and_continue", "show_save_and_add_another")
            context |= dict.fromkeys(hidden, False)
        return super().render_change_form(request, context, add=add, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Place, post_url_continue: str | None = None
    ) -> HttpResponse:
        page = self._address("change", str(obj.pk))
        sentence = '<a href="{}">{}</a>: {}'
        told = format_html(sentence, page, self.label_of(obj), self.sentence_when_made)
        self.message_user(request, told)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        if "_continue" in request.POST:
            return HttpResponseRedirect(page)
        return self.response_post_save_add(request, obj)

    def log_change(self, request: HttpRequest, obj: Place, message: Any) -> Any:
        if getattr(request, "has_changed", False):
            return super().log_change(request, obj, message)
        return None

    def response_change(self, request: HttpRequest, obj: Place) -> HttpResponse:
        if getattr(request, "has_changed", False):
            _, status = self.show_status(obj)
            self.message_user(request, f"{self.label_of(obj)}: {status}.", messages.SUCCESS)
        else:
            self.message_user(request, "Nothing to change.", messages.INFO)
        return HttpResponseRedirect(came_from(request))

    @display(description="Class", ordering="class_session__class_type__name")
    def show_class(self, place: Place) -> str:
        return place.class_session.class_type.name

    @display(description="Starts", ordering="class_session__starts_at")
    def show_start(self, place: Place) -> str:
        return moment(place.class_session.starts_at)

    @display(description="Session")
    def show_session(self, place: Place) -> str:
        its_page = reverse("admin:classes_classsession_change", args=[place.class_session_id])
        text = f"{self.show_class(place)}, {self.show_start(place)}"
        return format_html('<a href="{}" class="text-link">{}</a>', its_page, text)
