"""A list as CSV, row by row, so that a million rows need no memory."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

ROWS_AT_ONCE = 2000
# A spreadsheet runs a cell that begins so as a formula, also one that somebody sent as a name.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Without it Excel reads umlauts as something else.
BYTE_ORDER_MARK = "\ufeff"


def csv_response(
    rows: "QuerySet[Any, Any]", columns: Mapping[str, str], filename: str
) -> StreamingHttpResponse:
    """Answer with a file of `columns`, a heading and a lookup each. Times are the gym's."""
    values = rows.values_list(*columns.values()).iterator(chunk_size=ROWS_AT_ONCE)
    return StreamingHttpResponse(
        csv_text(list(columns), values),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = StringIO(BYTE_ORDER_MARK)
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    writer.writerow(headings)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def cell(value: Any) -> Any:
    """Give what a spreadsheet shows of a value and never runs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str) and value.startswith(BEGINS_A_FORMULA):
        return f"'{value}"
    return value
