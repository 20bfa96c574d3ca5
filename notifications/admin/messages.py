from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from core.admin import DaysFilter, ReadingAdmin, link_to
from core.admin.times import shown_moment
from customers.models import Customer
from notifications import kinds
from notifications.admin.statuses import EMAIL_STATUSES, email_status
from notifications.models import Mail, Notification
from notifications.states import NO_MAIL


class KindFilter(DropdownFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return kinds.choices()

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Notification]"
    ) -> "QuerySet[Notification]":
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ReadFilter(DropdownFilter):
    title = "read"
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Read"), ("no", "Not read yet")]

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Notification]"
    ) -> "QuerySet[Notification]":
        if self.value() in ("yes", "no"):
            return queryset.filter(read_at__isnull=self.value() == "no")
        return queryset


@admin.register(Notification)
class NotificationAdmin(ReadingAdmin):
    """The customers' inboxes, to look into. `notify` writes them and nobody else."""

    list_display = ("title", "customer", "show_kind", "created", "read", "show_email_status")
    list_filter = (
        KindFilter,
        ReadFilter,
        ("mail__status", ChoicesDropdownFilter),
        ("created_at", DaysFilter),
    )
    list_select_related = ("customer",)
    search_fields = ("customer__first_name", "customer__last_name", "customer__email")
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    fields = (
        ("show_customer", "show_kind"),
        ("created", "read"),
        "show_mail",
        "title",
        "show_body",
    )
    readonly_fields = ("show_customer", "show_kind", "created", "read", "show_mail", "show_body")
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "customer id": "customer_id",
        "first name": "customer__first_name",
        "last name": "customer__last_name",
        "email": "customer__email",
        "kind": "kind",
        "title": "title",
        "created": "created_at",
        "read": "read_at",
        "email status": "email_status",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).with_email_status()
        return rows.select_related(*self.list_select_related)

    show_email_status = email_status
    created = shown_moment("created_at", "Created")
    read = shown_moment("read_at", "Read")

    @display(description="Kind", ordering="kind")
    def show_kind(self, notification: Notification) -> str:
        return notification.kind_label

    @display(description="Customer")
    def show_customer(self, notification: Notification) -> str:
        return link_to(Customer, notification.customer_id, notification.customer)

    @display(description="E-mail")
    def show_mail(self, notification: Notification) -> str:
        status = EMAIL_STATUSES[notification.email_status]
        if notification.email_status == NO_MAIL:
            return status
        return link_to(Mail, notification.pk, status)

    @display(description="Body")
    def show_body(self, notification: Notification) -> str:
        return linebreaksbr(notification.body)
