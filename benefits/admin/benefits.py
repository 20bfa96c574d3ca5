from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from benefits.models import Benefit
from core.admin import GymAdmin, PickedFilter


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
    leads_elsewhere = True
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
