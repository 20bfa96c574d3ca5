"""What staff see below a wording that they edit: its variables, and how it reads."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import GymAdmin
from notifications import wording


class Variable(NamedTuple):
    written: str
    example: str


class Wording(NamedTuple):
    subject: str
    body: str
    # With an example of what each stands for.
    variables: Mapping[str, Any]


class Preview(NamedTuple):
    variables: list[Variable]
    subject: str = ""
    body: str = ""
    # Why it cannot be shown.
    problem: str = ""


def preview_of(words: Wording) -> Preview:
    listed = [
        Variable(tag, wording.body_from(tag, words.variables).strip())
        for tag in (f"{{{{ {name} }}}}" for name in words.variables)
    ]
    try:
        for text in (words.subject, words.body):
            wording.check(text, words.variables)
    except ValidationError as error:
        return Preview(listed, problem=" ".join(error.messages))
    return Preview(
        listed,
        subject=wording.subject_from(words.subject, words.variables),
        body=wording.body_from(words.body, words.variables),
    )


class WordingAdmin(GymAdmin):
    """The page of something with a wording. What it previews is what is saved."""

    change_form_outer_after_template = "notifications/wording.html"
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        **GymAdmin.formfield_overrides,
        models.TextField: {"widget": UnfoldAdminTextareaWidget({"rows": 12})},
    }

    def wording_of(self, obj: Any) -> Wording:
        """Give the wording of what is saved; of None what one begins with."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        # The form wrote what was typed into its own copy.
        saved = obj and self.get_object(request, str(obj.pk))
        context["preview"] = preview_of(self.wording_of(saved))
        return super().render_change_form(request, context, *args, **kwargs)
