"""Reading points in time and local days as people and programs write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dateutil.relativedelta import relativedelta
from django.utils.dateparse import parse_datetime

# Room on both sides of what the databases and `datetime` can compute with.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

SHORTEST = len("2026-03-31T18:00")

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?([Zz]|[+-]\d{2}(:?\d{2})?)?", re.ASCII
)


class NotAnInstant(ValueError):
    """The text is not an ISO 8601 time, or lies outside the years 1900 to 2199."""


class NotADay(ValueError):
    """The text is not a day as YYYY-MM-DD, or lies outside the years 1900 to 2199."""


def parse_instant(text: str, tz: tzinfo) -> datetime:
    """
    Read an ISO 8601 time; without an offset it is wall-clock time in `tz`.

    Given in UTC. A wall-clock time that a DST change skips is taken one hour later, one
    that it repeats is the first. A `+` that a query string turned into a blank is understood.

    :raises NotAnInstant: when the text is no such time, or its year is not within 1900 to 2199.
    """
    text = text.strip().replace("z", "Z")
    time, blank, offset = text.rpartition(" ")
    if blank and len(time) >= SHORTEST:
        text = f"{time}+{offset}"
    try:
        # Python would also take 2026-W14-2, a bare day and the digits of other scripts.
        found = parse_datetime(text) if INSTANT.fullmatch(text) else None
        if found is None:
            raise NotAnInstant("Write a time such as 2026-03-31T18:00:00Z.")
        aware = found if found.tzinfo else found.replace(tzinfo=tz)
        instant = aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotAnInstant("Write a time such as 2026-03-31T18:00:00Z.") from error
    if not EARLIEST <= instant < LATEST:
        raise NotAnInstant("The year must be within 1900 to 2199.")
    return instant


def parse_day(text: str) -> date:
    """
    Read a day written as YYYY-MM-DD and in no other way.

    :raises NotADay: when the text is no such day, or its year is not within 1900 to 2199.
    """
    try:
        # Python would also take 20260331 and 2026-W14-2.
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise NotADay("Write a day such as 2026-03-31.")
    if not EARLIEST.year <= day.year < LATEST.year:
        raise NotADay("The year must be within 1900 to 2199.")
    return day


def local_day(instant: datetime, tz: tzinfo) -> date:
    return instant.astimezone(tz).date()


def monday_of(day: date) -> date:
    """Give the Monday with which the day's ISO week begins."""
    return day - timedelta(days=day.weekday())


def local_midnight(day: date, tz: tzinfo) -> datetime:
    """Give the first instant of a day in `tz`; a day ends where the next one begins."""
    return datetime.combine(day, time.min, tzinfo=tz)


def day_bounds(day: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """Give the half-open interval of a local day, 23 to 25 hours long."""
    return local_midnight(day, tz), local_midnight(day + timedelta(days=1), tz)


def on_the_wall_clock(
    instant: datetime, distance: timedelta | relativedelta, tz: tzinfo
) -> datetime:
    """
    Move an instant by calendar time in `tz`: 18:00 stays 18:00 across a DST change.

    Given in UTC; skipped and repeated wall-clock times as in `parse_instant`.
    """
    wall = instant.astimezone(tz).replace(tzinfo=None, fold=0) + distance
    return wall.replace(tzinfo=tz).astimezone(UTC)
