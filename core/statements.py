"""
Statements that are written with the ORM and compiled once.

Making and compiling a queryset costs several times what the database needs to answer it. This
is for the few questions that every booking and every schedule for a customer asks, not for more:
`./gym bench` shows what they cost.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Expression, QuerySet


class Parameter(Expression):
    """Stands in a queryset for a value that comes later; a time may be moved back."""

    def __init__(self, name: str, moved_back: timedelta = timedelta()) -> None:
        super().__init__()
        self.name, self.moved_back = name, moved_back

    def __sub__(self, other: timedelta) -> "Parameter":  # type: ignore[override]
        return Parameter(self.name, self.moved_back + other)

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        return "%s", [self]

    def value_in(self, values: dict[str, Any]) -> Any:
        value = values[self.name]
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value - self.moved_back)
        if isinstance(value, date):
            return connection.ops.adapt_datefield_value(value)
        return value


class Compiled(NamedTuple):
    sql: str
    parameters: Sequence[Any]
    # By column: the functions that turn what the driver gives into what the field means.
    converters: dict[int, Any]


class Statement:
    """
    A queryset of tuples, given by a function of `Parameter`s.

    Called with their values by name, it gives the rows.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        self._make, self._names = make, names
        self._compiled: dict[str, Compiled] = {}

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        compiled = self._compiled.get(connection.vendor) or self._compile()
        given = [
            each.value_in(values) if isinstance(each, Parameter) else each
            for each in compiled.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, given)
            rows = cursor.fetchall()
        return _converted(rows, compiled.converters) if compiled.converters else rows

    def _compile(self) -> Compiled:
        queryset = self._make(**{name: Parameter(name) for name in self._names})
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        compiled = Compiled(sql, parameters, converters)
        self._compiled[connection.vendor] = compiled
        return compiled


def _converted(rows: list[tuple[Any, ...]], converters: dict[int, Any]) -> list[tuple[Any, ...]]:
    # Not by the compiler, which would keep the connection of the thread that compiled alive.
    found = []
    for row in map(list, rows):
        for column, (functions, expression) in converters.items():
            for function in functions:
                row[column] = function(row[column], expression, connection)
        found.append(tuple(row))
    return found
