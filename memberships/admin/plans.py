from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ManyToManyField
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from core.admin import GymAdmin
from core.admin.forms import IntervalForm
from memberships.models import MembershipPlan


class MembershipPlanForm(IntervalForm):
    class Meta:
        labels: ClassVar[Any] = {
            "class_types": "Opens",
            "is_active": "On sale",
            "interval_count": "How many",
            "interval_unit": "Of what",
        }
        help_texts: ClassVar[Any] = {"interval_count": "", "is_active": ""}
        error_messages: ClassVar[Any] = {
            "class_types": {"required": "A plan opens at least one class type."}
        }


@admin.register(MembershipPlan)
class MembershipPlanAdmin(GymAdmin):
    """What the desk sells. Editing a plan changes no membership that was sold."""

    form = MembershipPlanForm
    list_display = ("name", "show_interval", "show_class_types", "is_active")
    list_filter = ("is_active", ("class_types", RelatedDropdownFilter))
    search_fields = ("name",)
    ordering = ("name",)
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", "description", "class_types", "is_active")}),
        (
            "How long a membership lasts (both empty: until it is cancelled)",
            {"fields": (("interval_count", "interval_unit"),)},
        ),
    )
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "interval count": "interval_count",
        "interval unit": "interval_unit",
        "active": "is_active",
        "description": "description",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("class_types")

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.queryset = field.queryset.order_by("name", "pk")
        field.widget, field.help_text = UnfoldAdminSelect2MultipleWidget(), db_field.help_text
        field.widget.choices = field.choices
        return field

    @display(description="A membership lasts", ordering="interval_unit")
    def show_interval(self, plan: MembershipPlan) -> str:
        return plan.interval

    @display(description="Opens")
    def show_class_types(self, plan: MembershipPlan) -> str:
        return ", ".join(sorted(class_type.name for class_type in plan.class_types.all()))
