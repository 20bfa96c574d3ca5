from typing import Any, ClassVar

from django.contrib import admin
from unfold.decorators import display

from classes.models import ClassType
from core.admin import GymAdmin


@admin.register(ClassType)
class ClassTypeAdmin(GymAdmin):
    list_display = (
        "name",
        "duration_minutes",
        "show_capacity",
        "late_cancel_cutoff_minutes",
        "is_premium",
    )
    list_filter = ("is_premium",)
    search_fields = ("name",)
    ordering = ("name", "pk")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "description")}),
        (
            "Copied into each session when it is made",
            {"fields": (("duration_minutes", "capacity"),)},
        ),
        ("Booking", {"fields": ("late_cancel_cutoff_minutes", "is_premium")}),
    )
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "minutes": "duration_minutes",
        "capacity": "capacity",
        "late cancel cutoff (minutes)": "late_cancel_cutoff_minutes",
        "premium": "is_premium",
        "description": "description",
    }

    @display(description="Capacity", ordering="capacity")
    def show_capacity(self, class_type: ClassType) -> str:
        return "Unlimited" if class_type.capacity is None else str(class_type.capacity)
