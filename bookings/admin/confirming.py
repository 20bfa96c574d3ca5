"""What touches many is done in two steps: a look at whom it touches, then, confirmed, the deed."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from core.admin import GymAdmin
from core.admin.refusals import NotDone, attempt, said_to_staff


class ConfirmedDeed(ABC):
    """A deed that staff confirm: what it asks for, whom it would touch, and doing it."""

    # What the button is called that leads here.
    label: ClassVar[str]
    template: ClassVar[str]
    form_class: ClassVar[type[forms.Form]]

    def __init__(self, page: GymAdmin, request: HttpRequest, obj: Any) -> None:
        self.page, self.request, self.obj = page, request, obj
        self.at = timezone.now()

    @abstractmethod
    def preview(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Give what the template shows of the deed before it is done; write nothing."""

    @abstractmethod
    def do(self, asked: dict[str, Any]) -> str:
        """Do it and log it; give the sentence that tells what was done."""

    def first_proposed(self) -> dict[str, Any]:
        return {}

    def explain(self, error: BaseException | None, asked: dict[str, Any]) -> dict[str, Any]:
        """Give what the template shows of a refusal besides its sentence."""
        return {}

    def answer(self) -> HttpResponse:
        is_sent = self.request.method == "POST"
        form = self.form_class(
            self.request.POST if is_sent else None, initial=self.first_proposed()
        )
        context: dict[str, Any] = {}
        # Going back to the form asks nothing of what was typed into it.
        if is_sent and "back" not in self.request.POST and form.is_valid():
            try:
                if "confirmed" in self.request.POST:
                    return self._confirmed(form.cleaned_data)
                with said_to_staff():
                    context = {**self.preview(form.cleaned_data), "is_preview": True}
            except NotDone as refusal:
                context = self.explain(refusal.__cause__, form.cleaned_data)
                form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal))
        context |= {
            **self.page.admin_site.each_context(self.request),
            "title": f"{self.label} {self.obj}",
            "label": self.label,
            "whose": self.page.label_of(self.obj),
            "opts": self.page.opts,
            "original": self.obj,
            "form": form,
            "media": self.page.media + form.media,
            "its_page": self._its_page(),
        }
        return TemplateResponse(self.request, self.template, context)

    def _confirmed(self, asked: dict[str, Any]) -> HttpResponse:
        sentence = attempt(self.request, lambda: self.do(asked))
        self.page.message_user(self.request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(self._its_page())

    def _its_page(self) -> str:
        return self.page._address("change", str(self.obj.pk))


def counted(number: int, one: str, several: str) -> str:
    """Write `No`, `One` or the number before what is counted."""
    words = {0: f"No {one}", 1: f"One {one}"}
    return words.get(number, f"{number} {several}")
