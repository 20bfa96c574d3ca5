from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from dateutil.rrule import WEEKLY, rrule
from django.utils import timezone

from classes.models import ClassSession, ClassType
from core.errors import Invalid
from core.instants import EARLIEST, LATEST
from core.transactions import in_transaction

MOST_SESSIONS = 400


class Series(NamedTuple):
    created: list[int]
    existing: list[int]


@in_transaction
def create_series(
    *,
    class_type: ClassType,
    starts_on: date,
    ends_on: date,
    weekdays: Collection[int],
    local_time: time,
) -> Series:
    """
    Put a class on the schedule every week, from the first day to the last, both included.

    `weekdays` are ISO numbers, 1 for Monday. 18:00 stays 18:00 across a DST change; a time that
    does not exist that day is one hour later, one that exists twice is the first. A session of
    the class type that starts then already, a cancelled one too, is left as it is.

    :raises Invalid: when there is no such day, or more than 400.
    """
    tz = timezone.get_default_timezone()
    wanted = list(_starts(starts_on, ends_on, weekdays, local_time, tz))
    # Whoever repeats the call at the same instant waits here and finds the sessions.
    class_type = ClassType.objects.select_for_update(no_key=True).get(pk=class_type.pk)
    there = ClassSession.objects.filter(class_type=class_type, starts_at__in=wanted)
    existing = dict(there.order_by("-pk").values_list("starts_at", "pk"))
    made = ClassSession.objects.bulk_create(
        ClassSession(
            class_type=class_type,
            starts_at=starts_at,
            duration_minutes=class_type.duration_minutes,
            capacity=class_type.capacity,
        )
        for starts_at in wanted
        if starts_at not in existing
    )
    return Series([one.pk for one in made], [existing[one] for one in wanted if one in existing])


def _starts(
    starts_on: date, ends_on: date, weekdays: Collection[int], local_time: time, tz: tzinfo
) -> Iterator[datetime]:
    if ends_on < starts_on:
        raise Invalid("ends_on", "invalid", "The last day comes before the first.")
    # Not to count through centuries: at one a week these are more than enough.
    if ends_on - starts_on > timedelta(weeks=MOST_SESSIONS + 1):
        raise _too_many()
    # In wall-clock time: a rule in UTC would move every class by an hour twice a year.
    days = rrule(
        WEEKLY,
        dtstart=datetime.combine(starts_on, local_time),
        until=datetime.combine(ends_on, local_time),
        byweekday=[weekday - 1 for weekday in sorted(set(weekdays))],
    )
    found = list(days)
    if not found:
        raise Invalid("weekdays", "never", "None of these weekdays lies between the two days.")
    if len(found) > MOST_SESSIONS:
        raise _too_many()
    for wall in found:
        starts_at = wall.replace(tzinfo=tz).astimezone(UTC)
        if not EARLIEST <= starts_at < LATEST:
            raise Invalid("starts_on", "invalid", "The year must be within 1900 to 2199.")
        yield starts_at


def _too_many() -> Invalid:
    return Invalid("ends_on", "too_many", f"At most {MOST_SESSIONS} sessions at once.")
