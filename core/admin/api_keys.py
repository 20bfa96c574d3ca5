from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from unfold.contrib.filters.admin import DropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display

from core.admin.base import GymAdmin
from core.admin.times import shown_moment
from core.models import ApiKey

State = tuple[str, str]


class ValidFilter(DropdownFilter):
    title = "validity"
    parameter_name = "valid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[State]:
        return [("yes", "Valid"), ("no", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[ApiKey]") -> "QuerySet[ApiKey]":
        if self.value() in ("yes", "no"):
            return queryset.filter(revoked_at__isnull=self.value() == "yes")
        return queryset


@admin.register(ApiKey)
class ApiKeyAdmin(GymAdmin):
    """Keys are made here, shown once, and revoked; none is deleted, so that it stays known."""

    list_display = ("name", "prefix", "show_validity", "is_read_only", "made", "revoked")
    list_filter = (ValidFilter, "is_read_only")
    search_fields = ("name", "prefix")
    fields = ("name", "is_read_only", "prefix", "made", "revoked")
    readonly_fields = ("prefix", "made", "revoked")
    actions: ClassVar[list[Any]] = [*GymAdmin.actions, "revoke_chosen"]
    actions_submit_line = ("revoke",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "name": "name",
        "prefix": "prefix",
        "read only": "is_read_only",
        "created": "created_at",
        "revoked": "revoked_at",
    }

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("name", "is_read_only")

    def get_actions_submit_line(
        self, request: HttpRequest, object_id: int | str
    ) -> list[UnfoldAction]:
        key = self.get_object(request, str(object_id))
        if key is None or key.revoked_at is not None:
            return []
        buttons: list[UnfoldAction] = super().get_actions_submit_line(request, object_id)
        return buttons

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            if button := self.pressed(request):
                button.method(request, obj)
            return
        made, obj.shown_once = ApiKey.issue(name=obj.name, is_read_only=obj.is_read_only)  # type: ignore[attr-defined]
        obj.pk = made.pk

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        # Only on the page that follows: the admin's history knows the key's name and no more.
        key = obj.shown_once  # type: ignore[attr-defined]
        sentence = "This is the key. Copy it: it is shown only this once. <code>{}</code>"
        self.message_user(request, format_html(sentence, key), messages.WARNING)
        answer: HttpResponse = super().response_add(request, obj, post_url_continue)
        return answer

    @action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, key: ApiKey) -> None:
        _revoke(ApiKey.objects.filter(pk=key.pk))
        self.message_user(request, f"Nobody can use {key.name} any more.")

    @admin.action(description="Revoke", permissions=["change"])
    def revoke_chosen(self, request: HttpRequest, keys: "QuerySet[ApiKey]") -> None:
        valid = list(keys.filter(revoked_at__isnull=True))
        revoked = _revoke(ApiKey.objects.filter(pk__in=[key.pk for key in valid]))
        for key in valid:
            self.log_change(request, key, "Revoked.")
        self.message_user(request, f"{revoked} revoked.")

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if self.pressed(request):
            return "Revoked."
        return super().construct_change_message(request, form, formsets, add)

    made = shown_moment("created_at", "Created")
    revoked = shown_moment("revoked_at", "Revoked")

    @display(description="Validity", label={"valid": "success", "revoked": "danger"})
    def show_validity(self, key: ApiKey) -> State:
        return ("revoked", "Revoked") if key.revoked_at else ("valid", "Valid")


def _revoke(keys: "QuerySet[ApiKey]") -> int:
    """Revoke those that are valid; one that was revoked before keeps its time."""
    return keys.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
