from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from unfold.contrib.filters.admin import MultipleChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.utils import display_for_label

from core.admin import ButtonsAdmin, DaysFilter, GymAdmin, link_to
from core.admin.refusals import attempt
from core.admin.times import in_one_line, moment, shown_moment
from customers.models import Customer
from notifications import services
from notifications.admin.statuses import STATUS_COLOURS
from notifications.models import Mail, Notification
from notifications.states import MailStatus

LONGEST_IN_THE_LIST = 80
GIVEN_UP = (
    "This mail was given up. Where the address is wrong, correct it first ({}), then send it again."
)


@admin.register(Mail)
class MailAdmin(ButtonsAdmin):
    """The outbox. What was given up can be sent again; the worker does all the rest."""

    list_display = (
        "show_title",
        "show_customer",
        "show_status",
        "attempts",
        "next_try",
        "show_problem",
        "sent",
    )
    list_display_links = ("show_title",)
    list_filter = (
        ("status", MultipleChoicesDropdownFilter),
        ("queued_at", DaysFilter),
        ("sent_at", DaysFilter),
    )
    list_select_related = ("notification__customer",)
    search_fields = (
        "notification__customer__first_name",
        "notification__customer__last_name",
        "notification__customer__email",
    )
    search_help_text = "The customer's name or e-mail address"
    ordering = ("-pk",)
    fields = readonly_fields = (
        "show_message",
        "show_recipient",
        "show_status",
        "attempts",
        "queued",
        "next_try",
        "problem",
        "sent",
        "sent_to",
    )
    change_form_before_template = "core/warning.html"
    actions: ClassVar[list[Any]] = [*GymAdmin.actions, "send_chosen_again"]
    actions_submit_line = ("send_again",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "title": "notification__title",
        "customer id": "notification__customer_id",
        "first name": "notification__customer__first_name",
        "last name": "notification__customer__last_name",
        "email": "notification__customer__email",
        "status": "status",
        "attempts": "attempts",
        "queued": "queued_at",
        "due": "due_at",
        "problem": "problem",
        "sent": "sent_at",
        "sent to": "sent_to",
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False

    # --- Sending again ---------------------------------------------------------------------------

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        mail = self.get_object(request, str(object_id))
        if mail is None or mail.status != MailStatus.FAILED:
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    @action(description="Send again", permissions=["change"], icon="forward_to_inbox")
    def send_again(self, request: HttpRequest, mail: Mail) -> HttpResponse:
        if not services.send_again(mail=mail, at=timezone.now()):
            return self.nothing_to_change(request)
        self.log_change(request, mail, "Sent again.")
        self.message_user(request, "Queued again.", messages.SUCCESS)
        return HttpResponseRedirect(request.get_full_path())

    @admin.action(description="Send again", permissions=["change"])
    def send_chosen_again(self, request: HttpRequest, mails: "QuerySet[Mail]") -> None:
        if self.are_too_many(request, mails):
            return
        at = timezone.now()

        def send(mail: Mail) -> bool:
            is_queued = services.send_again(mail=mail, at=at)
            if is_queued:
                self.log_change(request, mail, "Sent again.")
            return is_queued

        chosen = list(mails.order_by("pk"))
        queued = attempt(request, lambda: [send(mail) for mail in chosen]).count(True)
        if queued:
            self.message_user(request, f"{queued} queued again.", messages.SUCCESS)
        if others := len(chosen) - queued:
            sentence = f"{others} as they were: only what was given up is sent again."
            self.message_user(request, sentence, messages.INFO)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        mail = kwargs.get("obj")
        if mail and mail.status == MailStatus.FAILED:
            customer = mail.notification.customer
            its_page = link_to(Customer, customer.pk, customer.email)
            context["warning"] = format_html(GIVEN_UP, its_page)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Its page and the list -------------------------------------------------------------------

    @display(description="Message")
    def show_title(self, mail: Mail) -> str:
        return mail.notification.title

    @display(description="Customer", ordering="notification__customer__last_name")
    def show_customer(self, mail: Mail) -> str:
        return str(mail.notification.customer)

    # Unfold itself colours labels on the list alone.
    @display(description="Status", ordering="status")
    def show_status(self, mail: Mail) -> str:
        label = (mail.status, mail.get_status_display())
        coloured: str = display_for_label(label, "", STATUS_COLOURS)
        return coloured

    @display(description="Next try", ordering="due_at")
    def next_try(self, mail: Mail) -> str | None:
        if mail.status != MailStatus.QUEUED:
            return None
        return in_one_line("Being sent" if mail.worker else moment(mail.due_at))

    @display(description="Problem")
    def show_problem(self, mail: Mail) -> str | None:
        return Truncator(mail.problem).chars(LONGEST_IN_THE_LIST) or None

    @display(description="Message")
    def show_message(self, mail: Mail) -> str:
        return link_to(Notification, mail.pk, mail.notification)

    @display(description="Customer")
    def show_recipient(self, mail: Mail) -> str:
        customer = mail.notification.customer
        return format_html("{} · {}", link_to(Customer, customer.pk, customer), customer.email)

    queued = shown_moment("queued_at", "Queued")
    sent = shown_moment("sent_at", "Sent")
