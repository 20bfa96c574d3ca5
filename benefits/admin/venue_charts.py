"""What the page of a venue shows of the use of its benefits."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format

from benefits import reports
from benefits.models import Benefit
from benefits.reports import Stretch
from benefits.summary import WINDOW
from core.admin.charts import Bar, BarChart, Chart, ColumnChart, Row, Span, TimeLine

MOST_SHOWN = 10
DAY = timedelta(hours=24)

Titles = Mapping[int, str]


def charts_of(*, venue_id: int, at: datetime, tz: tzinfo) -> list[Chart]:
    """Draw how a venue's benefits are used: nothing for one that has no benefits."""
    titles = dict(Benefit.objects.filter(venue=venue_id).values_list("pk", "title"))
    if not titles:
        return []
    return [
        _uses_per_week(venue_id, at, tz),
        _top_benefits(venue_id, titles, at),
        _inactive_stretches(venue_id, titles, at, tz),
    ]


def _uses_per_week(venue_id: int, at: datetime, tz: tzinfo) -> Chart:
    weeks = reports.uses_per_week(venue_id=venue_id, at=at, tz=tz)
    return ColumnChart(
        title="Uses per week, each from Monday on",
        empty=f"Nothing was used in the last {len(weeks)} weeks.",
        bars=[
            Bar(f"{monday.day} {monday:%b}", number, _uses_in_week(venue_id, monday))
            for monday, number in weeks
        ],
    )


def _top_benefits(venue_id: int, titles: Titles, at: datetime) -> Chart:
    # A benefit, or the venue, that came or went between the statements is for the next look.
    top = reports.top_benefits(at=at, most=MOST_SHOWN).get(venue_id, [])
    return BarChart(
        title="Top benefits of the last 180 days, by their uses",
        empty="Nothing was used in the last 180 days.",
        bars=[
            Bar(titles[uses.benefit_id], uses.number, _page_of(uses.benefit_id))
            for uses in top
            if uses.benefit_id in titles
        ],
    )


def _inactive_stretches(venue_id: int, titles: Titles, at: datetime, tz: tzinfo) -> Chart:
    stretches = reports.inactive_stretches(venue_id=venue_id, at=at)
    return TimeLine(
        title="Not used for long, in the last 180 days",
        empty="Nothing: each benefit was used again before long.",
        since=at - WINDOW,
        until=at,
        tz=tz,
        rows=[
            Row(titles[benefit_id], [_span(one, tz) for one in its], _page_of(benefit_id))
            for benefit_id, its in stretches.items()
            if benefit_id in titles
        ],
    )


def _span(stretch: Stretch, tz: tzinfo) -> Span:
    since, until = (date_format(end.astimezone(tz)) for end in (stretch.since, stretch.until))
    days = (stretch.until - stretch.since) // DAY
    if stretch.until - stretch.since == WINDOW:
        text = f"All {days} days, ongoing"
    elif stretch.is_ongoing:
        text = f"Since {since}: {days} days, ongoing"
    else:
        text = f"{since} to {until}: {days} days"
    return Span(stretch.since, stretch.until, text, stretch.is_ongoing)


def _page_of(benefit_id: int) -> str:
    return reverse("admin:benefits_benefit_change", args=[benefit_id])


def _uses_in_week(venue_id: int, monday: date) -> str:
    asked = {
        "benefit__venue__id__exact": venue_id,
        "used_at_from": monday,
        "used_at_to": monday + timedelta(days=6),
    }
    return f"{reverse('admin:benefits_benefitusage_changelist')}?{urlencode(asked)}"
