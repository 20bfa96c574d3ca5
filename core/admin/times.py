from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display

MOMENT = "D j M Y, H:i"


def moment(instant: datetime) -> str:
    """Write a point in time as the gym's wall clock showed it."""
    return date_format(timezone.localtime(instant), MOMENT)


def shown_moment(name: str, description: str) -> Callable[[Any, Any], str | None]:
    """Make a column of the time field `name`; empty where there is no time."""

    def show(page: Any, obj: Any) -> str | None:
        instant = getattr(obj, name)
        return moment(instant) if instant else None

    column: Callable[[Any, Any], str | None] = display(show, description=description, ordering=name)
    return column
