from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from core.admin import DaysFilter, GymAdmin, link
from core.admin.times import shown_moment
from customers import services
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.rules import problems_of_rule
from customers.segment_rules import (
    attach_customer_counts,
    attach_segments,
    members_of,
)
from customers.states import SegmentRuleName

DAYS, VISITS = "Days looked back", "Visits needed"


class SegmentFilter(DropdownFilter):
    """Who belongs to a segment now, be it by hand or by its rule."""

    title = "segment"
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        segments = Segment.objects.order_by("name").values_list("pk", "name")
        return [(str(pk), name) for pk, name in segments]

    def queryset(self, request: HttpRequest, queryset: CustomerQuerySet) -> CustomerQuerySet:
        chosen = {pk for pk, _ in self.lookup_choices} & {self.value()}
        for segment in Segment.objects.filter(pk__in=chosen):
            queryset = queryset.filter(pk__in=members_of(segment, at=timezone.now()))
        return queryset


@admin.register(Customer)
class CustomerAdmin(GymAdmin):
    list_display = ("show_name", "email", "origin", "created")
    list_display_links = ("show_name",)
    list_filter = (
        ("origin", ChoicesDropdownFilter),
        SegmentFilter,
        ("created_at", DaysFilter),
    )
    search_fields = ("first_name", "last_name", "email")
    search_help_text = "A name, or an e-mail address"
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("email", "origin"))}),
        ("Segments", {"fields": ("chosen_segments", "show_segments_by_rule")}),
        ("Where from", {"fields": (("latitude", "longitude"), "created")}),
    )
    add_fieldsets = (
        (None, {"fields": (("first_name", "last_name"), ("email", "origin"))}),
        ("Segments", {"fields": ("chosen_segments",)}),
        ("Where from", {"fields": (("latitude", "longitude"),)}),
    )
    readonly_fields = ("show_segments_by_rule", "created")
    leads_elsewhere = True
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "first name": "first_name",
        "last name": "last_name",
        "email": "email",
        "origin": "origin",
        "latitude": "latitude",
        "longitude": "longitude",
        "created": "created_at",
    }

    def label_of(self, obj: Customer) -> str:
        return f"{obj} · {obj.email}"

    def get_search_results(
        self, request: HttpRequest, queryset: CustomerQuerySet, search_term: str
    ) -> tuple["QuerySet[Customer]", bool]:
        # A whole address has an index; looking for parts of names reads every customer.
        if "@" in search_term:
            found = queryset.with_email(search_term.strip())
            if found.exists():
                return found, False
        results: tuple[QuerySet[Customer], bool] = super().get_search_results(
            request, queryset, search_term
        )
        return results

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "chosen_segments":
            by_hand = Segment.objects.filter(rule=SegmentRuleName.MANUAL).order_by("name")
            kwargs |= {"queryset": by_hand, "label": "By hand"}
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.widget, field.help_text = UnfoldAdminSelect2MultipleWidget(), ""
        field.widget.choices = field.choices
        return field

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        at, values = timezone.now(), dict(form.cleaned_data)
        segments = list(values.pop("chosen_segments"))
        if not change:
            obj.pk = services.create_customer(values=values, segments=segments, at=at).pk
            return
        changes = {name: values[name] for name in self.changed_columns(form)}
        services.edit_customer(
            customer=obj,
            changes=changes,
            # The service wants to hear of those with a rule, too: that none is taken away.
            segments=[*segments, *_segments_by_rule(obj, at=at)]
            if "chosen_segments" in form.changed_data
            else None,
            at=at,
        )

    def delete_model(self, request: HttpRequest, obj: Customer) -> None:
        services.delete_customer(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write nothing: the service wrote the segments with the customer."""

    @display(description="Name", ordering="last_name")
    def show_name(self, customer: Customer) -> str:
        return str(customer)

    created = shown_moment("created_at", "Created")

    @display(description="By their rule")
    def show_segments_by_rule(self, customer: Customer) -> str:
        return ", ".join(map(str, _segments_by_rule(customer, at=timezone.now()))) or "None"


def _segments_by_rule(customer: Customer, *, at: datetime) -> list[Segment]:
    attach_segments([customer], at=at)
    return [one for one in customer.segments if one.rule != SegmentRuleName.MANUAL]


class SegmentForm(forms.ModelForm):
    class Meta:
        labels: ClassVar[dict[str, str]] = {
            "rule_days": DAYS,
            "rule_min_visits": VISITS,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        told = {name: cleaned.get(name) for name in ("rule_days", "rule_min_visits")}
        if "rule" in cleaned:
            for name, why in problems_of_rule(cleaned["rule"], **told).items():
                # A number that is no number has its own problem already.
                if name in cleaned:
                    self.add_error(name, forms.ValidationError(*why))
        return cleaned


@admin.register(Segment)
class SegmentAdmin(GymAdmin):
    form = SegmentForm
    list_display = ("name", "rule", "show_days", "show_visits")
    list_filter = (("rule", ChoicesDropdownFilter),)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "description", "rule", ("rule_days", "rule_min_visits"), "show_customers")
    readonly_fields = ("show_customers",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "rule": "rule",
        "days": "rule_days",
        "visits": "rule_min_visits",
        "description": "description",
    }

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        changes = {name: form.cleaned_data[name] for name in self.changed_columns(form)}
        services.edit_segment(segment=obj, changes=changes)

    @display(description=DAYS, ordering="rule_days")
    def show_days(self, segment: Segment) -> int | None:
        return segment.rule_days

    @display(description=VISITS, ordering="rule_min_visits")
    def show_visits(self, segment: Segment) -> int | None:
        return segment.rule_min_visits

    # Not on the list: counting takes a pass over all customers.
    @display(description="Customers in it now")
    def show_customers(self, segment: Segment) -> str:
        if segment._state.adding:
            return "-"
        attach_customer_counts([segment], at=timezone.now())
        url = f"{reverse('admin:customers_customer_changelist')}?segment={segment.pk}"
        return link(url, f"{segment.customer_count:,}")
