from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.rules import GIVEN_UP_AFTER, next_attempt
from notifications.tests.factories import MONDAY_NOON

A_DAY_LATER = MONDAY_NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (10, 5_120), (14, 81_920)],
)
def test_each_pause_is_twice_the_one_before(attempts, seconds):
    again = next_attempt(tried_since=MONDAY_NOON, attempts=attempts, at=MONDAY_NOON)

    assert again == MONDAY_NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize("attempts", [15, 16, 100, 2**31 - 1])
def test_no_pause_reaches_beyond_the_day(attempts):
    again = next_attempt(tried_since=MONDAY_NOON, attempts=attempts, at=MONDAY_NOON)

    assert again == A_DAY_LATER


@pytest.mark.parametrize(
    ("before_the_end", "again"),
    [
        (timedelta(seconds=11), A_DAY_LATER - timedelta(seconds=1)),
        (timedelta(seconds=10), A_DAY_LATER),
        (timedelta(seconds=9), A_DAY_LATER),
        (timedelta(microseconds=1), A_DAY_LATER),
        (timedelta(0), None),
        (-timedelta(seconds=1), None),
    ],
    ids=["in time", "just in time", "cut short", "just before", "at the end", "after the end"],
)
def test_the_last_attempt_is_a_day_after_the_first_could_have_been(before_the_end, again):
    at = A_DAY_LATER - before_the_end

    assert next_attempt(tried_since=MONDAY_NOON, attempts=1, at=at) == again


@settings(derandomize=True, database=None, deadline=None)
@given(st.lists(st.floats(0, 600), min_size=40, max_size=40))
def test_however_late_workers_are_a_mail_is_given_up_after_a_day_and_not_before(delays):
    at = MONDAY_NOON
    for attempts, delay in enumerate(delays, start=1):
        at += timedelta(seconds=delay)
        again = next_attempt(tried_since=MONDAY_NOON, attempts=attempts, at=at)
        if again is None:
            break
        assert at < again <= A_DAY_LATER
        at = again

    assert again is None
    assert at >= MONDAY_NOON + GIVEN_UP_AFTER
