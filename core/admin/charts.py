"""
Charts that the server draws as plain HTML: no script, and every figure is a text on the page.

A template writes one as `{{ chart }}`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import ClassVar, NamedTuple

from dateutil.relativedelta import relativedelta
from django.template.loader import render_to_string

from core.instants import local_midnight


class Bar(NamedTuple):
    label: str
    value: int
    link: str = ""

    @property
    def figure(self) -> str:
        return f"{self.value:,}"


class Fill(NamedTuple):
    """So much of a whole, and so much more of it for the moment. No whole, no bar."""

    label: str
    figure: str
    value: int
    whole: int | None
    for_the_moment: int = 0
    note: str = ""
    link: str = ""


class Span(NamedTuple):
    """A stretch of time and what is said of it. It lies within its time line."""

    since: datetime
    until: datetime
    text: str
    is_ongoing: bool = False


class Row(NamedTuple):
    label: str
    spans: Sequence[Span]
    link: str = ""


class Tick(NamedTuple):
    left: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    template_name: ClassVar[str]
    title: str
    # What is said when there is nothing to draw.
    empty: str

    @property
    def is_empty(self) -> bool:
        raise NotImplementedError

    def __str__(self) -> str:
        return render_to_string(self.template_name, {"chart": self})


@dataclass(frozen=True, kw_only=True)
class BarChart(Chart):
    """Bars that lie below one another, as long as their values: for names."""

    template_name = "core/charts/bars.html"
    bars: Sequence[Bar]
    # What a bar of the whole width stands for where charts are to be compared.
    longest: int | None = None

    @property
    def is_empty(self) -> bool:
        return not any(bar.value for bar in self.bars)

    def drawn(self) -> Iterator[tuple[Bar, str]]:
        """Give each bar with its part of the longest one, in per cent."""
        longest = self.longest or max((bar.value for bar in self.bars), default=0)
        return ((bar, _per_cent(bar.value, longest)) for bar in self.bars)


@dataclass(frozen=True, kw_only=True)
class ColumnChart(BarChart):
    """Bars that stand beside one another: for times. A label's words stand one below the other."""

    template_name = "core/charts/columns.html"


@dataclass(frozen=True, kw_only=True)
class FillChart(Chart):
    """Bars of one length, each filled as far as its whole is."""

    template_name = "core/charts/fills.html"
    fills: Sequence[Fill]

    @property
    def is_empty(self) -> bool:
        return not self.fills

    def drawn(self) -> Iterator[tuple[Fill, str, str]]:
        """Give each with both its parts of the whole, in per cent."""
        for fill in self.fills:
            whole = fill.whole or 0
            yield fill, _per_cent(fill.value, whole), _per_cent(fill.for_the_moment, whole)


@dataclass(frozen=True, kw_only=True)
class TimeLine(Chart):
    """Rows of stretches between two times, with a tick where a month begins in `tz`."""

    template_name = "core/charts/time_line.html"
    since: datetime
    until: datetime
    tz: tzinfo
    rows: Sequence[Row]

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def has_ongoing(self) -> bool:
        return any(span.is_ongoing for row in self.rows for span in row.spans)

    def ticks(self) -> Iterator[Tick]:
        day = self.since.astimezone(self.tz).date().replace(day=1)
        while (begins := local_midnight(day, self.tz)) < self.until:
            if begins >= self.since:
                yield Tick(self._left(begins), f"{day:%b}")
            day += relativedelta(months=1)

    def drawn(self) -> Iterator[tuple[Row, list[tuple[Span, str, str]]]]:
        """Give each row with its spans, where each begins and how long it is, in per cent."""
        for row in self.rows:
            spans = [
                (span, self._left(span.since), self._part(span.until - span.since))
                for span in row.spans
            ]
            yield row, spans

    def _left(self, instant: datetime) -> str:
        return self._part(instant - self.since)

    def _part(self, length: timedelta) -> str:
        whole = (self.until - self.since).total_seconds()
        return _per_cent(length.total_seconds(), whole)


def _per_cent(part: float, whole: float) -> str:
    # A text, because CSS wants a point in it whatever the language of the page.
    return f"{100 * part / whole if whole else 0:.2f}"
