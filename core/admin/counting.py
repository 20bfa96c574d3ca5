"""How many rows has a list? Exactly where that is cheap, roughly where it is not."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property

# Below this an exact count costs nothing, and the estimate of a fresh table is worth nothing.
ESTIMATED_FROM = 10_000


if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator


class EstimatingPaginator(Pages):
    """
    Pages of a list that may be a whole table of a million rows.

    The unfiltered list's length is the one that PostgreSQL's planner believes in.
    """

    @cached_property
    def count(self) -> int:
        estimate = planners_estimate(self.object_list)
        return super().count if estimate is None else estimate


def planners_estimate(rows: "QuerySet[Any, Any] | Any") -> int | None:
    """Give PostgreSQL's idea of a whole large table's length; None for everything else."""
    query = rows.query
    connection = connections[rows.db]
    narrowed = query.where or query.distinct or query.is_sliced or query.combinator
    if narrowed or connection.vendor != "postgresql":
        return None
    table = connection.ops.quote_name(query.get_meta().db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        estimate: int = cursor.fetchone()[0]
    return estimate if estimate >= ESTIMATED_FROM else None
