"""What has a history is not deleted."""

from collections.abc import Collection
from typing import Any

from django.db.models import PROTECT, RESTRICT, ForeignObjectRel, Model

from core.errors import Protected
from core.transactions import in_transaction

NAMED_HOLDERS = 10


def refuse_if_held(model: type[Model], ids: Collection[Any]) -> None:
    """
    Ask what refers to any of the rows, without loading all of it as Django's own check does.

    :raises Protected: naming by kind what holds them, ten ids of each at the most.
    """
    held: dict[str, list[int]] = {}
    for relation in model._meta.related_objects:
        if _holds(relation):
            holder = relation.related_model
            found = holder._base_manager.filter(**{f"{relation.field.name}__in": ids})
            named = list(found.order_by("pk").values_list("pk", flat=True)[:NAMED_HOLDERS])
            if named:
                held[str(holder._meta.verbose_name_plural)] = named
    if held:
        raise Protected(held_by=dict(sorted(held.items())))


def _holds(relation: ForeignObjectRel) -> bool:
    # What must name at least one of many would be left with none.
    needs_one = relation.many_to_many and not relation.field.blank
    return needs_one or relation.on_delete in (PROTECT, RESTRICT)


@in_transaction
def delete(instance: Model) -> None:
    """
    Delete one row.

    :raises Protected: when something with a history refers to it.
    """
    # Locked before it is asked what refers to it. Whoever is about to refer to it has been seen
    # here, or waits and finds it gone: Django would take what names it among many along.
    rows = type(instance)._base_manager.filter(pk=instance.pk)
    list(rows.select_for_update(of=("self",)).values_list("pk"))
    refuse_if_held(type(instance), [instance.pk])
    instance.delete()
