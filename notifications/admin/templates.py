from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from notifications import wording
from notifications.admin.wording import Wording, WordingAdmin
from notifications.kinds import KINDS
from notifications.models import MailTemplate
from notifications.wording import LONGEST_BODY


def variables_of(template: MailTemplate) -> Mapping[str, Any]:
    # An app that was taken away leaves its templates behind.
    return KINDS[template.kind].variables if template.kind in KINDS else {}


class MailTemplateForm(forms.ModelForm):
    body = forms.CharField(max_length=LONGEST_BODY, widget=UnfoldAdminTextareaWidget({"rows": 12}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("subject", "body"):
            # One that is empty or too long has its own problem already.
            if name in cleaned:
                try:
                    wording.check(cleaned[name], variables_of(self.instance))
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return cleaned


@admin.register(MailTemplate)
class MailTemplateAdmin(WordingAdmin):
    """Each kind of message with words of its own has its template, which staff only edit."""

    form = MailTemplateForm
    list_display = ("show_kind", "subject")
    list_display_links = ("show_kind",)
    search_fields = ("kind", "subject", "body")
    ordering = ("kind",)
    fields = ("show_kind", "subject", "body")
    readonly_fields = ("show_kind",)
    csv_columns: ClassVar[dict[str, str]] = {
        "id": "pk",
        "kind": "kind",
        "subject": "subject",
        "body": "body",
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return False

    def wording_of(self, obj: MailTemplate) -> Wording:
        return Wording(obj.subject, obj.body, variables_of(obj))

    @display(description="What is told", ordering="kind")
    def show_kind(self, template: MailTemplate) -> str:
        return str(template)
