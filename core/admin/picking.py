"""Choosing one of a hundred thousand: a box to type in, never a list of all."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.urls import reverse
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.contrib.filters.forms import AutocompleteDropdownForm
from unfold.paginator import InfinitePaginator

from core.admin.nulls import NULL

ID = re.compile(r"\d{1,18}", re.ASCII)


class PickView(AutocompleteJsonView):
    """Django's answer to what was typed, with labels of ours and nothing counted."""

    # The `GymAdmin` of what is picked from.
    model_admin: Any

    def get_queryset(self) -> "QuerySet[Any, Any]":
        if NULL in self.term:
            return self.model_admin.model._default_manager.none()
        return self.model_admin.to_pick_from(super().get_queryset())

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        return {"id": str(obj.pk), "text": self.model_admin.label_of(obj)}

    def get_paginator(self, *args: Any, **kwargs: Any) -> "Paginator[Any]":
        paginator: Paginator[Any] = InfinitePaginator(*args, **kwargs)
        return paginator


class Picker(AutocompleteSelect):
    def get_url(self) -> str:
        picked = self.field.remote_field.model._meta
        return reverse(f"{self.admin_site.name}:{picked.app_label}_{picked.model_name}_pick")

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        # What an address proposes may be anything.
        ids = [chosen for chosen in value if ID.fullmatch(str(chosen))]
        return super().optgroups(name, ids, attr)


class SeveralField(forms.ModelMultipleChoiceField):
    """Several of few. Of an id that no column holds, SQLite would break off."""

    def clean(self, value: Any) -> Any:
        for chosen in self.prepare_value(value) or ():
            if not ID.fullmatch(str(chosen)):
                why = self.error_messages["invalid_choice"]
                raise forms.ValidationError(why, "invalid_choice", {"value": chosen})
        return super().clean(value)


class PickedForm(AutocompleteDropdownForm):
    widget = Picker

    def __init__(self, *, name: str, field: Any, model_admin: Any, **kwargs: Any) -> None:
        super().__init__(name=name, field=field, model_admin=model_admin, **kwargs)
        its_admin = model_admin.admin_site.get_model_admin(field.remote_field.model)
        self.fields[name].label_from_instance = its_admin.label_of


class PickedFilter(AutocompleteSelectFilter):
    """One of thousands, which is typed rather than listed."""

    form_class = PickedForm
