from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from core.admin import DaysFilter, PickedFilter, ReadingAdmin, link_to
from customers.models import Customer
from promotions.admin.clock import shown_precisely
from promotions.models import FlashPromo, PromoNotice


@admin.register(PromoNotice)
class PromoNoticeAdmin(ReadingAdmin):
    """Who was told of which promotion: at most one a day for each customer."""

    list_display = ("told", "show_customer", "show_promo", "show_venue")
    list_display_links = ("told",)
    list_filter = (
        ("promo", PickedFilter),
        ("promo__product__venue", PickedFilter),
        ("told_at", DaysFilter),
    )
    list_select_related = ("customer", "promo__product__venue")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    # Only what an index has in this order.
    ordering = ("-pk",)
    sortable_by = ()
    fields = (("show_customer", "told"), ("show_promo", "show_venue"))
    readonly_fields = ("show_customer", "told", "show_promo", "show_venue")
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "promo id": "promo_id",
        "product": "promo__product__name",
        "venue": "promo__product__venue__name",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "day": "day",
        "told": "told_at",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    told = shown_precisely("told_at", "Told")

    @display(description="Customer")
    def show_customer(self, notice: PromoNotice) -> str:
        return link_to(Customer, notice.customer_id, notice.customer)

    @display(description="Promotion")
    def show_promo(self, notice: PromoNotice) -> str:
        return link_to(FlashPromo, notice.promo_id, notice.promo)

    @display(description="Venue")
    def show_venue(self, notice: PromoNotice) -> str:
        return str(notice.promo.product.venue)
