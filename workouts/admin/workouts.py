from collections.abc import Collection
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.utils import display_for_label

from core.admin import DaysFilter, GymAdmin, PickedFilter, link, link_to
from core.admin.picking import ID
from core.admin.times import in_one_line, shown_moment
from customers.models import Customer
from workouts import services
from workouts.admin.showing import kilograms, length, told_effort, told_set, told_type
from workouts.admin.training import training_address, training_page
from workouts.models import Entry, Exercise, Set, Workout
from workouts.reports import VOLUME
from workouts.rows import entries_of

# A search looks up the workouts of each that it finds.
MOST_FOUND = 1000
RUNNING_COLOUR = {"running": "success"}


class Totals(NamedTuple):
    sets: int = 0
    grams: int = 0


class ExerciseFilter(DropdownFilter):
    title, parameter_name = "exercise", "exercise"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        exercises = Exercise.objects.order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in exercises]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Workout]") -> "QuerySet[Workout]":
        if not self.value():
            return queryset
        chosen = {pk for pk, _ in self.lookup_choices} & {self.value()}
        # Not a join: a workout may have the exercise twice.
        entries = Entry.objects.filter(exercise__in=chosen, workout=OuterRef("pk"))
        return queryset.filter(Exists(entries))


class RunningFilter(DropdownFilter):
    title, parameter_name = "running", "running"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Running"), ("no", "Ended")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Workout]") -> "QuerySet[Workout]":
        if self.value() in ("yes", "no"):
            return queryset.filter(ended_at__isnull=self.value() == "yes")
        return queryset


class WorkoutForm(forms.ModelForm):
    class Meta:
        labels: ClassVar[dict[str, str]] = {"started_at": "Started", "ended_at": "Ended"}

    def _get_validation_exclusions(self) -> set[str]:
        # What they must be to fit each other and the clock the service says.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"started_at", "ended_at"}


@admin.register(Workout)
class WorkoutAdmin(GymAdmin):
    """
    What customers trained. They log it in the app, which also edits its sets.

    Staff correct when it was, such as the end of one that a phone has forgotten, and the note,
    and may delete it.
    """

    form = WorkoutForm
    list_display = ("started", "show_customer", "show_length", "show_sets", "show_volume")
    list_display_links = ("started",)
    list_filter = (
        ("customer", PickedFilter),
        ExerciseFilter,
        ("started_at", DaysFilter),
        RunningFilter,
    )
    list_select_related = ("customer",)
    list_before_template = "workouts/of_a_customer.html"
    search_fields = ("customer",)
    search_help_text = "The customer's name or e-mail address"
    # Only what an index has in this order.
    ordering = ("-started_at", "-pk")
    sortable_by = ("started",)
    fields = (
        ("show_person", "show_length"),
        "started_at",
        "ended_at",
        "note",
        ("show_sets", "show_volume"),
        "client_id",
    )
    readonly_fields = ("show_person", "show_length", "show_sets", "show_volume", "client_id")
    leads_elsewhere = True
    change_form_outer_after_template = "workouts/sets.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "client id": "client_id",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "started": "started_at",
        "ended": "ended_at",
        "note": "note",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    # --- Correcting and deleting -----------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Workout, form: Any, change: bool) -> None:
        changes = {name: form.cleaned_data[name] for name in self.changed_columns(form)}
        services.edit_workout(workout=obj, changes=changes, entries=None, at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Workout) -> None:
        services.delete_workout(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Workout]") -> None:
        # The order in which everybody locks customers.
        super().delete_queryset(request, queryset.order_by("customer", "pk"))

    # --- A customer's training -------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.training_view)
        return [path("training/", view, name="workouts_workout_training"), *super().get_urls()]

    def training_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return training_page(self, request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        customer_id = request.GET.get("customer__id__exact", "")
        shown = {"training": training_address(customer_id)} if ID.fullmatch(customer_id) else {}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def lists_elsewhere(self, request: HttpRequest, obj: Workout) -> list[tuple[str, str]]:
        return [("The customer's training", training_address(obj.customer_id))]

    # --- The page of one -------------------------------------------------------------------------

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        workout = super().get_object(request, object_id, from_field)
        if workout is not None:
            workout.totals = _totals_of([workout.pk]).get(workout.pk, Totals())
        return workout

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if workout := kwargs.get("obj"):
            context["subtitle"] = str(workout)
            context["entries"] = _entries_as_told(workout.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The list --------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        totals = _totals_of([workout.pk for workout in found.result_list])
        for workout in found.result_list:
            workout.totals = totals.get(workout.pk, Totals())
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Workout]", search_term: str
    ) -> tuple["QuerySet[Workout]", bool]:
        """Find the customers first, as their own list does."""
        if not search_term:
            return queryset, False
        customers = self.admin_site.get_model_admin(Customer)
        rows, _ = customers.get_search_results(request, Customer.objects.all(), search_term)
        found = list(rows.values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(found) > MOST_FOUND:
            sentence = f"More than {MOST_FOUND:,} are called so. Type more of the name, please."
            self.message_user(request, sentence, messages.WARNING)
            return queryset.none(), False
        return queryset.filter(customer__in=found), False

    started = shown_moment("started_at", "Started")

    @display(description="Customer")
    def show_customer(self, workout: Workout) -> str:
        return link(training_address(workout.customer_id), workout.customer)

    @display(description="Customer")
    def show_person(self, workout: Workout) -> str:
        return link_to(Customer, workout.customer_id, workout.customer)

    @display(description="Length")
    def show_length(self, workout: Workout) -> str:
        if workout.ended_at is None:
            running: str = display_for_label(("running", "Running"), "", RUNNING_COLOUR)
            return running
        return in_one_line(length(workout.ended_at - workout.started_at))

    @display(description="Sets")
    def show_sets(self, workout: Any) -> int:
        number: int = workout.totals.sets
        return number

    @display(description="Volume")
    def show_volume(self, workout: Any) -> str | None:
        grams: int = workout.totals.grams
        return in_one_line(kilograms(grams)) if grams else None


def _totals_of(workout_ids: Collection[int]) -> dict[int, Totals]:
    volume = Sum(VOLUME, default=0)
    sets = Set.objects.filter(entry__workout__in=workout_ids).order_by()
    rows = sets.values_list("entry__workout").annotate(number=Count("pk"), grams=volume)
    return {pk: Totals(number, grams) for pk, number, grams in rows}


def _entries_as_told(workout_id: int) -> list[dict[str, Any]]:
    entries = entries_of([workout_id]).get(workout_id, [])
    exercises = Exercise.objects.in_bulk({entry.exercise_id for entry in entries})
    return [
        {
            "exercise_id": entry.exercise_id,
            "exercise": exercises[entry.exercise_id].name,
            "note": entry.note,
            "sets": [
                {
                    "position": each.position,
                    "type": told_type(each),
                    "done": told_set(each),
                    "effort": told_effort(each),
                }
                for each in entry.sets
            ],
        }
        for entry in entries
        if entry.exercise_id in exercises
    ]
