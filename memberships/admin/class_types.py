"""Class types are administered here, where it is known whether a plan opens a premium one."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.http import HttpRequest, HttpResponse
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from classes.models import ClassType
from core.admin import GymAdmin
from memberships.models import MembershipPlan


class Access(TextChoices):
    EVERYONE = "everyone", "Everyone"
    MEMBERS = "members", "Members"
    MEMBERS_OF_OLD = "members_of_old", "No plan on sale"
    NOBODY = "nobody", "Nobody"


ACCESS_COLOURS = {
    Access.EVERYONE: None,
    Access.MEMBERS: "info",
    Access.MEMBERS_OF_OLD: "warning",
    Access.NOBODY: "danger",
}
WARNINGS = {
    Access.MEMBERS_OF_OLD: "No plan on sale opens this premium class: only customers whose plan "
    "is not sold any more can book it.",
    Access.NOBODY: "No plan opens this premium class: nobody can book it.",
}


def who_may_book() -> Case:
    plans = MembershipPlan.objects.filter(class_types=OuterRef("pk"))
    return Case(
        When(Q(is_premium=False), then=Value(Access.EVERYONE)),
        When(Exists(plans.filter(is_active=True)), then=Value(Access.MEMBERS)),
        When(Exists(plans), then=Value(Access.MEMBERS_OF_OLD)),
        default=Value(Access.NOBODY),
    )


class AccessFilter(DropdownFilter):
    title = "who may book"
    parameter_name = "access"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return Access.choices

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Any, Any]"
    ) -> "QuerySet[Any, Any]":
        return queryset.filter(access=self.value()) if self.value() else queryset


@admin.register(ClassType)
class ClassTypeAdmin(GymAdmin):
    list_display = (
        "name",
        "duration_minutes",
        "show_capacity",
        "late_cancel_cutoff_minutes",
        "is_premium",
        "show_access",
    )
    list_filter = ("is_premium", AccessFilter)
    search_fields = ("name",)
    ordering = ("name", "pk")
    change_form_before_template = "core/warning.html"
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
        "who may book": "access",
        "description": "description",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(access=who_may_book())

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if class_type := kwargs.get("obj"):
            context["warning"] = WARNINGS.get(class_type.access)
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description="Capacity", ordering="capacity")
    def show_capacity(self, class_type: ClassType) -> str:
        return "Unlimited" if class_type.capacity is None else str(class_type.capacity)

    @display(description="Who may book", label=ACCESS_COLOURS)
    def show_access(self, class_type: Any) -> tuple[str, str]:
        return class_type.access, Access(class_type.access).label
