from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.formats import date_format
from django.utils.timezone import localtime
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from core.admin import DaysFilter, GymAdmin, PickedFilter, link_to
from core.admin.refusals import NotDone
from core.admin.times import in_one_line, moment
from customers.models import Segment
from promotions import services
from promotions.admin.life_page import life_of
from promotions.admin.standing import STATE_COLOURS, STATES, moment_of, with_standing
from promotions.models import FlashPromo
from venues.models import Venue

STOPPED = "Stopped. Nothing else was changed, and whoever has one on hold keeps it for the minute."
ENDED = "It has ended already. Nothing was changed."


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(STATES.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == "running":
            # The same as the state says, by an index: most have been over for long.
            return queryset.running(moment_of(request))  # type: ignore[attr-defined]
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


class FlashPromoForm(forms.ModelForm):
    class Meta:
        labels: ClassVar[dict[str, str]] = {
            "promo_price": "Price",
            "max_distance_km": "Distance",
            "quantity": "How many",
            "is_active": "Active",
            "starts_at": "Begins",
            "ends_at": "Ends",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "promo_price": "Less than the regular one.",
            "max_distance_km": "How far from the venue a customer may be, in km.",
        }

    def _get_validation_exclusions(self) -> set[str]:
        # That it ends after it starts the service says, in a better sentence.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"starts_at", "ends_at"}


@admin.register(FlashPromo)
class FlashPromoAdmin(GymAdmin):
    form = FlashPromoForm
    list_display = (
        "show_product",
        "show_venue",
        "show_price",
        "show_time",
        "show_state",
        "show_sold",
        "show_told",
    )
    list_display_links = ("show_product",)
    list_filter = (
        StateFilter,
        ("product__venue", PickedFilter),
        ("product", PickedFilter),
        ("segments", RelatedDropdownFilter),
        ("starts_at", DaysFilter),
    )
    list_select_related = ("product__venue",)
    search_fields = ("product__name", "product__venue__name")
    search_help_text = "The product, or the venue's name"
    ordering = ("-starts_at", "-pk")
    sortable_by = ("show_product", "show_venue", "show_price", "show_time", "show_sold")
    fields = (
        "product",
        ("promo_price", "quantity"),
        "starts_at",
        "ends_at",
        "segments",
        ("max_distance_km", "is_active"),
    )
    autocomplete_fields = ("product",)
    leads_elsewhere = True
    change_form_outer_before_template = "promotions/figures.html"
    change_form_outer_after_template = "promotions/life.html"
    actions_submit_line = ("stop",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "product id": "product_id",
        "product": "product__name",
        "venue": "product__venue__name",
        "regular price": "product__regular_price",
        "price": "promo_price",
        "starts": "starts_at",
        "ends": "ends_at",
        "state": "state",
        "quantity": "quantity",
        "sold": "sold_count",
        "distance in km": "max_distance_km",
        "told": "told",
        "telling ended": "notified_at",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        promos = super().get_queryset(request).select_related(*self.list_select_related)
        return with_standing(promos, at=moment_of(request))

    def label_of(self, obj: FlashPromo) -> str:
        return f"{obj} · {obj.product.venue}, {moment(obj.starts_at)}"

    # --- Writing ---------------------------------------------------------------------------------

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = Segment.objects.order_by("name")
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.widget, field.help_text = UnfoldAdminSelect2MultipleWidget(), ""
        field.widget.choices = field.choices
        return field

    def save_model(self, request: HttpRequest, obj: FlashPromo, form: Any, change: bool) -> None:
        values = dict(form.cleaned_data)
        segments = values.pop("segments")
        if not change:
            obj.pk = services.create_promo(values=values, segments=segments).pk
        elif button := self.pressed(request):
            button.method(request, obj)
        elif form.changed_data:
            services.edit_promo(
                promo=obj,
                changes={name: values[name] for name in self.changed_columns(form)},
                segments=segments if "segments" in form.changed_data else None,
                at=moment_of(request),
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write nothing: the service wrote the segments with the promotion."""

    # --- Stopping --------------------------------------------------------------------------------

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        promo = self.get_object(request, str(object_id))
        if promo is None or promo.state not in ("coming", "running"):
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    @action(description="Stop", permissions=["change"], icon="block")
    def stop(self, request: HttpRequest, promo: FlashPromo) -> None:
        at = moment_of(request)
        if not FlashPromo.objects.still_to_end(at).filter(pk=promo.pk).exists():
            raise NotDone(ENDED)
        services.edit_promo(promo=promo, changes={"is_active": False}, segments=None, at=at)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if self.pressed(request):
            return "Stopped."
        return super().construct_change_message(request, form, formsets, add)

    def response_change(self, request: HttpRequest, obj: FlashPromo) -> HttpResponse:
        if not self.pressed(request):
            answer: HttpResponse = super().response_change(request, obj)
            return answer
        self.message_user(request, STOPPED, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    # --- Its page --------------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if typed_into := kwargs.get("obj"):
            promo = self.get_object(request, str(typed_into.pk))
            context["subtitle"] = self.label_of(promo)
            life = life_of(promo, at=moment_of(request))
            has_a_history = life["told_count"] or life["reservation_count"]
            context |= {"life": life, "show_delete": not has_a_history}
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The list --------------------------------------------------------------------------------

    @display(description="Product", ordering="product__name")
    def show_product(self, promo: FlashPromo) -> str:
        return str(promo.product)

    @display(description="Venue", ordering="product__venue__name")
    def show_venue(self, promo: FlashPromo) -> str:
        return link_to(Venue, promo.product.venue_id, promo.product.venue)

    @display(description="Price", ordering="promo_price")
    def show_price(self, promo: FlashPromo) -> str:
        return in_one_line(f"{promo.promo_price} instead of {promo.product.regular_price}")

    @display(description="Time", ordering="starts_at")
    def show_time(self, promo: FlashPromo) -> str:
        starts, ends = localtime(promo.starts_at), localtime(promo.ends_at)
        is_one_day = starts.date() == ends.date()
        until = date_format(ends, "H:i" if is_one_day else "j M Y, H:i")
        return in_one_line(f"{date_format(starts, 'j M Y, H:i')} – {until}")

    @display(description="State", label=STATE_COLOURS)
    def show_state(self, promo: Any) -> tuple[str, str]:
        return promo.state, STATES[promo.state]

    @display(description="Sold", ordering="sold_count")
    def show_sold(self, promo: FlashPromo) -> str:
        return in_one_line(f"{promo.sold_count:,} of {promo.quantity:,}")

    @display(description="Told")
    def show_told(self, promo: Any) -> str:
        return f"{promo.told:,}"
