"""
Which windows reach a milestone? The rules against the contract, told again plainly and slowly.

In Berlin, where nights have 23 or 25 hours, and around the ends of months of unequal length.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from milestones.models import Milestone
from milestones.rules import fullest_window, window_completed_by, windows_of_the_past

BERLIN = ZoneInfo("Europe/Berlin")
MICROSECOND = timedelta(microseconds=1)
FIXED = hypothesis(derandomize=True, database=None, deadline=None)


# --- The contract, told again -------------------------------------------------------------------


def instant_of(wall):
    """Read Berlin's clock: the first time it shows this, an hour later where it never does."""
    for hours_ahead_of_utc in (2, 1):
        instant = (wall - timedelta(hours=hours_ahead_of_utc)).replace(tzinfo=UTC)
        if instant.astimezone(BERLIN).replace(tzinfo=None) == wall:
            return instant
    return instant_of(wall + timedelta(hours=1))


def one_interval_before(moment, length):
    count, unit = length
    wall = moment.astimezone(BERLIN).replace(tzinfo=None, fold=0)
    if unit in ("day", "week"):
        return instant_of(wall - timedelta(days=count * (7 if unit == "week" else 1)))
    months = wall.year * 12 + wall.month - 1 - count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return instant_of(
        wall.replace(year=year, month=month, day=min(wall.day, monthrange(year, month)[1]))
    )


def windows(sessions, length, last_award):
    """Give (end, sessions in it) for each window that ends at a session that still counts."""
    counting = {one for one in sessions if last_award is None or one > last_award}
    return [
        (end, {one for one in counting if one_interval_before(end, length) < one <= end})
        for end in sorted(counting)
    ]


def stretch_completed(by, sessions, needed, length, last_award):
    return min(
        (
            end
            for end, inside in windows(sessions, length, last_award)
            if by in inside and len(inside) >= needed
        ),
        default=None,
    )


# --- The rules ----------------------------------------------------------------------------------


def start_of(length):
    count, unit = length
    return partial(Milestone(interval_count=count, interval_unit=unit).start_of_window, tz=BERLIN)


def completed(by, sessions, needed, length, last_award):
    window = window_completed_by(
        by, sorted(sessions), needed=needed, start_of=start_of(length), after=last_award
    )
    if window is None:
        return None
    inside = {one for one in sessions if window.start < one <= window.end}
    assert window.start == one_interval_before(window.end, length)
    assert window.sessions == len([one for one in inside if not last_award or one > last_award])
    return window.end


def berlin(*parts, fold=0):
    return datetime(*parts, tzinfo=BERLIN, fold=fold).astimezone(UTC)


LENGTHS = [(1, "day"), (3, "day"), (1, "week"), (1, "month"), (2, "month"), (1, "year")]
# Ends of months and of a leap February, and the nights in which the clock changes.
DAYS = [
    *[(2028, 1, day) for day in (28, 29, 30, 31)],
    *[(2028, 2, day) for day in (1, 28, 29)],
    *[(2028, 3, day) for day in (1, 25, 26, 27, 28, 29, 30, 31)],
    *[(2028, 4, day) for day in (1, 29, 30)],
    *[(2028, 10, day) for day in (28, 29, 30)],
    *[(2029, 2, day) for day in (27, 28)],
]
moments = st.builds(
    lambda day, clock, fold, off: berlin(*day, *clock, fold=fold) + off * MICROSECOND,
    st.sampled_from(DAYS),
    st.sampled_from([(2, 0), (2, 30), (3, 0), (10, 0), (18, 0)]),
    st.sampled_from([0, 1]),
    st.sampled_from([0, 0, 0, 1, -1]),
)
lengths = st.sampled_from(LENGTHS)
needs = st.integers(1, 4)


@st.composite
def sessions_of(draw, length):
    """Give distinct starts in any order, some exactly one interval apart, or a microsecond off."""
    found = draw(st.lists(moments, min_size=1, max_size=8))
    for end in draw(st.lists(st.sampled_from(found), max_size=3)):
        off = draw(st.sampled_from([0, 1, -1])) * MICROSECOND
        found.append(one_interval_before(end, length) + off)
    return draw(st.permutations(sorted(set(found))))


@pytest.mark.parametrize(
    ("end", "length", "start"),
    [
        pytest.param((2028, 3, 31, 18), (1, "month"), (2028, 2, 29, 18), id="31 March, leap year"),
        pytest.param((2027, 3, 31, 18), (1, "month"), (2027, 2, 28, 18), id="31 March"),
        pytest.param((2027, 3, 30, 18), (1, "month"), (2027, 2, 28, 18), id="30 March"),
        pytest.param((2028, 2, 29, 18), (1, "month"), (2028, 1, 29, 18), id="29 February"),
        pytest.param((2028, 2, 29, 18), (1, "year"), (2027, 2, 28, 18), id="a year of 366 days"),
        pytest.param((2028, 3, 26, 18), (1, "day"), (2028, 3, 25, 18), id="a day of 23 hours"),
        pytest.param((2028, 10, 29, 18), (1, "day"), (2028, 10, 28, 18), id="a day of 25 hours"),
        pytest.param((2028, 3, 27, 2, 30), (1, "day"), (2028, 3, 26, 3, 30), id="a skipped hour"),
        pytest.param((2028, 10, 30, 2, 30), (1, "day"), (2028, 10, 29, 2, 30), id="a double hour"),
    ],
)
def test_a_session_exactly_one_interval_before_is_out_and_a_microsecond_later_is_in(
    end, length, start
):
    end, start = berlin(*end), berlin(*start)

    assert one_interval_before(end, length) == start_of(length)(end) == start
    assert completed(end, [start, end], 2, length, None) is None
    assert completed(end, [start + MICROSECOND, end], 2, length, None) == end


def test_the_last_days_of_march_look_back_to_the_same_day_of_february():
    february = berlin(2027, 2, 28, 18)
    ends = [berlin(2027, 3, 28, 18), berlin(2027, 3, 30, 18), berlin(2027, 3, 31, 17, 59)]

    found = [completed(end, [february, end], 2, (1, "month"), None) for end in ends]

    assert found == [None, None, ends[2]]


def test_a_session_completes_no_window_that_begins_with_it():
    february = berlin(2027, 2, 28, 18)
    march = [berlin(2027, 3, day, 18) for day in (30, 31)]

    assert completed(february, [february, *march], 2, (1, "month"), None) is None
    assert completed(march[0], [february, *march], 2, (1, "month"), None) == march[1]


def test_of_the_windows_that_a_session_completes_the_one_that_ends_earliest_is_taken():
    first, second, third, fourth = (berlin(2028, 5, day, 18) for day in (1, 3, 5, 8))

    assert completed(third, [first, second, third, fourth], 3, (1, "week"), None) == third
    assert completed(second, [first, second, third, fourth], 3, (1, "week"), None) == third
    assert completed(fourth, [first, second, third, fourth], 3, (1, "week"), None) == fourth


@pytest.mark.parametrize(
    ("session", "earns"),
    [
        pytest.param(-MICROSECOND, False, id="just before the last award's end"),
        pytest.param(timedelta(), False, id="exactly at its end"),
        pytest.param(MICROSECOND, True, id="a microsecond later"),
    ],
)
def test_only_sessions_after_the_last_award_count_towards_the_next(session, earns):
    award_ends = berlin(2028, 5, 10, 18)
    later = award_ends + timedelta(days=1)
    sessions = [award_ends + session, later]

    assert (completed(later, sessions, 2, (1, "week"), award_ends) == later) is earns
    assert (completed(sessions[0], sessions, 2, (1, "week"), award_ends) == later) is earns
    # Others that count and are enough are nothing that this one completes.
    assert (completed(sessions[0], sessions, 1, (1, "week"), award_ends) is None) is not earns


@given(data=st.data(), needed=needs, length=lengths, last_award=st.none() | moments)
@FIXED
def test_a_session_completes_what_the_contract_says(data, needed, length, last_award):
    sessions = data.draw(sessions_of(length))
    by = sessions[0]

    found = completed(by, sessions, needed, length, last_award)

    assert found == stretch_completed(by, sessions, needed, length, last_award)


@given(data=st.data(), needed=needs, length=lengths)
@FIXED
def test_booking_cancelling_and_booking_again_in_any_order_awards_what_the_contract_says(
    data, needed, length
):
    sessions = data.draw(sessions_of(length))
    live, by_rules, by_contract = set(), [], []

    for session in data.draw(st.lists(st.sampled_from(sessions), max_size=20)):
        # What is asked for a second time is cancelled, a third time booked again.
        live ^= {session}
        if session in live:
            for judge, awards in ((completed, by_rules), (stretch_completed, by_contract)):
                end = judge(session, live, needed, length, awards[-1] if awards else None)
                if end is not None:
                    awards.append(end)

        assert by_rules == by_contract

    assert by_rules == sorted(set(by_rules))


@given(data=st.data(), needed=needs, length=lengths, last_award=st.none() | moments)
@FIXED
def test_the_past_is_awarded_as_if_session_after_session_had_been_counted(
    data, needed, length, last_award
):
    sessions = sorted(data.draw(sessions_of(length)))
    one_by_one, latest = [], last_award
    for number, session in enumerate(sessions, start=1):
        end = stretch_completed(session, sessions[:number], needed, length, latest)
        if end is not None:
            latest = end
            one_by_one.append(end)

    found = windows_of_the_past(
        sessions, needed=needed, start_of=start_of(length), after=last_award
    )

    assert [window.end for window in found] == one_by_one


@given(data=st.data(), length=lengths, at=moments, last_award=st.none() | moments)
@FIXED
def test_the_fullest_window_ends_now_or_at_a_session_to_come_and_is_the_earliest_of_them(
    data, length, at, last_award
):
    sessions = data.draw(sessions_of(length))
    counting = [one for one in sessions if last_award is None or one > last_award]
    ends = [at, *(one for one in counting if one > at)]
    counts = {
        end: len([one for one in counting if one_interval_before(end, length) < one <= end])
        for end in ends
    }
    most = max(counts.values())

    window = fullest_window(sorted(sessions), at=at, start_of=start_of(length), after=last_award)

    assert window.end == min(end for end in ends if counts[end] == most)
    assert (window.sessions, window.start) == (most, one_interval_before(window.end, length))
