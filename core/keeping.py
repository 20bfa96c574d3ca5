"""Rows that are to stay for as long as a transaction lasts."""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def keep(rows: "QuerySet[M, Any]") -> list[M]:
    """
    Load rows so that nobody deletes them before the transaction ends.

    Others may edit them and keep them too: it is the lock that a foreign key takes when it is
    checked, and Django has no word for it. SQLite has one writer, so there nothing is needed.
    """
    sql, parameters = rows.query.sql_with_params()
    if connection.vendor == "postgresql":
        sql += " FOR KEY SHARE"
    return list(rows.model._default_manager.raw(sql, parameters))
