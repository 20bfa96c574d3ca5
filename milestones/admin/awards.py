from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from core.admin import DaysFilter, GymAdmin
from core.admin.times import shown_moment
from milestones.models import MilestoneAward
from notifications.admin import EMAIL_STATUSES, email_status
from notifications.states import NO_MAIL

LINK = '<a href="{}" class="text-link">{}</a>'


@admin.register(MilestoneAward)
class MilestoneAwardAdmin(GymAdmin):
    """Who reached what, to look into. Bookings and check-ins make awards, nothing else does."""

    list_display = (
        "customer",
        "milestone",
        "number",
        "starts",
        "ends",
        "awarded",
        "show_email_status",
    )
    list_filter = (
        ("milestone", RelatedDropdownFilter),
        ("awarded_at", DaysFilter),
        ("notification__mail__status", ChoicesDropdownFilter),
    )
    list_select_related = ("customer", "milestone")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    fields = (
        ("show_customer", "show_milestone"),
        ("number", "show_booking"),
        ("starts", "ends"),
        ("awarded", "show_message"),
    )
    readonly_fields = (
        "show_customer",
        "show_milestone",
        "show_booking",
        "starts",
        "ends",
        "awarded",
        "show_message",
    )
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "milestone": "milestone__name",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "number": "number",
        "booking id": "booking_id",
        "window starts after": "window_start",
        "window ends": "window_end",
        "awarded": "awarded_at",
        "email status": "email_status",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).with_email_status()
        return rows.select_related(*self.list_select_related)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: MilestoneAward | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: MilestoneAward | None = None
    ) -> bool:
        return False

    show_email_status = email_status
    starts = shown_moment("window_start", "After")
    ends = shown_moment("window_end", "Until")
    awarded = shown_moment("awarded_at", "Awarded")

    @display(description="Customer")
    def show_customer(self, award: MilestoneAward) -> str:
        its_page = reverse("admin:customers_customer_change", args=[award.customer_id])
        return format_html(LINK, its_page, award.customer)

    @display(description="Milestone")
    def show_milestone(self, award: MilestoneAward) -> str:
        its_page = reverse("admin:milestones_milestone_change", args=[award.milestone_id])
        return format_html(LINK, its_page, award.milestone)

    @display(description="Completed by")
    def show_booking(self, award: MilestoneAward) -> str:
        its_page = reverse("admin:bookings_booking_change", args=[award.booking_id])
        return format_html(LINK, its_page, f"Booking #{award.booking_id}")

    @display(description="Congratulation")
    def show_message(self, award: MilestoneAward) -> str:
        if award.notification_id is None:
            return "Nobody was told"
        its_page = reverse("admin:notifications_notification_change", args=[award.notification_id])
        if award.email_status == NO_MAIL:
            return format_html(LINK, its_page, "In the app only")
        return format_html(LINK, its_page, f"E-mail: {EMAIL_STATUSES[award.email_status].lower()}")
