from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from bookings import services
from bookings.models import CalendarToken
from core.admin import DaysFilter, GymAdmin
from core.admin.times import shown_moment


@admin.register(CalendarToken)
class CalendarTokenAdmin(GymAdmin):
    """Who has a calendar feed. Deleting revokes its address, which nobody here can read."""

    list_display = ("customer", "made")
    list_filter = (("created_at", DaysFilter),)
    list_select_related = ("customer",)
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    fields = (("customer", "made"),)
    csv_columns: ClassVar[dict[str, str]] = {
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "made": "created_at",
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CalendarToken | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: CalendarToken) -> None:
        services.revoke_calendar_token(customer=obj.customer)

    made = shown_moment("created_at", "Made")
