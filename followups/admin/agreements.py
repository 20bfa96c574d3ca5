from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin import GymAdmin
from core.admin.forms import DayField
from core.admin.times import in_one_line
from followups import services
from followups.admin.finding import CustomersRowsAdmin
from followups.admin.showing import (
    AGREEMENT_COLOURS,
    ALERT_COLOURS,
    sessions_left,
    told_changes,
)
from followups.models import Agreement, AgreementChange, FollowUp
from followups.querysets import AgreementQuerySet
from followups.states import Alert

# Of one agreement, as its page lists them.
MOST_SHOWN = 50


class YesOrNoFilter(DropdownFilter):
    answers: tuple[str, str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(zip(("yes", "no"), self.answers, strict=True))

    def queryset(self, request: HttpRequest, queryset: AgreementQuerySet) -> AgreementQuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return self.narrowed(queryset, self.value() == "yes")

    def narrowed(self, agreements: AgreementQuerySet, is_so: bool) -> AgreementQuerySet:
        raise NotImplementedError


class TrialFilter(YesOrNoFilter):
    title, parameter_name, answers = "trial", "trial", ("Trials", "No trials")

    def narrowed(self, agreements: AgreementQuerySet, is_so: bool) -> AgreementQuerySet:
        return agreements.filter(is_trial=is_so)


class PastDueFilter(YesOrNoFilter):
    title, parameter_name, answers = "past due", "past_due", ("Past due", "Nothing past due")

    def narrowed(self, agreements: AgreementQuerySet, is_so: bool) -> AgreementQuerySet:
        past_due = {"past_due_balance__gt": 0}
        return agreements.filter(**past_due) if is_so else agreements.exclude(**past_due)


class AgreementForm(forms.ModelForm):
    class Meta:
        labels: ClassVar[dict[str, str]] = {"is_trial": "Trial"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.fields["sessions_remaining"].help_text = "Empty: all that are bought."

    def _get_validation_exclusions(self) -> set[str]:
        # What they must be to fit the others the service says, with the values that stand by then.
        exclusions: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return exclusions | {"alert", "sessions_remaining"}


@admin.register(Agreement)
class AgreementAdmin(CustomersRowsAdmin):
    """What customers bought: sold and edited by the services. None is deleted."""

    form = AgreementForm
    list_display = (
        "show_number",
        "show_customer",
        "show_day",
        "show_sessions",
        "show_status",
        "show_alert",
        "past_due_balance",
        "show_trial",
    )
    list_display_links = ("show_number",)
    list_filter = (
        ("status", ChoicesDropdownFilter),
        ("alert", ChoicesDropdownFilter),
        PastDueFilter,
        TrialFilter,
    )
    ordering = ("-pk",)
    # Only what an index has in this order.
    sortable_by = ("show_number",)
    autocomplete_fields = ("customer",)
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        **GymAdmin.formfield_overrides,
        models.DateField: {"form_class": DayField},
    }
    terms = (
        ("session_quantity", "sessions_remaining"),
        ("status", "alert"),
        ("past_due_balance", "is_trial"),
    )
    leads_elsewhere = True
    change_form_outer_after_template = "followups/agreement.html"
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "purchased": "purchased_on",
        "sessions bought": "session_quantity",
        "sessions remaining": "sessions_remaining",
        "status": "status",
        "alert": "alert",
        "past due": "past_due_balance",
        "trial": "is_trial",
    }

    def has_delete_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        return False

    # --- Selling and editing ---------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Agreement | None = None) -> Any:
        return (("customer" if obj is None else "show_customer", "purchased_on"), *self.terms)

    def get_readonly_fields(self, request: HttpRequest, obj: Agreement | None = None) -> Any:
        return () if obj is None else ("show_customer",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"purchased_on": timezone.localdate(), **asked}

    def save_model(self, request: HttpRequest, obj: Agreement, form: Any, change: bool) -> None:
        at = timezone.now()
        if change:
            changes = {name: form.cleaned_data[name] for name in self.changed_columns(form)}
            by = request.user.get_username()
            services.edit_agreement(agreement=obj, changes=changes, by=by, at=at)
            return
        values = dict(form.cleaned_data)
        customer = values.pop("customer")
        if values["sessions_remaining"] is None:
            # Not said, so the service says it.
            del values["sessions_remaining"]
        obj.pk = services.sell_agreement(customer_id=customer.pk, values=values, at=at).pk

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        agreement = super().get_object(request, object_id, from_field)
        if agreement is not None and request.method == "POST":
            # The lock of whoever writes it, taken before the form is compared with what is there:
            # no session is used up between that and the service's own lock.
            list(FollowUp.objects.select_for_update().filter(pk=agreement.customer_id))
            agreement.refresh_from_db()
        return agreement

    # --- Its page --------------------------------------------------------------------------------

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if agreement := kwargs.get("obj"):
            context["subtitle"] = self.label_of(agreement)
            context["changes"] = _changes_of(agreement.pk)
        return super().render_change_form(request, context, *args, **kwargs)

    def lists_elsewhere(self, request: HttpRequest, obj: Agreement) -> list[tuple[str, str]]:
        if not self.admin_site.get_model_admin(FollowUp).has_view_permission(request):
            return []
        address = reverse("admin:followups_followup_change", args=[obj.customer_id])
        return [("The customer's follow-up", address)]

    def label_of(self, obj: Agreement) -> str:
        return f"{obj.customer} · {obj}"

    # --- The list --------------------------------------------------------------------------------

    @display(description="Agreement", ordering="pk")
    def show_number(self, agreement: Agreement) -> str:
        return f"#{agreement.pk}"

    @display(description="Purchased")
    def show_day(self, agreement: Agreement) -> str:
        return in_one_line(date_format(agreement.purchased_on))

    @display(description="Sessions left")
    def show_sessions(self, agreement: Agreement) -> str:
        return in_one_line(sessions_left(agreement))

    @display(description="Status", label=AGREEMENT_COLOURS)
    def show_status(self, agreement: Agreement) -> tuple[str, str]:
        return agreement.status, agreement.get_status_display()

    @display(description="Alert", label=ALERT_COLOURS)
    def show_alert(self, agreement: Agreement) -> tuple[str, str] | None:
        if agreement.alert == Alert.NONE:
            return None
        return agreement.alert, agreement.get_alert_display()

    @display(description="Trial", label="info")
    def show_trial(self, agreement: Agreement) -> str | None:
        return "Trial" if agreement.is_trial else None


def _changes_of(agreement_id: int) -> list[dict[str, Any]]:
    latest_first = AgreementChange.objects.filter(agreement=agreement_id).order_by("-pk")
    return [
        {"changed_at": one.changed_at, "cause": one.cause, "values": told_changes(one.values)}
        for one in latest_first[:MOST_SHOWN]
    ]
