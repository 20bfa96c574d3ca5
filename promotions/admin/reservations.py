from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.contrib.filters.admin import MultipleDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.utils import display_for_label

from core.admin import ButtonsAdmin, DaysFilter, PickedFilter, link_to
from core.admin.times import in_one_line
from customers.models import Customer
from promotions import services
from promotions.admin.clock import seconds_long, shown_precisely
from promotions.admin.life import seconds_of
from promotions.admin.standing import STATUS_COLOURS, moment_of, with_status_at
from promotions.models import FlashPromo, PromoReservation
from promotions.querysets import PromoReservationQuerySet
from promotions.states import ReservationStatus


class StatusFilter(MultipleDropdownFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(ReservationStatus.choices)

    def queryset(
        self, request: HttpRequest, queryset: PromoReservationQuerySet
    ) -> PromoReservationQuerySet:
        chosen = set(self.value() or ()) & set(ReservationStatus.values)
        return queryset.having(sorted(chosen), moment_of(request)) if chosen else queryset


@admin.register(PromoReservation)
class PromoReservationAdmin(ButtonsAdmin):
    """
    Customers reserve in the app. Within the minute staff can complete or release for somebody
    whose phone does not; what has ended stays as it is.
    """

    list_display = ("show_number", "show_customer", "show_promo", "show_status", "made", "took")
    list_display_links = ("show_number",)
    list_filter = (
        StatusFilter,
        ("promo", PickedFilter),
        ("promo__product__venue", PickedFilter),
        ("created_at", DaysFilter),
    )
    list_select_related = ("customer", "promo__product")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    # Only what an index has in this order.
    ordering = ("-pk",)
    sortable_by = ("show_number",)
    fields = (
        ("show_customer", "show_promo"),
        ("show_status", "took"),
        ("made", "expires"),
        ("completed", "released"),
    )
    readonly_fields = (
        "show_customer",
        "show_promo",
        "show_status",
        "took",
        "made",
        "expires",
        "completed",
        "released",
    )
    actions_submit_line = ("complete", "release")
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "promo id": "promo_id",
        "product": "promo__product__name",
        "price": "price",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "status": "status_now",
        "created": "created_at",
        "expires": "expires_at",
        "completed": "completed_at",
        "released": "released_at",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return with_status_at(rows, at=moment_of(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: PromoReservation | None = None
    ) -> bool:
        return False

    # --- Its buttons -----------------------------------------------------------------------------

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        reservation = self.get_object(request, str(object_id))
        if reservation is None or reservation.status_now != ReservationStatus.HELD:
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    @action(description="Complete the purchase", permissions=["change"], icon="shopping_cart")
    def complete(self, request: HttpRequest, reservation: PromoReservation) -> HttpResponse:
        return self._end(services.complete, "completed_at", request, reservation)

    @action(description="Release", permissions=["change"], icon="undo")
    def release(self, request: HttpRequest, reservation: PromoReservation) -> HttpResponse:
        return self._end(services.release, "released_at", request, reservation)

    def _end(
        self,
        deed: Callable[..., PromoReservation],
        when: str,
        request: HttpRequest,
        reservation: PromoReservation,
    ) -> HttpResponse:
        # Whoever waited for the promotion's lock may have lost the minute to it, but not to the
        # button: it counts from when it was pressed.
        at: datetime = moment_of(request)
        ended = deed(reservation=reservation, at=at)
        if getattr(ended, when) != at:
            return self.nothing_to_change(request)
        self.log_change(request, ended, f"{ended.get_status_display()}.")
        sentence = f"{reservation.customer}: {ended.get_status_display()}."
        self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    # --- Its page and the list -------------------------------------------------------------------

    @display(description="Reservation", ordering="pk")
    def show_number(self, reservation: PromoReservation) -> str:
        return f"#{reservation.pk}"

    @display(description="Customer")
    def show_customer(self, reservation: PromoReservation) -> str:
        return link_to(Customer, reservation.customer_id, reservation.customer)

    @display(description="Promotion")
    def show_promo(self, reservation: PromoReservation) -> str:
        return link_to(FlashPromo, reservation.promo_id, reservation.promo)

    # Unfold itself colours labels on the list alone.
    @display(description="Status")
    def show_status(self, reservation: Any) -> str:
        status = ReservationStatus(reservation.status_now)
        coloured: str = display_for_label((status, status.label), "", STATUS_COLOURS)
        return coloured

    @display(description="Took")
    def took(self, reservation: PromoReservation) -> str | None:
        seconds = seconds_of(reservation)
        return None if seconds is None else in_one_line(seconds_long(seconds))

    made = shown_precisely("created_at", "Made")
    expires = shown_precisely("expires_at", "Expires")
    completed = shown_precisely("completed_at", "Completed")
    released = shown_precisely("released_at", "Released")
