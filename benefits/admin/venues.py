"""Venues are administered here, where it is known what they offer and how that is used."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from benefits import reports
from benefits.admin.venue_charts import charts_of
from benefits.models import Benefit, BenefitUsage
from core.admin import GymAdmin
from venues.models import Venue


def benefits_offered() -> Coalesce:
    benefits = Benefit.objects.filter(venue=OuterRef("pk")).order_by().values("venue")
    return Coalesce(Subquery(benefits.annotate(number=Count("pk")).values("number")), 0)


@admin.register(Venue)
class VenueAdmin(GymAdmin):
    list_display = ("name", "show_benefits", "show_uses")
    search_fields = ("name",)
    search_help_text = "The name of the venue"
    ordering = ("name", "pk")
    fields = ("name", ("latitude", "longitude"))
    leads_elsewhere = True
    change_form_outer_after_template = "benefits/venue.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "latitude": "latitude",
        "longitude": "longitude",
        "benefits": "benefit_count",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(benefit_count=benefits_offered())

    # --- Its page --------------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if venue := kwargs.get("obj"):
            at, tz = timezone.now(), timezone.get_default_timezone()
            context |= {
                "charts": charts_of(venue_id=venue.pk, at=at, tz=tz),
                "may_offer": request.user.has_perm("benefits.add_benefit"),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def lists_elsewhere(self, request: HttpRequest, obj: Venue) -> list[tuple[str, str]]:
        lists = super().lists_elsewhere(request, obj)
        if self.admin_site.get_model_admin(BenefitUsage).has_view_permission(request):
            address = reverse("admin:benefits_benefitusage_changelist")
            lists.append(("Benefit usages", f"{address}?benefit__venue__id__exact={obj.pk}"))
        return lists

    # --- The list --------------------------------------------------------------------------------

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        uses = reports.uses_of_venues(at=timezone.now())
        for venue in found.result_list:
            venue.uses = uses.get(venue.pk, 0)
        return found

    @display(description="Benefits", ordering="benefit_count")
    def show_benefits(self, venue: Any) -> int:
        number: int = venue.benefit_count
        return number

    @display(description="Uses in 180 days")
    def show_uses(self, venue: Any) -> str:
        return f"{venue.uses:,}"
