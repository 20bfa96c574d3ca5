"""How far is a customer on the way to each milestone?"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from bookings.models import Booking
from bookings.states import LIVE
from milestones.models import Milestone, MilestoneAward
from milestones.rules import MONTHS_DIFFER, fullest_window
from milestones.states import COUNTED, Counts


def milestone_progress(*, customer_id: int, at: datetime) -> list[dict[str, Any]]:
    """
    Give, for each active milestone, the window that is nearest to it. Three queries.

    It is the one with most sessions that ends at `at` or at a session still to come.
    """
    milestones = list(Milestone.objects.active().order_by("pk"))
    if not milestones:
        return []
    tz = timezone.get_default_timezone()
    since = min(one.start_of_window(at, tz) for one in milestones) - MONTHS_DIFFER
    live = Booking.objects.filter(
        customer=customer_id, status__in=LIVE, class_session__starts_at__gt=since
    )
    rows = sorted(live.values_list("class_session__starts_at", "status"))
    awards = _awards_of(customer_id)
    progress = []
    for milestone in milestones:
        awarded = awards.get(milestone.pk, {})
        counted = COUNTED[Counts(milestone.counts)]
        window = fullest_window(
            [starts_at for starts_at, status in rows if status in counted],
            at=at,
            start_of=partial(milestone.start_of_window, tz=tz),
            after=awarded.get("ends"),
        )
        progress.append(
            {
                "milestone": milestone.pk,
                "name": milestone.name,
                "count": window.sessions,
                "session_count": milestone.session_count,
                "window_start": window.start,
                "window_end": window.end,
                "awards": awarded.get("number", 0),
                "last_awarded_at": awarded.get("last"),
            }
        )
    return progress


def _awards_of(customer_id: int) -> dict[int, dict[str, Any]]:
    awards = MilestoneAward.objects.filter(customer=customer_id).values("milestone_id")
    counted = awards.annotate(number=Count("pk"), ends=Max("window_end"), last=Max("awarded_at"))
    return {row["milestone_id"]: dict(row) for row in counted}
