from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from bookings.models import Booking
from core.admin import DaysFilter, ReadingAdmin, link_to
from core.admin.times import shown_moment
from customers.models import Customer
from milestones.models import Milestone, MilestoneAward
from notifications.admin import EMAIL_STATUSES, email_status
from notifications.models import Notification
from notifications.states import NO_MAIL


@admin.register(MilestoneAward)
class MilestoneAwardAdmin(ReadingAdmin):
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

    show_email_status = email_status
    starts = shown_moment("window_start", "Window from")
    ends = shown_moment("window_end", "Window to")
    awarded = shown_moment("awarded_at", "Awarded")

    @display(description="Customer")
    def show_customer(self, award: MilestoneAward) -> str:
        return link_to(Customer, award.customer_id, award.customer)

    @display(description="Milestone")
    def show_milestone(self, award: MilestoneAward) -> str:
        return link_to(Milestone, award.milestone_id, award.milestone)

    @display(description="Completed by")
    def show_booking(self, award: MilestoneAward) -> str:
        return link_to(Booking, award.booking_id, f"Booking #{award.booking_id}")

    @display(description="Congratulation")
    def show_message(self, award: MilestoneAward) -> str:
        if award.notification_id is None:
            return "Nobody was told"
        is_mailed = award.email_status != NO_MAIL
        status = EMAIL_STATUSES[award.email_status].lower()
        how = f"E-mail: {status}" if is_mailed else "In the app only"
        return link_to(Notification, award.notification_id, how)
