"""Pictures of a promotion's life: how fast it sold, and how far away people were."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from math import ceil

from core.admin.charts import Bar, BarChart, ColumnChart
from core.globe import is_within

MOST_COLUMNS = 24
DAY = timedelta(hours=24)
STEPS = [timedelta(minutes=each) for each in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

RINGS = 5
# After the rings.
BEYOND, UNKNOWN = RINGS, RINGS + 1


def sold_by_when(
    sold_at: Iterable[datetime], *, since: datetime, until: datetime, tz: tzinfo
) -> ColumnChart:
    """
    Draw how many had been sold by each moment of a stretch, wide enough for all of them.

    Each column ends at a full minute, five minutes, and so on, as the length asks for.
    """
    moments = sorted(sold_at)
    since, until = min([since, *moments[:1]]), max([until, *moments[-1:]])
    step = _step_for(until - since)
    edge = BEGINNING + (since - BEGINNING) // step * step
    edges = []
    while edge < until:
        edge += step
        edges.append(edge.astimezone(tz))
    is_one_day = len({each.date() for each in edges}) <= 1
    return ColumnChart(
        title="Sold by when",
        empty="Nothing is sold yet.",
        bars=[
            Bar(_label(each, is_one_day=is_one_day), bisect_right(moments, each)) for each in edges
        ],
    )


def _step_for(length: timedelta) -> timedelta:
    fitting = (step for step in STEPS if length <= MOST_COLUMNS * step)
    return next(fitting, ceil(length / (MOST_COLUMNS * DAY)) * DAY)


def _label(moment: datetime, *, is_one_day: bool) -> str:
    return f"{moment:%H:%M}" if is_one_day else f"{moment:%H:%M} {moment.day} {moment:%b}"


def by_distance(
    groups: Mapping[str, Sequence[float | None]], *, radius_km: float
) -> list[BarChart]:
    """
    Draw for each group how many are how far away, in rings of equal width within the radius.

    :param groups: a title and the distances in km; None where nobody knows.
    """
    edges = [radius_km * ring / RINGS for ring in range(1, RINGS + 1)]
    labels = {ring: f"up to {km(edge)}" for ring, edge in enumerate(edges)}
    labels |= {BEYOND: "farther by now", UNKNOWN: "not known any more"}
    counts = {
        title: Counter(_ring(distance, edges) for distance in distances)
        for title, distances in groups.items()
    }
    # Rows that all charts have lie beside one another.
    used = [ring for ring in labels if ring < RINGS or any(one[ring] for one in counts.values())]
    return [
        BarChart(
            title=f"{title}: {counted.total():,}",
            empty="Nobody.",
            bars=[Bar(labels[ring], counted[ring]) for ring in used],
        )
        for title, counted in counts.items()
    ]


def _ring(distance: float | None, edges: Sequence[float]) -> int:
    if distance is None:
        return UNKNOWN
    return next((ring for ring, edge in enumerate(edges) if is_within(distance, edge)), BEYOND)


def km(distance: float) -> str:
    """Write a distance with three digits that say something, never as a power of ten."""
    return f"{Decimal(f'{distance:.3g}').normalize():,f} km"
