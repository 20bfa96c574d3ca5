"""
Statements that the ORM has no words for, and that all databases understand.

A statement names tables in braces; `tables` says which model's each of them is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Model

Tables = Mapping[str, type[Model]]


def rows(sql: str, tables: Tables, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement and give its rows. Times in them: `instant`."""
    with connection.cursor() as cursor:
        cursor.execute(_filled(sql, tables), _stored(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def change(sql: str, tables: Tables, **values: Any) -> int:
    """Run a statement and give how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(_filled(sql, tables), _stored(values))
        return int(cursor.rowcount)


def instant(value: datetime | str) -> datetime:
    """Read a time of a row. All databases answer in UTC, and SQLite does not say so."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stored(value: Any) -> Any:
    """Give a value as the database keeps it."""
    is_time = isinstance(value, datetime)
    return connection.ops.adapt_datetimefield_value(value) if is_time else value


def _filled(sql: str, tables: Tables) -> str:
    for name, model in tables.items():
        sql = sql.replace(name, connection.ops.quote_name(model._meta.db_table))
    return sql


def _stored(values: dict[str, Any]) -> dict[str, Any] | None:
    return {name: stored(value) for name, value in values.items()} or None
