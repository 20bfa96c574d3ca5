"""What takes a minute is shown to the second."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display

from core.admin.times import in_one_line


def precise(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j M Y, H:i:s")


def seconds_long(seconds: float) -> str:
    return f"{seconds:,.0f} s"


def shown_precisely(name: str, description: str) -> Callable[[Any, Any], str | None]:
    """Make a column of the time field `name`; empty where there is no time."""

    def show(page: Any, obj: Any) -> str | None:
        instant = getattr(obj, name)
        return in_one_line(precise(instant)) if instant else None

    column: Callable[[Any, Any], str | None] = display(show, description=description)
    return column
