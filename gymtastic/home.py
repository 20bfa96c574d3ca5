"""The admin's home page: what each app says of today, for whoever may see it there."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

import followups.services
from bookings.admin.home_charts import late_cancels_per_week, sessions_today
from bookings.models import Booking
from classes.models import ClassSession
from core.admin.charts import Chart
from core.errors import Busy
from followups.admin.showing import charts_of_people
from followups.models import FollowUp
from promotions.admin.home_charts import running_promos
from promotions.models import FlashPromo


class Panel(NamedTuple):
    """The lead is the name of a list and its address, where all of it stands."""

    name: str
    title: str
    charts: Sequence[Chart]
    lead: tuple[str, str]


def with_panels(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the home page's context the panels of what one may view."""
    at, tz = timezone.now(), timezone.get_default_timezone()
    panels = [
        make(at, tz)
        for model, make in PANELS.items()
        if admin.site.get_model_admin(model).has_view_permission(request)
    ]
    return {**context, "title": "Home", "panels": panels}


def _sessions(at: datetime, tz: tzinfo) -> Panel:
    lead = ("All of today", f"{_list_of(ClassSession)}?when=today")
    title = f"Sessions today, {date_format(at.astimezone(tz), 'D j M Y')}"
    return Panel("sessions", title, [sessions_today(at=at, tz=tz)], lead)


def _promos(at: datetime, tz: tzinfo) -> Panel:
    lead = ("All that are running", f"{_list_of(FlashPromo)}?state=running")
    return Panel("promotions", "Flash promotions", [running_promos(at=at)], lead)


def _late_cancels(at: datetime, tz: tzinfo) -> Panel:
    chart = late_cancels_per_week(at=at, tz=tz)
    # A list of all weeks takes seconds where there are millions of bookings.
    lead = ("This week’s", chart.bars[-1].link)
    return Panel("late-cancellations", "Late cancellations", [chart], lead)


def _people(at: datetime, tz: tzinfo) -> Panel:
    # What others are settling at this instant is for the next look.
    with suppress(Busy):
        followups.services.settle(at=at)
    address = _list_of(FollowUp)
    charts = charts_of_people(followups.services.people_by_status(), address)
    return Panel("follow-ups", "Follow-up", charts, ("All people", address))


def _list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


# By what one must be allowed to view.
PANELS: dict[type[Model], Callable[[datetime, tzinfo], Panel]] = {
    ClassSession: _sessions,
    FlashPromo: _promos,
    Booking: _late_cancels,
    FollowUp: _people,
}
