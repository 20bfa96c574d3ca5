from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from bookings import services
from bookings.models import BookingWindow
from core.admin import GymAdmin

EMPTY_MEANS = {"segment": "Everyone", "class_type": "Every class"}


@admin.register(BookingWindow)
class BookingWindowAdmin(GymAdmin):
    list_display = ("show_segment", "show_class_type", "show_opening")
    list_display_links = ("show_segment", "show_class_type")
    list_filter = (("segment", RelatedDropdownFilter), ("class_type", RelatedDropdownFilter))
    list_select_related = ("segment", "class_type")
    search_fields = ("segment__name", "class_type__name")
    ordering = ("pk",)
    fields = (("segment", "class_type"), ("opens_before", "unit"))
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "segment": "segment__name",
        "class type": "class_type__name",
        "opens before": "opens_before",
        "unit": "unit",
    }

    def get_fields(self, request: HttpRequest, obj: BookingWindow | None = None) -> Any:
        if obj is not None and obj.is_default:
            return (("show_segment", "show_class_type"), ("opens_before", "unit"))
        return self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: BookingWindow | None = None) -> Any:
        # The gym's default stays for everyone and every class.
        return ("show_segment", "show_class_type") if obj is not None and obj.is_default else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.empty_label = EMPTY_MEANS[db_field.name]
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        window = kwargs.get("obj")
        context["show_delete"] = window is None or not window.is_default
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_model(self, request: HttpRequest, obj: BookingWindow) -> None:
        services.delete_window(window=obj)

    @display(description="For whom", ordering="segment__name")
    def show_segment(self, window: BookingWindow) -> str:
        return window.segment.name if window.segment else EMPTY_MEANS["segment"]

    @display(description="Of what", ordering="class_type__name")
    def show_class_type(self, window: BookingWindow) -> str:
        return window.class_type.name if window.class_type else EMPTY_MEANS["class_type"]

    @display(description="Booking opens")
    def show_opening(self, window: BookingWindow) -> str:
        return f"{window.opens_before} {window.unit} before the start"
