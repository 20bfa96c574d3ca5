"""What the admin's home page shows of sessions and bookings."""

from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.db.models import Case, Count, F, Sum, When
from django.urls import reverse

from bookings import reports
from bookings.admin.sessions import spots_of
from bookings.states import BookingStatus
from classes.models import ClassSession
from classes.states import SessionStatus
from core.admin.charts import Bar, ColumnChart, Fill, FillChart
from core.instants import local_day

MOST_SHOWN = 40
WEEKS = 12


def sessions_today(*, at: datetime, tz: tzinfo) -> FillChart:
    """Draw how full each session of the local day is. Two statements."""
    today = local_day(at, tz)
    sessions = ClassSession.objects.on_day(today, tz)
    totals = sessions.scheduled().aggregate(
        number=Count("pk"), booked=Sum("booked_count"), waiting=Sum("waitlist_count")
    )
    # Of more than a page holds, those to come before those that began longest ago.
    to_come = Case(When(starts_at__gte=at, then=F("starts_at")))
    nearest = sessions.order_by(to_come.asc(nulls_last=True), "-starts_at", "pk")
    found = list(nearest.select_related("class_type")[: MOST_SHOWN + 1])
    shown = sorted(found[:MOST_SHOWN], key=lambda one: (one.starts_at, one.pk))
    return FillChart(
        title=_told(totals, is_cut=len(found) > MOST_SHOWN) if found else "",
        empty="No session starts today.",
        fills=[_fill(session, tz) for session in shown],
    )


def _told(totals: dict[str, int | None], *, is_cut: bool) -> str:
    number, booked, waiting = (totals[name] or 0 for name in ("number", "booked", "waiting"))
    told = f"{number:,} {'session' if number == 1 else 'sessions'}, {booked:,} booked"
    if waiting:
        told += f", {waiting:,} waiting"
    return f"{told}. {MOST_SHOWN} of them:" if is_cut else told


def _fill(session: ClassSession, tz: tzinfo) -> Fill:
    label = f"{session.starts_at.astimezone(tz):%H:%M} {session.class_type}"
    address = reverse("admin:classes_classsession_change", args=[session.pk])
    if session.status == SessionStatus.CANCELLED:
        return Fill(label, session.get_status_display(), 0, None, link=address)
    return Fill(label, spots_of(session), session.booked_count, session.capacity, link=address)


def late_cancels_per_week(*, at: datetime, tz: tzinfo) -> ColumnChart:
    today = local_day(at, tz)
    weeks = reports.late_cancels_per_week(until=today, weeks=WEEKS, tz=tz)
    total = sum(number for _, number in weeks)
    return ColumnChart(
        title=f"{total:,} in {WEEKS} weeks, each from Monday on" if total else "",
        empty=f"Nobody cancelled late in {WEEKS} weeks.",
        bars=[
            Bar(f"{monday.day} {monday:%b}", number, _late_in_week(monday))
            for monday, number in weeks
        ],
    )


def _late_in_week(monday: date) -> str:
    asked = {
        "status__in": BookingStatus.LATE_CANCELLED.value,
        "class_session__starts_at_from": monday,
        "class_session__starts_at_to": monday + timedelta(days=6),
    }
    return f"{reverse('admin:bookings_booking_changelist')}?{urlencode(asked)}"
