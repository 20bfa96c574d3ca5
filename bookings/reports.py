"""Read-only questions about bookings, each one query."""

from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Concat, TruncWeek
from django.utils import timezone

from bookings.models import Booking
from bookings.states import BookingStatus
from classes.models import ClassSession
from core.instants import local_midnight, monday_of


class GroupBy(StrEnum):
    CLASS_TYPE = "class_type"
    CUSTOMER = "customer"
    WEEK = "week"


def late_cancels(*, from_day: date, to_day: date, group_by: GroupBy) -> list[dict[str, Any]]:
    """
    Count bookings by what became of them, over sessions that start on [from_day, to_day).

    Days and ISO weeks are the gym's. `late_cancel_rate` is late cancellations per booking,
    None where nothing was booked: a class type or a week whose sessions nobody booked is a
    row too.
    """
    tz = timezone.get_default_timezone()
    sessions = Q(
        starts_at__gte=local_midnight(from_day, tz), starts_at__lt=local_midnight(to_day, tz)
    )
    if group_by is GroupBy.CUSTOMER:
        rows = _by_customer(sessions)
    elif group_by is GroupBy.CLASS_TYPE:
        rows = _counted(
            ClassSession.objects.filter(sessions).values(
                group=F("class_type_id"), label=F("class_type__name")
            )
        )
    else:
        rows = _counted(
            ClassSession.objects.filter(sessions).values(group=TruncWeek("starts_at", tzinfo=tz))
        )
    return [_with_rate(row) for row in rows.order_by("group")]


def late_cancels_per_week(*, until: date, weeks: int, tz: tzinfo) -> list[tuple[date, int]]:
    """
    Give Monday and number of late cancellations of each of some ISO weeks, the last with `until`.

    A cancellation is of the week in which its session starts. It reads these alone, not all
    bookings of so long a time as `late_cancels` does.
    """
    last = monday_of(until)
    mondays = [last - timedelta(weeks=ago) for ago in reversed(range(weeks))]
    late = Booking.objects.filter(
        status=BookingStatus.LATE_CANCELLED,
        class_session__starts_at__gte=local_midnight(mondays[0], tz),
        class_session__starts_at__lt=local_midnight(last + timedelta(weeks=1), tz),
    )
    rows = late.values_list(TruncWeek("class_session__starts_at", tzinfo=tz))
    found = {begins.date(): number for begins, number in rows.annotate(number=Count("*"))}
    return [(monday, found.get(monday, 0)) for monday in mondays]


def _counted(sessions: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    # One outer join, so the counts do not multiply each other.
    return sessions.annotate(**_counts("bookings__"))


def _by_customer(sessions: Q) -> "QuerySet[Any, Any]":
    return (
        Booking.objects.filter(class_session__in=ClassSession.objects.filter(sessions))
        .values(
            group=F("customer_id"),
            label=Concat("customer__first_name", Value(" "), "customer__last_name"),
        )
        .annotate(**_counts(""))
    )


def _counts(path: str) -> dict[str, Count]:
    def having(status: BookingStatus) -> Count:
        return Count(f"{path}pk", filter=Q(**{f"{path}status": status}))

    return {
        "booked": Count(f"{path}pk"),
        "cancelled": having(BookingStatus.CANCELLED),
        "late_cancelled": having(BookingStatus.LATE_CANCELLED),
        "no_shows": having(BookingStatus.NO_SHOW),
    }


def _with_rate(row: dict[str, Any]) -> dict[str, Any]:
    group = row.pop("group")
    if "label" in row:
        label = row.pop("label")
    else:
        group = group.date()
        label = f"{group:%G-W%V}"
    # Not annotated as `bookings`: the sessions' relation has that name.
    booked = row.pop("booked")
    rate = row["late_cancelled"] / booked if booked else None
    return {"group": group, "label": label, "bookings": booked, **row, "late_cancel_rate": rate}
