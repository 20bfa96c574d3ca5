from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from core.admin import GymAdmin, PickedFilter, link_to
from promotions import services
from promotions.admin.standing import moment_of
from promotions.models import Product
from venues.models import Venue


@admin.register(Product)
class ProductAdmin(GymAdmin):
    list_display = ("name", "show_venue", "regular_price")
    list_filter = (("venue", PickedFilter),)
    list_select_related = ("venue",)
    search_fields = ("name", "venue__name")
    search_help_text = "What it is, or the venue's name"
    ordering = ("name", "pk")
    fields = ("name", ("venue", "regular_price"))
    autocomplete_fields = ("venue",)
    leads_elsewhere = True
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "venue id": "venue_id",
        "venue": "venue__name",
        "regular price": "regular_price",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("venue")

    def label_of(self, obj: Product) -> str:
        return f"{obj} · {obj.venue}, {obj.regular_price}"

    def save_model(
        self, request: HttpRequest, obj: Product, form: "forms.ModelForm[Any]", change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
        elif changed := self.changed_columns(form):
            changes = {name: form.cleaned_data[name] for name in changed}
            services.edit_product(product=obj, changes=changes, at=moment_of(request))

    @display(description="Venue", ordering="venue__name")
    def show_venue(self, product: Product) -> str:
        return link_to(Venue, product.venue_id, product.venue)
