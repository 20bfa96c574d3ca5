from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as confirm_and_delete
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ERROR_FLAG
from django.db import DataError, models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.dataclasses import UnfoldAction
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin.counting import EstimatingPaginator
from core.admin.export import csv_response
from core.admin.forms import InstantField
from core.admin.links import lists_about
from core.admin.nulls import has_null_characters
from core.admin.overtaking import remembering
from core.admin.picking import ID, Picker, PickView, SeveralField
from core.admin.refusals import NotDone, attempt, said_to_staff
from core.deleting import refuse_if_held

Rows = QuerySet[Any, Any]

MOST_AT_ONCE = 1000


class GymAdmin(ModelAdmin):
    """
    What every page of the admin has in common.

    A subclass writes through a service in `save_model` and `delete_model`, and the service
    may refuse. `csv_columns` says what an export contains, `autocomplete_fields` which
    foreign keys are typed rather than listed, `leads_elsewhere` whether the page of one leads
    to the lists of what refers to it.
    """

    show_full_result_count = False
    paginator = EstimatingPaginator
    list_per_page = 50
    list_filter_submit = True
    # Counting behind each choice of a filter would read the whole table again and again.
    show_facets = admin.ShowFacets.NEVER
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.DateTimeField: {"form_class": InstantField},
        models.TextField: {"widget": UnfoldAdminTextareaWidget({"rows": 3})},
    }
    actions: ClassVar[list[Any]] = ["export_to_csv", "delete_selected"]
    leads_elsewhere = False
    change_form_outer_before_template = "core/elsewhere.html"
    # Headings and the lookups below them.
    csv_columns: ClassVar[dict[str, str]] = {"id": "pk"}

    # --- What a service refuses ------------------------------------------------------------------

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if has_null_characters(request.GET):
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        try:
            page: HttpResponse = super().changelist_view(request, extra_context)
        except (OverflowError, DataError):
            # A number that no column holds.
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        return page

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        show: Callable[[], HttpResponse] = partial(
            view, request, object_id, form_url, extra_context
        )
        if request.method != "POST":
            return show()
        try:
            return attempt(request, show)
        except NotDone as refusal:
            # The same form again, as it was filled in, with the sentence on it.
            request.refusal = refusal  # type: ignore[attr-defined]
            return attempt(request, show)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        form: type[forms.ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        if change:
            form = remembering(form)
        refusal: NotDone | None = getattr(request, "refusal", None)
        return form if refusal is None else _refused(form, refusal)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if getattr(request, "refusal", None):
            # There is nothing to correct: the refusal's own sentence says it all.
            context["errors"] = None
        if self.leads_elsewhere and (obj := kwargs.get("obj")):
            context["elsewhere"] = self.lists_elsewhere(request, obj)
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Read what the page is about once, however often the page asks for it."""
        read: dict[Any, Any] = request.__dict__.setdefault("objects_of_the_page", {})
        key = (self.model, object_id, from_field)
        if key not in read:
            read[key] = super().get_object(request, object_id, from_field)
        # A form writes what was typed into the one that it gets.
        return copy(read[key])

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        show: Callable[[], HttpResponse] = partial(
            super().delete_view, request, object_id, extra_context
        )
        try:
            if request.method == "POST":
                return attempt(request, show)
            with said_to_staff():
                return show()
        except NotDone as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self._address("change", object_id))

    def response_action(self, request: HttpRequest, queryset: Rows) -> HttpResponse | None:
        sent: Any = request.POST.copy()
        # Whatever is no id is no row's, and would be an error page.
        ids = [each for each in sent.getlist(ACTION_CHECKBOX_NAME) if ID.fullmatch(each)]
        sent.setlist(ACTION_CHECKBOX_NAME, ids)
        request.POST = sent
        try:
            with said_to_staff():
                answer: HttpResponse | None = super().response_action(request, queryset)
                return answer
        except NotDone as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def formfield_for_manytomany(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", SeveralField)
        return super().formfield_for_manytomany(*args, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        times = {
            field.name for field in self.opts.fields if isinstance(field, models.DateTimeField)
        }
        # What an address proposes is text, which the two boxes of a time cannot show.
        return {name: value for name, value in initial.items() if name not in times}

    # --- Writing ---------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.save()
        elif changed := self.changed_columns(form):
            # Two edits of different fields lose neither.
            obj.save(update_fields=changed)

    def changed_columns(self, form: "forms.ModelForm[Any]") -> list[str]:
        columns = {field.name for field in self.opts.concrete_fields}
        return [name for name in form.changed_data if name in columns]

    def pressed(self, request: HttpRequest) -> UnfoldAction | None:
        """Give the button of `actions_submit_line` that sent the form, also an outdated one."""
        for name in self.actions_submit_line:
            button = self.get_unfold_action(name)
            if button.action_name in request.POST:
                return button
        return None

    # --- Deleting --------------------------------------------------------------------------------

    @admin.action(permissions=["delete"], description="Delete the selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, queryset: Rows) -> HttpResponse | None:
        """Delete all of the selection or, when one of it is refused, none."""
        if self.are_too_many(request, queryset):
            return None
        # Asked anew each time: a second try must not see what the first one read.
        return attempt(request, lambda: confirm_and_delete(self, request, queryset.all()))

    def delete_queryset(self, request: HttpRequest, queryset: Rows) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def get_deleted_objects(
        self, objs: "Rows | list[Model]", request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """
        Say what would go, without loading everything that refers to it.

        :raises Protected: when something with a history refers to one of them.
        """
        ids = [obj.pk for obj in objs]
        refuse_if_held(self.model, ids)
        lacking = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        counts = {str(self.opts.verbose_name_plural): len(ids)}
        return [str(obj) for obj in objs], counts, lacking, []

    def are_too_many(self, request: HttpRequest, queryset: Rows) -> bool:
        """Tell staff so when a selection is more than is done at once."""
        too_many = len(queryset.values_list("pk")[: MOST_AT_ONCE + 1]) > MOST_AT_ONCE
        if too_many:
            sentence = f"At most {MOST_AT_ONCE:,} at once. Narrow the selection, please."
            self.message_user(request, sentence, messages.ERROR)
        return too_many

    # --- Leading elsewhere -----------------------------------------------------------------------

    def lists_elsewhere(self, request: HttpRequest, obj: Any) -> list[tuple[str, str]]:
        """Give name and address of each list."""
        return lists_about(obj, request)

    # --- Picking and exporting -------------------------------------------------------------------

    def label_of(self, obj: Any) -> str:
        """Give the text by which staff recognise one of many in another form."""
        return str(obj)

    def to_pick_from(self, rows: Any) -> Rows:
        return rows

    def get_urls(self) -> list[URLPattern]:
        pick = self.admin_site.admin_view(PickView.as_view(admin_site=self.admin_site))
        name = f"{self.opts.app_label}_{self.opts.model_name}_pick"
        return [path("pick/", pick, name=name), *super().get_urls()]

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Any] | None":
        is_picked = db_field.name in self.get_autocomplete_fields(request)
        if is_picked:
            kwargs["widget"] = Picker(db_field, self.admin_site)
        field: forms.ModelChoiceField[Any] | None = super().formfield_for_foreignkey(
            db_field, request, **kwargs
        )
        if is_picked and field is not None:
            its_admin = self.admin_site.get_model_admin(db_field.remote_field.model)
            field.label_from_instance = its_admin.label_of  # type: ignore[method-assign]
        return field

    @admin.action(permissions=["view"], description="Export to CSV")
    def export_to_csv(self, request: HttpRequest, queryset: Rows) -> StreamingHttpResponse:
        today = timezone.localdate()
        name = str(self.opts.verbose_name_plural).replace(" ", "_")
        return csv_response(queryset, self.csv_columns, f"{name}_{today}.csv")

    def _address(self, page: str, object_id: str) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[quote(object_id)])


def _refused(form: "type[forms.ModelForm[Any]]", refusal: NotDone) -> "type[forms.ModelForm[Any]]":
    """Make a form that is filled in like the other and says why it was refused."""

    class Refused(form):  # type: ignore[misc, valid-type]
        def full_clean(self) -> None:
            super().full_clean()
            if self.is_bound:
                self.add_error(refusal.attr if refusal.attr in self.fields else None, str(refusal))

    return Refused
