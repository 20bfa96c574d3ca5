"""A chart of what rises and falls, drawn by the server like the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.admin.charts import Chart

# Per cent of the chart's height: room for the figures above the highest point.
LOWEST, HIGHEST = 8, 76


class Point(NamedTuple):
    label: str
    # None where there is nothing; the line goes on to the next point.
    value: float | None
    figure: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class LineChart(Chart):
    """Points in the order of time, at the same distance from each other. It need not begin at 0."""

    template_name = "workouts/line_chart.html"
    points: Sequence[Point]

    @property
    def is_empty(self) -> bool:
        return all(point.value is None for point in self.points)

    def drawn(self) -> Iterator[tuple[Point, str | None]]:
        """Give each point with its height in per cent, None where there is nothing."""
        values = [point.value for point in self.points if point.value is not None]
        least, most = min(values), max(values)
        for point in self.points:
            if point.value is None:
                yield point, None
            else:
                part = (point.value - least) / (most - least) if most > least else 0.5
                yield point, f"{LOWEST + part * (HIGHEST - LOWEST):.2f}"

    def line(self) -> str:
        """Give the points of the line on a square of a hundred by a hundred."""
        return " ".join(
            f"{100 * (place + 0.5) / len(self.points):.2f},{100 - float(height):.2f}"
            for place, (_, height) in enumerate(self.drawn())
            if height is not None
        )
