from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from benefits.models import Benefit
from core.admin import GymAdmin, PickedFilter, lists_about


@admin.register(Benefit)
class BenefitAdmin(GymAdmin):
    list_display = ("title", "venue", "recurrence")
    list_filter = (("venue", PickedFilter), ("recurrence", ChoicesDropdownFilter))
    list_select_related = ("venue",)
    search_fields = ("title", "venue__name")
    search_help_text = "What it is, or the venue's name"
    ordering = ("title", "pk")
    fields = ("title", ("venue", "recurrence"))
    autocomplete_fields = ("venue",)
    change_form_outer_before_template = "customers/elsewhere.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "title": "title",
        "venue id": "venue_id",
        "venue": "venue__name",
        "recurrence": "recurrence",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("venue")

    def label_of(self, obj: Benefit) -> str:
        return f"{obj} · {obj.venue}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if benefit := kwargs.get("obj"):
            context["elsewhere"] = lists_about(benefit, request)
        return super().render_change_form(request, context, *args, **kwargs)
