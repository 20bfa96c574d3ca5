from typing import Any, ClassVar

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin.forms import IntervalForm
from core.intervals import interval, told
from milestones.models import Milestone
from milestones.notices import MILESTONE_AWARD, what_is_reached
from notifications.admin import Wording, WordingAdmin


class MilestoneForm(IntervalForm):
    class Meta:
        labels: ClassVar[Any] = {
            "is_active": "Active",
            "session_count": "Sessions",
            "counts": "Which count",
            "interval_count": "Within how many",
            "interval_unit": "Of what",
        }


@admin.register(Milestone)
class MilestoneAdmin(WordingAdmin):
    form = MilestoneForm
    list_display = ("name", "session_count", "show_interval", "counts", "is_active")
    list_filter = ("is_active", ("counts", ChoicesDropdownFilter))
    search_fields = ("name",)
    ordering = ("name", "pk")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": (("name", "is_active"),)}),
        (
            "So many sessions within so long a time",
            {"fields": (("session_count", "counts"), ("interval_count", "interval_unit"))},
        ),
        ("The congratulation", {"fields": ("email_subject", "email_body")}),
    )
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "sessions": "session_count",
        "interval count": "interval_count",
        "interval unit": "interval_unit",
        "counts": "counts",
        "active": "is_active",
        "subject": "email_subject",
        "body": "email_body",
    }

    def wording_of(self, obj: Milestone | None) -> Wording:
        words, variables = obj or Milestone(), dict(MILESTONE_AWARD.variables)
        if obj is not None:
            stretch = interval(obj.interval_count, obj.interval_unit)
            variables |= what_is_reached(obj)
            variables["window_start"] = variables["window_end"] - stretch
        return Wording(words.email_subject, words.email_body, variables)

    @display(description="Within", ordering="interval_unit")
    def show_interval(self, milestone: Milestone) -> str:
        return told(milestone.interval_count, milestone.interval_unit)
