from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from core.admin import GymAdmin, link
from workouts import services
from workouts.models import Entry, Exercise
from workouts.serializers import LONGEST_MUSCLE, MOST_MUSCLES

# An exercise may be in a million workouts; nobody wants to know how many more than these.
MOST_COUNTED = 1000


class Counted(Subquery):
    """How many rows a subquery gives."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS found)"


class MusclesField(forms.Field):
    """A list that is typed as text, with commas or on lines of its own."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, list):
            return value
        parts = ",".join(str(value or "").splitlines()).split(",")
        return [part for part in map(str.strip, parts) if part]

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_MUSCLES:
            raise forms.ValidationError(f"At most {MOST_MUSCLES} muscles.")
        for muscle in value:
            forms.CharField(max_length=LONGEST_MUSCLE).clean(muscle)

    def has_changed(self, initial: Any, data: Any) -> bool:
        # A comma within one, which the API takes, is shown like those between them.
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


class ExerciseForm(forms.ModelForm):
    muscles = MusclesField(required=False, help_text="With commas between them.")

    class Meta:
        labels: ClassVar[dict[str, str]] = {"is_active": "Active"}


@admin.register(Exercise)
class ExerciseAdmin(GymAdmin):
    form = ExerciseForm
    list_display = ("name", "equipment", "kind", "show_muscles", "show_workouts", "show_active")
    list_filter = (
        ("equipment", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        "is_active",
    )
    search_fields = ("name",)
    search_help_text = "The name of the exercise"
    ordering = ("name", "pk")
    fields = ("name", ("equipment", "kind"), "muscles", "is_active")
    leads_elsewhere = True
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "equipment": "equipment",
        "kind": "kind",
        "active": "is_active",
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Exercise | None = None) -> Any:
        # Sets were written by it.
        return () if obj is None else ("kind",)

    # --- Deleting --------------------------------------------------------------------------------

    def delete_model(self, request: HttpRequest, obj: Exercise) -> None:
        services.delete_exercise(obj)

    # --- The list --------------------------------------------------------------------------------

    def lists_elsewhere(self, request: HttpRequest, obj: Exercise) -> list[tuple[str, str]]:
        if not request.user.has_perm("workouts.view_workout"):
            return []
        return [("Workouts", _workouts_with(obj))]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        its_entries = Entry.objects.filter(exercise=OuterRef("pk"))
        its_workouts = its_entries.values("workout").distinct()[: MOST_COUNTED + 1]
        shown = Exercise.objects.filter(pk__in=[one.pk for one in found.result_list])
        numbers = dict(shown.values_list("pk", Counted(its_workouts)))
        for exercise in found.result_list:
            exercise.workout_count = numbers.get(exercise.pk, 0)
        return found

    @display(description="Muscles")
    def show_muscles(self, exercise: Exercise) -> str:
        return ", ".join(map(str, exercise.muscles))

    @display(description="In workouts")
    def show_workouts(self, exercise: Any) -> str:
        number: int = exercise.workout_count
        if not number:
            return "None"
        told = f"{number:,}" if number <= MOST_COUNTED else f"More than {MOST_COUNTED:,}"
        return link(_workouts_with(exercise), told)

    @display(description="Active", ordering="is_active", boolean=True)
    def show_active(self, exercise: Exercise) -> bool:
        return exercise.is_active


def _workouts_with(exercise: Exercise) -> str:
    address = reverse("admin:workouts_workout_changelist")
    return f"{address}?exercise={exercise.pk}"
