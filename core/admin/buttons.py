from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.admin.base import GymAdmin


class ButtonsAdmin(GymAdmin):
    """
    The pages of what staff change by buttons alone, those of `actions_submit_line`.

    A button does its deed, keeps it in the history, and gives the answer itself.
    """

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        if button := self.pressed(request):
            answer: HttpResponse = button.method(request, obj)
            return answer
        return self.nothing_to_change(request)

    def nothing_to_change(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, "Nothing to change.", messages.INFO)
        return HttpResponseRedirect(request.get_full_path())

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        # A form without a field to change can change nothing.
        return super().log_change(request, obj, message) if message else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        if not add:
            hidden = ("show_save", "show_save_and_continue", "show_save_and_add_another")
            context |= dict.fromkeys(hidden, False)
        page: HttpResponse = super().render_change_form(request, context, add=add, **kwargs)
        return page
