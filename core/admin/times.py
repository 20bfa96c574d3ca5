from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import display


def moment(instant: datetime) -> str:
    """Write a point in time as the gym's wall clock showed it."""
    return date_format(timezone.localtime(instant), "DATETIME_FORMAT")


def in_one_line(text: str) -> str:
    """Keep the text of a column from being broken between its words."""
    return format_html('<span class="whitespace-nowrap">{}</span>', text)


def shown_moment(
    name: str, description: str, *, written: Callable[[datetime], str] = moment
) -> Callable[[Any, Any], str | None]:
    """Make a column of the time field `name`; empty where there is no time."""

    def show(page: Any, obj: Any) -> str | None:
        instant = getattr(obj, name)
        return in_one_line(written(instant)) if instant else None

    column: Callable[[Any, Any], str | None] = display(show, description=description, ordering=name)
    return column
