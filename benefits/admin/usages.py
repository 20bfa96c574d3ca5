from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from benefits import services
from benefits.models import Benefit, BenefitUsage
from core.admin import DaysFilter, GymAdmin, PickedFilter, link_to
from core.admin.times import shown_moment
from customers.models import Customer
from venues.models import Venue

# A search looks up the uses of each that it finds.
MOST_FOUND = 1000


@admin.register(BenefitUsage)
class BenefitUsageAdmin(GymAdmin):
    """A use is recorded and, if it was a mistake, deleted; not edited. There are millions."""

    list_display = ("used", "show_person", "show_benefit", "show_venue")
    list_display_links = ("used",)
    list_filter = (
        ("benefit", PickedFilter),
        ("benefit__venue", PickedFilter),
        ("used_at", DaysFilter),
    )
    list_select_related = ("person", "benefit__venue")
    search_fields = ("person", "benefit")
    search_help_text = "A customer, a benefit, or a venue"
    # Only what an index has in this order.
    ordering = ("-used_at", "-pk")
    sortable_by = ("used",)
    autocomplete_fields = ("person", "benefit")
    on_the_page = (("show_person", "used"), ("show_benefit", "show_venue"))
    readonly_fields = ("show_person", "used", "show_benefit", "show_venue", "external_id")
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "used": "used_at",
        "person id": "person_id",
        "first name": "person__first_name",
        "last name": "person__last_name",
        "email": "person__email",
        "benefit id": "benefit_id",
        "benefit": "benefit__title",
        "venue id": "benefit__venue_id",
        "venue": "benefit__venue__name",
        "external id": "external_id",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_fields(self, request: HttpRequest, obj: BenefitUsage | None = None) -> Any:
        if obj is None:
            return (self.autocomplete_fields, "used_at")
        is_imported = obj.external_id is not None
        return (*self.on_the_page, "external_id") if is_imported else self.on_the_page

    # --- Recording and deleting ------------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: BenefitUsage | None = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"used_at": timezone.now(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: BenefitUsage, form: Any, change: bool) -> None:
        made = services.record_use(
            person_id=obj.person_id,
            benefit_id=obj.benefit_id,
            used_at=obj.used_at,
            at=timezone.now(),
        )
        obj.pk = made.pk

    def delete_model(self, request: HttpRequest, obj: BenefitUsage) -> None:
        services.delete_use(obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[BenefitUsage]") -> None:
        # One order for all, so that two who delete at once do not wait for each other.
        super().delete_queryset(request, queryset.order_by("benefit", "pk"))

    # --- The list --------------------------------------------------------------------------------

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[BenefitUsage]", search_term: str
    ) -> tuple["QuerySet[BenefitUsage]", bool]:
        """Find who and what first: each of them has an index, their texts joined to uses none."""
        if not search_term:
            return queryset, False
        people = self._found(request, Customer, search_term)
        benefits = self._found(request, Benefit, search_term)
        if max(len(people), len(benefits)) > MOST_FOUND:
            sentence = f"More than {MOST_FOUND:,} are called so. Type more of the name, please."
            self.message_user(request, sentence, messages.WARNING)
            return queryset.none(), False
        return queryset.filter(Q(person__in=people) | Q(benefit__in=benefits)), False

    def _found(self, request: HttpRequest, model: type[Any], search_term: str) -> list[int]:
        its_admin = self.admin_site.get_model_admin(model)
        rows, _ = its_admin.get_search_results(request, model.objects.all(), search_term)
        return list(rows.values_list("pk", flat=True)[: MOST_FOUND + 1])

    used = shown_moment("used_at", "Used")

    @display(description="Venue")
    def show_venue(self, usage: BenefitUsage) -> str:
        return link_to(Venue, usage.benefit.venue_id, usage.benefit.venue)

    @display(description="Person")
    def show_person(self, usage: BenefitUsage) -> str:
        return link_to(Customer, usage.person_id, usage.person)

    @display(description="Benefit")
    def show_benefit(self, usage: BenefitUsage) -> str:
        return link_to(Benefit, usage.benefit_id, usage.benefit)
