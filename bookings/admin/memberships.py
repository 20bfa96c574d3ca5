from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.contrib.filters.admin import (
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from bookings.admin.cancelling import CancellingMembership
from core.admin import ButtonsAdmin, DaysFilter, GymAdmin, link_to
from core.admin.forms import DayField
from core.admin.times import shown_moment
from core.intervals import told
from customers.models import Customer
from memberships import services
from memberships.models import Membership, MembershipPlan
from memberships.querysets import MembershipQuerySet

# Of one plan to one customer, as a membership's page lists them.
MOST_IN_A_ROW = 50

State = tuple[str, str]
CURRENT, TO_COME = ("current", "Current"), ("to_come", "To come")
OVER, CANCELLED = ("over", "Over"), ("cancelled", "Cancelled")
STATE_COLOURS = {"current": "success", "to_come": "info", "over": None, "cancelled": "warning"}


def state_of(membership: Membership, today: date) -> State:
    """Say what a membership is worth from today on; one cancelled for later is current."""
    if membership.grants_on(today):
        return CURRENT
    last_day = membership.last_day
    if last_day is None or last_day >= max(today, membership.starts_on):
        return TO_COME
    return CANCELLED if membership.cancelled_on else OVER


class StateFilter(DropdownFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[State]:
        return [CURRENT, TO_COME, OVER, CANCELLED]

    def queryset(self, request: HttpRequest, queryset: MembershipQuerySet) -> MembershipQuerySet:
        today = timezone.localdate()
        match self.value():
            case "current":
                return queryset.granting_on(today)
            case "to_come":
                return queryset.granting_between(today, None).filter(starts_on__gt=today)
            case "over":
                return queryset.filter(cancelled_on__isnull=True, ends_on__lt=today)
            case "cancelled":
                gone = Q(cancelled_on__lte=today) | Q(cancelled_on__lte=F("starts_on"))
                return queryset.filter(gone)
        return queryset


class MembershipForm(forms.ModelForm):
    class Meta:
        error_messages: ClassVar[Any] = {
            "plan": {"invalid_choice": "This plan is not sold any more."}
        }


@admin.register(Membership)
class MembershipAdmin(ButtonsAdmin):
    """A membership is sold here, renewed and cancelled, nothing else. None is deleted."""

    form = MembershipForm
    list_display = ("show_number", "customer", "plan", "show_days", "show_state")
    list_display_links = ("show_number",)
    list_filter = (
        StateFilter,
        ("plan", RelatedDropdownFilter),
        ("sold_at", DaysFilter),
    )
    list_select_related = ("customer", "plan")
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    autocomplete_fields = ("customer",)
    change_form_outer_after_template = "bookings/membership.html"
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        **GymAdmin.formfield_overrides,
        models.DateField: {"form_class": DayField},
    }
    sold = ("customer", "plan", "starts_on")
    on_the_page = (
        ("show_customer", "plan"),
        ("show_days", "show_standing"),
        ("show_interval", "sold_when"),
    )
    when_cancelled = (("cancelled_on", "cancellation_reason"),)
    actions_submit_line = ("renew",)
    actions_detail = ("cancel",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "plan": "plan__name",
        "starts": "starts_on",
        "ends": "ends_on",
        "cancelled from": "cancelled_on",
        "reason": "cancellation_reason",
        "sold": "sold_at",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False

    def has_renew_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Renewing sells a membership, by a button of another's page."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    # --- Selling ---------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"starts_on": timezone.localdate(), **asked}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "plan":
            kwargs["queryset"] = MembershipPlan.objects.filter(is_active=True).order_by("name")
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "plan":
            field.label_from_instance = lambda plan: f"{plan} · {plan.interval}"
        return field

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if change:
            return
        made = services.sell_membership(
            customer_id=obj.customer_id,
            plan_id=obj.plan_id,
            starts_on=obj.starts_on,
            at=timezone.now(),
        )
        obj.pk, obj.ends_on = made.pk, made.ends_on

    def response_add(
        self, request: HttpRequest, obj: Membership, post_url_continue: str | None = None
    ) -> HttpResponse:
        until = "it is cancelled" if obj.ends_on is None else date_format(obj.ends_on)
        its_page = link_to(Membership, obj.pk, f"{obj.customer} · {obj.plan}")
        sentence = format_html("{}: Sold until {}.", its_page, until)
        self.message_user(request, sentence, messages.SUCCESS)
        return self.response_post_save_add(request, obj)

    # --- Its page --------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        if obj is None:
            return self.sold
        return (*self.on_the_page, *(self.when_cancelled if obj.cancelled_on else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        shown = (*self.on_the_page, *self.when_cancelled)
        return [name for pair in shown for name in pair] if obj else ()

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        membership = self.get_object(request, str(object_id))
        if membership is None or membership.last_day is None:
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        membership = self.get_object(request, str(object_id))
        if membership is None or membership.cancelled_on is not None:
            return []
        buttons: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return buttons

    @action(description="Renew", permissions=["renew"], icon="autorenew")
    def renew(self, request: HttpRequest, membership: Membership) -> HttpResponse:
        renewed = services.renew_membership(membership=membership, at=timezone.now())
        self.log_addition(request, renewed, "Renewed.")
        self.message_user(request, f"Renewed: {self.show_days(renewed)}.", messages.SUCCESS)
        return HttpResponseRedirect(self._address("change", str(renewed.pk)))

    @action(
        description="Cancel",
        url_path="cancel",
        permissions=["change"],
        icon="event_busy",
        variant=ActionVariant.DANGER,
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        membership = self.get_object(request, object_id)
        if membership is None:
            gone: HttpResponse = self._get_obj_does_not_exist_redirect(
                request, self.opts, object_id
            )
            return gone
        if membership.cancelled_on is not None:
            self.message_user(request, "It is cancelled already.", messages.INFO)
            return HttpResponseRedirect(self._address("change", object_id))
        return CancellingMembership(self, request, membership).answer()

    def label_of(self, obj: Membership) -> str:
        return f"{obj.customer} · {obj.plan}, {self.show_days(obj)}"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        # One sale at a time, and nothing of it is edited.
        hidden = ("show_save_and_continue", "show_save_and_add_another")
        context |= dict.fromkeys(hidden, False)
        if membership := kwargs.get("obj"):
            context["subtitle"] = self.label_of(membership)
            context["opened"] = list(membership.plan.class_types.order_by("name", "pk"))
            context["all_of_this_plan"] = self._all_of_this_plan(membership)
        return super().render_change_form(request, context, add=add, **kwargs)

    def _all_of_this_plan(self, membership: Membership) -> list[dict[str, Any]]:
        """Give what the page says of the customer's newest memberships of the plan."""
        of_both = Membership.objects.filter(customer=membership.customer, plan=membership.plan)
        return [
            {
                "membership": one,
                "address": self._address("change", str(one.pk)),
                "days": self.show_days(one),
                "state": self.show_standing(one),
            }
            for one in of_both.order_by("-starts_on", "-pk")[:MOST_IN_A_ROW]
        ]

    # --- The list --------------------------------------------------------------------------------

    @display(description="Membership", ordering="pk")
    def show_number(self, membership: Membership) -> str:
        return f"#{membership.pk}"

    @display(description="Days", ordering="starts_on")
    def show_days(self, membership: Membership) -> str:
        first, last = date_format(membership.starts_on), membership.last_day
        if last is None:
            return f"From {first} until cancelled"
        if last < membership.starts_on:
            return f"None, cancelled from {first} on"
        return f"{first} – {date_format(last)}"

    @display(description="State", label=STATE_COLOURS)
    def show_state(self, membership: Membership) -> State:
        return state_of(membership, timezone.localdate())

    @display(description="State")
    def show_standing(self, membership: Membership) -> str:
        return self.show_state(membership)[1]

    @display(description="Customer")
    def show_customer(self, membership: Membership) -> str:
        return link_to(Customer, membership.customer_id, membership.customer)

    @display(description="Sold for")
    def show_interval(self, membership: Membership) -> str:
        if membership.interval_count is None or membership.interval_unit is None:
            return "Until cancelled"
        return told(membership.interval_count, membership.interval_unit)

    sold_when = shown_moment("sold_at", "Sold")
