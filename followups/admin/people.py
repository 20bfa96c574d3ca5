from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import DaysFilter, ReadingAdmin, link_to
from core.admin.times import in_one_line, shown_moment
from followups import services
from followups.admin.finding import CustomersRowsAdmin
from followups.admin.showing import FOLLOW_UP_COLOURS, charts_of_people, coloured, sessions_left
from followups.models import Agreement, FollowUp, FollowUpChange

# Of one customer, as the page lists them.
MOST_SHOWN = 50


@admin.register(FollowUp)
class FollowUpAdmin(ReadingAdmin, CustomersRowsAdmin):
    """Whom to follow up with, and why: worked out from facts, never typed in."""

    list_display = ("show_customer", "show_label", "reason", "began", "show_agreement")
    list_display_links = ("reason",)
    list_filter = (("status", ChoicesDropdownFilter), ("since", DaysFilter))
    list_before_template = "followups/people.html"
    # Indexed, for one status as for all of them.
    ordering = ("-pk",)
    sortable_by = ("began",)
    fields = (
        ("show_person", "show_email"),
        ("show_status", "began"),
        ("reason", "show_agreement"),
    )
    readonly_fields = ("show_person", "show_email", "show_status", "began", "show_agreement")
    change_form_outer_after_template = "followups/person.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "customer id": "pk",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "status": "status",
        "since": "since",
        "agreement id": "agreement_id",
        "reason": "reason",
    }

    # --- The list --------------------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        services.settle(at=timezone.now())
        address = reverse("admin:followups_followup_changelist")
        context = {
            "charts": charts_of_people(services.people_by_status(), address),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    @display(description="Status", label=FOLLOW_UP_COLOURS)
    def show_label(self, follow_up: FollowUp) -> tuple[str, str]:
        return follow_up.status, follow_up.get_status_display()

    began = shown_moment("since", "Since")

    @display(description="Decided by")
    def show_agreement(self, follow_up: FollowUp) -> str | None:
        pk = follow_up.agreement_id
        return in_one_line(link_to(Agreement, pk, f"Agreement {pk}")) if pk else None

    # --- The page of one -------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        services.settle(at=timezone.now())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if follow_up := kwargs.get("obj"):
            context["subtitle"] = str(follow_up.customer)
            context["agreements"] = _agreements_of(follow_up.pk)
            context["changes"] = _changes_of(follow_up.pk)
            context["may_sell"] = request.user.has_perm("followups.add_agreement")
        return super().render_change_form(request, context, *args, **kwargs)

    # Unfold itself colours labels on the list alone.
    @display(description="Status")
    def show_status(self, follow_up: FollowUp) -> str:
        return coloured(follow_up.status)

    @display(description="Customer")
    def show_person(self, follow_up: FollowUp) -> str:
        return self.show_customer(follow_up)

    @display(description="E-mail")
    def show_email(self, follow_up: FollowUp) -> str:
        return follow_up.customer.email


def _agreements_of(customer_id: int) -> list[dict[str, Any]]:
    newest_first = Agreement.objects.filter(customer=customer_id).order_by("-purchased_on", "-pk")
    return [{"agreement": one, "sessions": sessions_left(one)} for one in newest_first[:MOST_SHOWN]]


def _changes_of(customer_id: int) -> list[dict[str, Any]]:
    latest_first = FollowUpChange.objects.filter(customer=customer_id).order_by("-pk")
    return [
        {
            "changed_at": one.changed_at,
            "before": coloured(one.from_status),
            "after": coloured(one.to_status),
            "cause": one.cause,
        }
        for one in latest_first[:MOST_SHOWN]
    ]
