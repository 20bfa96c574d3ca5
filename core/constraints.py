"""Which named rule of the database did a failed write break?"""

import re

from django.apps import apps
from django.db import IntegrityError, models
from django.db.models import F, Model, UniqueConstraint

FOREIGN_KEY = "foreign key"


def broken_rule(error: IntegrityError) -> str:
    """
    Name the constraint that a write broke, alike on PostgreSQL and SQLite.

    `FOREIGN_KEY` for any foreign key, because SQLite does not tell which; the table and
    columns (`app_table.column`) where the rule has no name; "" where nothing is known.
    """
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        if error.__cause__.pgcode == "23503":  # type: ignore[union-attr]
            return FOREIGN_KEY
        return diagnosis.constraint_name or ""
    message = str(error)
    if message.startswith("FOREIGN KEY"):
        return FOREIGN_KEY
    if found := re.fullmatch(
        r"(?:UNIQUE|CHECK) constraint failed: (?:index '(.+)'|(\w+))", message
    ):
        return found[1] or found[2]
    if found := re.fullmatch(r"UNIQUE constraint failed: (.+)", message):
        return _named_by_columns(found[1])
    return ""


def _named_by_columns(columns: str) -> str:
    """Find the unique rule behind SQLite's `table.a, table.b`."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.fields:
                columns_by_field = {one.name: one.column for one in model._meta.concrete_fields}
                its = (columns_by_field[name] for name in constraint.fields)
                if columns == ", ".join(f"{model._meta.db_table}.{column}" for column in its):
                    return constraint.name
    return columns


def fields_of_unique_rule(name: str) -> list[str] | None:
    """Give the fields that a unique rule is about, or None when `name` is no unique rule."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and isinstance(constraint, UniqueConstraint):
                return _fields(constraint)
        for field in model._meta.local_concrete_fields:
            if field.unique and _is_rule_of_column(name, model, field):
                return [field.name]
    return None


def _fields(constraint: UniqueConstraint) -> list[str]:
    found = list(constraint.fields)
    for expression in constraint.expressions:
        found += [part.name for part in expression.flatten() if isinstance(part, F)]  # type: ignore[union-attr, attr-defined]
    return found


def _is_rule_of_column(
    name: str, model: type[Model], field: "models.Field[object, object]"
) -> bool:
    # PostgreSQL calls a column's own unique rule table_column_<hash>_uniq or table_column_key.
    table = model._meta.db_table
    return name == f"{table}.{field.column}" or name.startswith(f"{table}_{field.column}_")
