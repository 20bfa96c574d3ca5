"""What the lists of agreements and of follow-ups have in common: each row is a customer's."""

from typing import Any, ClassVar

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import GymAdmin, link_to
from customers.models import Customer


class CustomersRowsAdmin(GymAdmin):
    search_fields: ClassVar[Any] = ("customer",)
    search_help_text = "The customer's name or e-mail address"
    list_select_related: ClassVar[Any] = ("customer",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        """Find customers as their own list does: a whole address has an index."""
        if not search_term:
            return queryset, False
        customers = self.admin_site.get_model_admin(Customer)
        found, _ = customers.get_search_results(request, Customer.objects.all(), search_term)
        return queryset.filter(customer__in=found), False

    @display(description="Customer")
    def show_customer(self, obj: Any) -> str:
        return link_to(Customer, obj.customer_id, obj.customer)
