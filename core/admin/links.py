"""From one page of the admin to another."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst


def link(address: str, text: Any) -> str:
    return format_html('<a href="{}" class="text-link">{}</a>', address, text)


def link_to(model: type[Model], pk: Any, text: Any) -> str:
    """Link the page of one, whose row need not be read for that."""
    return link(reverse(_page(model, "change"), args=[pk]), text)


def lists_about(obj: Model, request: HttpRequest) -> list[tuple[str, str]]:
    """
    Give name and address of each list of what refers to it, showing no more than that.

    Where only one can, its page stands for the list. The models' own relations say so: an app
    need not know of those above it.
    """
    lists = []
    for relation in obj._meta.related_objects:
        model: Any = relation.related_model
        if not admin.site.is_registered(model):
            continue
        if not admin.site.get_model_admin(model).has_view_permission(request):
            continue
        if relation.one_to_many:
            narrowed = f"{relation.field.name}__{obj._meta.pk.name}__exact={obj.pk}"
            address = f"{reverse(_page(model, 'changelist'))}?{narrowed}"
            lists.append((capfirst(str(model._meta.verbose_name_plural)), address))
        elif relation.one_to_one and relation.field.primary_key:
            address = reverse(_page(model, "change"), args=[obj.pk])
            lists.append((capfirst(str(model._meta.verbose_name)), address))
    return sorted(lists)


def _page(model: type[Model], name: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}"
