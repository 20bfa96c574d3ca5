"""Charts: every figure stands on the page as a text, and is drawn as long as it is."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils.html import strip_tags

from core.admin.charts import Bar, BarChart, ColumnChart, Fill, FillChart, Row, Span, TimeLine

SINCE = datetime(2026, 3, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def page_with(chart):
    return Template("<p>{{ chart }}</p>").render(Context({"chart": chart}))


def read_aloud(page):
    return " ".join(strip_tags(page).split())


def line_of(*spans, until=SINCE + timedelta(days=100), tz=UTC, label="Fries"):
    rows = [Row(label, spans)]
    return TimeLine(title="Unused", empty="None.", since=SINCE, until=until, tz=tz, rows=rows)


def span(first, last, **more):
    return Span(SINCE + timedelta(days=first), SINCE + timedelta(days=last), "a while", **more)


@pytest.mark.parametrize(
    ("kind", "style", "figures"),
    [
        pytest.param(BarChart, r"width: ([\d.]+)%", "Fries 1,200 Cola 300 Tea 0", id="lying"),
        pytest.param(
            ColumnChart, r"\* ([\d.]+) / 100", "Fries 1,200 Cola 300 Tea 0", id="standing"
        ),
    ],
)
def test_bars_are_as_long_as_their_figures(kind, style, figures):
    bars = [Bar("Fries", 1200, "/fries/"), Bar("Cola", 300), Bar("Tea", 0)]

    page = page_with(kind(title="Uses", empty="Nothing.", bars=bars))

    assert re.findall(style, page) == ["100.00", "25.00", "0.00"]
    assert page.count('href="/fries/"') == page.count("href") == 1
    assert sorted(read_aloud(page).split()) == sorted(f"Uses {figures}".split())


def test_bars_of_charts_beside_each_other_are_as_long_as_those_of_the_other():
    chart = BarChart(title="Uses", empty="Nothing.", bars=[Bar("Cola", 300)], longest=1200)

    assert re.findall(r"width: ([\d.]+)%", page_with(chart)) == ["25.00"]


def test_a_bar_is_filled_as_far_as_its_whole_is_and_without_a_whole_there_is_none():
    fills = [
        Fill("Yoga", "3 of 4, 1 on hold", 3, 4, for_the_moment=1, note="Full", link="/yoga/"),
        Fill("Open door", "41, unlimited", 41, None),
        Fill("Closed", "0 of 0", 0, 0),
    ]

    page = page_with(FillChart(title="", empty="None.", fills=fills))

    assert re.findall(r"width: ([\d.]+)%", page) == ["75.00", "25.00", "0.00", "0.00"]
    assert page.count('href="/yoga/"') == page.count("href") == 1
    assert read_aloud(page) == "Yoga 3 of 4, 1 on hold Full Open door 41, unlimited Closed 0 of 0"


@pytest.mark.parametrize("kind", [BarChart, ColumnChart])
@pytest.mark.parametrize("bars", [[], [Bar("Fries", 0)]], ids=["no bar", "nothing but zeros"])
def test_bars_say_when_there_is_nothing(kind, bars):
    page = page_with(kind(title="Uses", empty="Nothing was used.", bars=bars))

    assert read_aloud(page) == "Uses Nothing was used."


def test_what_somebody_wrote_is_never_taken_for_html():
    bars = [Bar("<b>Fries</b>", 1, '/?"><b>')]
    charts = [
        BarChart(title="<b>", empty="", bars=bars),
        ColumnChart(title="<b>", empty="", bars=bars),
        FillChart(title="<b>", empty="", fills=[Fill("<b>", "<b>", 1, 2, 0, "<b>", '/?"><b>')]),
        line_of(span(0, 50), label="<b>Fries</b>"),
    ]

    assert "<b>" not in "".join(map(page_with, charts))


def test_a_stretch_lies_where_its_time_is():
    chart = line_of(span(0, 25), span(60, 100, is_ongoing=True))

    [(row, spans)] = chart.drawn()

    assert row.label == "Fries"
    assert [(left, width) for _, left, width in spans] == [("0.00", "25.00"), ("60.00", "40.00")]
    assert read_aloud(page_with(chart)).startswith("Unused Ongoing")


def test_only_ongoing_stretches_need_explaining():
    page = page_with(line_of(span(0, 25)))

    assert "Ongoing" not in page


def test_nothing_to_fill_is_said_without_a_title_where_there_is_none():
    page = page_with(FillChart(title="", empty="No session.", fills=[]))

    assert read_aloud(page) == "No session."
    assert "figcaption" not in page


def test_a_time_line_says_when_there_is_nothing():
    chart = TimeLine(title="Unused", empty="None.", since=SINCE, until=SINCE, tz=UTC, rows=[])

    assert read_aloud(page_with(chart)) == "Unused None."


@pytest.mark.parametrize(
    ("until", "ticks"),
    [
        pytest.param(datetime(2026, 3, 31, 22, tzinfo=UTC), [], id="up to a month's first moment"),
        pytest.param(datetime(2026, 3, 31, 22, 0, 1, tzinfo=UTC), ["Apr"], id="one second more"),
        pytest.param(datetime(2026, 6, 18, tzinfo=UTC), ["Apr", "May", "Jun"], id="a hundred days"),
    ],
)
def test_a_tick_stands_where_a_month_begins_in_the_gym(until, ticks):
    chart = line_of(until=until, tz=BERLIN)

    assert [tick.label for tick in chart.ticks()] == ticks


def test_the_first_moment_of_a_time_line_may_have_a_tick():
    since = datetime(2026, 2, 28, 23, tzinfo=UTC)
    chart = TimeLine(
        title="", empty="", since=since, until=since + timedelta(days=60), tz=BERLIN, rows=[]
    )

    # March has 743 of the 1,440 hours.
    assert list(chart.ticks()) == [("0.00", "Mar"), ("51.60", "Apr")]
