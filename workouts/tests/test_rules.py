"""The arithmetic of progress, without a database."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.instants import monday_of
from workouts.rules import pace, pace_of, streaks, thousandths
from workouts.states import MOST_MILLIMETRES, MOST_SECONDS

MONDAY = date(2026, 12, 28)
WEEK = timedelta(weeks=1)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        pytest.param(0, 7, 0.0, id="nothing"),
        pytest.param(1, 3, 0.333, id="a third"),
        pytest.param(2, 3, 0.667, id="two thirds"),
        pytest.param(1, 2000, 0.001, id="half a thousandth goes up"),
        pytest.param(999, 2_000_000, 0.0, id="less than half a thousandth goes down"),
        pytest.param(10**15 + 1, 1000, 1_000_000_000_000.001, id="a very large number"),
    ],
)
def test_a_quotient_is_rounded_to_three_decimals(numerator, denominator, rounded):
    assert thousandths(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("seconds", "millimetres", "found"),
    [
        pytest.param(300, 1_000_000, 300.0, id="a kilometre in five minutes"),
        pytest.param(1800, 5_000_500, 359.964, id="half a metre more than five kilometres"),
        pytest.param(1, MOST_MILLIMETRES, 0.001, id="the fastest there is"),
        pytest.param(MOST_SECONDS, 1, 86_400_000_000.0, id="the slowest there is"),
    ],
)
def test_a_pace_is_seconds_per_kilometre(seconds, millimetres, found):
    assert pace(seconds=seconds, millimetres=millimetres) == found


paces = st.tuples(
    st.integers(1, MOST_SECONDS) | st.integers(MOST_SECONDS - 9, MOST_SECONDS),
    st.integers(1, MOST_MILLIMETRES) | st.integers(MOST_MILLIMETRES - 9, MOST_MILLIMETRES),
)


@settings(max_examples=25)
@given(one=paces, other=paces)
# 225.3125 s a kilometre: rounded up, though the speed's float is a little less than that.
@example(one=(3605, 16_000_000), other=(3605, 16_000_001))
def test_speeds_compare_as_floats_as_they_do_as_fractions_and_are_found_again(one, other):
    [(seconds, millimetres), (others, other_millimetres)] = one, other
    exact, other_exact = Fraction(millimetres, seconds), Fraction(other_millimetres, others)

    speed, other_speed = millimetres / seconds, other_millimetres / others

    assert (speed < other_speed, speed == other_speed) == (
        exact < other_exact,
        exact == other_exact,
    )
    assert pace_of(speed) == pace(seconds=seconds, millimetres=millimetres)


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        pytest.param(date(2026, 12, 28), date(2026, 12, 28), id="Monday of week 53"),
        pytest.param(date(2027, 1, 3), date(2026, 12, 28), id="Sunday of week 53, next year"),
        pytest.param(date(2027, 1, 4), date(2027, 1, 4), id="Monday of week 1"),
        pytest.param(date(2029, 12, 31), date(2029, 12, 31), id="week 1 of the next year"),
    ],
)
def test_a_week_begins_on_monday(day, monday):
    assert monday_of(day) == monday


@pytest.mark.parametrize(
    ("weeks_ago", "current", "longest"),
    [
        pytest.param([], 0, 0, id="nothing"),
        pytest.param([0], 1, 1, id="this week"),
        pytest.param([1], 1, 1, id="the week before, this one may still come"),
        pytest.param([2], 0, 1, id="two weeks ago"),
        pytest.param([0, 1, 2], 3, 3, id="three in a row"),
        pytest.param([1, 2, 3], 3, 3, id="three in a row up to the week before"),
        pytest.param([0, 2, 3, 4], 1, 3, id="after a week without"),
        pytest.param([2, 3, 4], 0, 3, id="three in a row, long ago"),
        pytest.param([0, 0, 1, 1], 2, 2, id="several in one week"),
        pytest.param([0, 1, 3, 5, 6], 2, 2, id="two as long as each other"),
    ],
)
def test_a_streak_is_of_consecutive_weeks(weeks_ago, current, longest):
    mondays = [MONDAY - ago * WEEK for ago in weeks_ago]

    assert streaks(mondays, MONDAY) == (current, longest)
