"""
Calendar intervals, such as one month: stored as a count and a unit, both or neither.

Arithmetic is `dateutil.relativedelta`'s: one month after 31 January is the last day of February.
"""

from datetime import date, datetime, timedelta, tzinfo

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Q

from core.instants import on_the_wall_clock


class IntervalUnit(models.TextChoices):
    DAY = "day", "Days"
    WEEK = "week", "Weeks"
    MONTH = "month", "Months"
    YEAR = "year", "Years"


# A hundred years of each: what lies further is a slip of the finger.
LONGEST = {
    IntervalUnit.DAY: 36_500,
    IntervalUnit.WEEK: 5_200,
    IntervalUnit.MONTH: 1_200,
    IntervalUnit.YEAR: 100,
}


def interval(count: int, unit: str) -> relativedelta:
    return relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]


def last_day(first: date, count: int, unit: str) -> date:
    """Give the last day of an interval that begins with `first`, both included."""
    return first + interval(count, unit) - timedelta(days=1)


def start_of_window(end: datetime, count: int, unit: str, tz: tzinfo) -> datetime:
    """
    Give the instant, in UTC, that lies one interval before `end` on the wall clock of `tz`.

    Skipped and repeated wall-clock times as in `core.instants.parse_instant`.
    """
    return on_the_wall_clock(end, -interval(count, unit), tz)


def told(count: int, unit: str) -> str:
    """Write an interval for people: `1 month`, `2 weeks`."""
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def is_possible() -> Q:
    """Give a constraint's condition for a row's `interval_count` and `interval_unit`."""
    possible = Q()
    for unit, longest in LONGEST.items():
        possible |= Q(interval_unit=unit, interval_count__range=(1, longest))
    return possible


def problems_of_interval(count: int | None, unit: str | None) -> dict[str, tuple[str, str]]:
    """Give a sentence and a code for each of the two fields that does not fit the other."""
    if count is None and unit is None:
        return {}
    if count is None:
        return {"interval_count": ("A unit needs its count.", "required")}
    if unit is None:
        return {"interval_unit": ("A count needs its unit.", "required")}
    longest = LONGEST[IntervalUnit(unit)]
    if count > longest:
        return {"interval_count": (f"At most {longest} {unit}s.", "max_value")}
    return {}
