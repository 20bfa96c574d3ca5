from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.instants import (
    NotADay,
    NotAnInstant,
    day_bounds,
    on_the_wall_clock,
    parse_day,
    parse_instant,
)

BERLIN = ZoneInfo("Europe/Berlin")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


DAYS = st.dates(min_value=date(1980, 1, 1), max_value=date(2100, 1, 1))
INSTANTS = st.datetimes(
    min_value=utc(1980, 1, 1).replace(tzinfo=None),
    max_value=utc(2100, 1, 1).replace(tzinfo=None),
    timezones=st.just(UTC),
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2030-05-14T18:00:00Z", utc(2030, 5, 14, 18), id="in UTC"),
        pytest.param("2030-05-14T18:00:00+02:00", utc(2030, 5, 14, 16), id="with an offset"),
        pytest.param("2030-05-14T18:00:00 02:00", utc(2030, 5, 14, 16), id="+ as a blank"),
        pytest.param("2030-05-14T18:00:00-23:59", utc(2030, 5, 15, 17, 59), id="far behind"),
        pytest.param("2030-05-14 18:00", utc(2030, 5, 14, 16), id="on the wall clock"),
        pytest.param("2030-05-14T18:00:00 02", utc(2030, 5, 14, 16), id="+ before hours"),
        pytest.param("2030-05-14 18:00 0200", utc(2030, 5, 14, 16), id="+ without a colon"),
        pytest.param("2030-05-14t18:00:00z", utc(2030, 5, 14, 18), id="in small letters"),
        pytest.param(" 2030-05-14T18:00:00Z\n", utc(2030, 5, 14, 18), id="blanks around it"),
        pytest.param("1900-01-01T00:00:00Z", utc(1900, 1, 1), id="the first there is"),
        pytest.param(
            "2199-12-31T23:59:59.999999Z",
            utc(2199, 12, 31, 23, 59, 59, 999999),
            id="the last there is",
        ),
    ],
)
def test_a_time_is_read_in_utc(text, instant):
    assert parse_instant(text, BERLIN) == instant


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\u0662\u0660\u0663\u0660-05-14T18:00:00Z", id="the digits of another script"),
        pytest.param("2030-05-14T\uff11\uff18:00:00Z", id="wide digits"),
        pytest.param("2030-W20-2", id="a day of a week"),
        pytest.param("2030-W20-2T18:00:00Z", id="a time on a day of a week"),
        pytest.param("2030-05-14", id="a bare day"),
        pytest.param("20300514T180000Z", id="nothing between the digits"),
        pytest.param("2030-05-14X18:00:00Z", id="another letter than T"),
        pytest.param("2030-3-1T1:00", id="single digits"),
        pytest.param("2030-05-14T18", id="an hour alone"),
        pytest.param("2030-05-14T18:00:00Z and so on", id="more than a time"),
    ],
)
def test_what_only_resembles_a_time_is_refused(text):
    with pytest.raises(NotAnInstant):
        parse_instant(text, BERLIN)


@given(INSTANTS, ZONES)
def test_what_is_written_with_an_offset_is_read_back(instant, zone):
    text = instant.astimezone(ZoneInfo(zone)).isoformat()

    assert parse_instant(text, BERLIN) == instant
    assert parse_instant(text.replace("+", " "), BERLIN) == instant


@given(st.text(alphabet="0123456789-:.,+TWZ \x00", max_size=32))
def test_any_text_is_a_time_or_is_refused(text):
    try:
        instant = parse_instant(text, BERLIN)
    except NotAnInstant:
        return

    assert utc(1900, 1, 1) <= instant < utc(2200, 1, 1)


@given(st.text(alphabet="0123456789-TW", max_size=11))
def test_any_text_is_a_day_as_it_is_written_or_is_refused(text):
    try:
        day = parse_day(text)
    except NotADay:
        return

    assert day.isoformat() == text


@given(DAYS, ZONES)
def test_days_follow_each_other_without_gap_and_overlap(day, zone):
    tz = ZoneInfo(zone)
    begins, ends = day_bounds(day, tz)
    next_begins, _ = day_bounds(day + timedelta(days=1), tz)

    length = ends.astimezone(UTC) - begins.astimezone(UTC)
    assert ends == next_begins
    assert begins.astimezone(UTC).astimezone(tz).date() == day
    assert timedelta(hours=23) <= length <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2030, 3, 31), 23, id="when summer time begins"),
        pytest.param(date(2030, 10, 27), 25, id="when summer time ends"),
        pytest.param(date(2030, 5, 14), 24, id="in between"),
    ],
)
def test_a_day_is_as_long_as_the_gyms_clock_says(day, hours):
    begins, ends = day_bounds(day, BERLIN)

    assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("before", "days", "after"),
    [
        pytest.param(
            utc(2030, 4, 2, 16), -7, utc(2030, 3, 26, 17), id="back over the start of summer time"
        ),
        pytest.param(utc(2030, 10, 29, 17), -7, utc(2030, 10, 22, 16), id="back over its end"),
        pytest.param(utc(2030, 5, 14, 16), -7, utc(2030, 5, 7, 16), id="within summer"),
        pytest.param(
            utc(2030, 4, 1, 0, 30), -1, utc(2030, 3, 31, 1, 30), id="to 02:30 that is skipped"
        ),
        pytest.param(
            utc(2030, 10, 28, 1, 30), -1, utc(2030, 10, 27, 0, 30), id="to 02:30 that comes twice"
        ),
    ],
)
def test_a_move_by_days_keeps_the_time_on_the_wall(before, days, after):
    assert on_the_wall_clock(before, timedelta(days=days), BERLIN) == after


@given(INSTANTS, st.integers(-400, 400), ZONES)
def test_a_move_by_days_differs_by_days_and_at_most_a_shift_of_the_clock(instant, days, zone):
    moved = on_the_wall_clock(instant, timedelta(days=days), ZoneInfo(zone))

    assert abs(moved - instant - timedelta(days=days)) <= timedelta(hours=2)
