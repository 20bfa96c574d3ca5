"""
Which window of sessions reaches a milestone? Pure: no clock, no database.

A window is the interval (e - length, e], where e is the start of a session in it and the length
is calendar time in the gym's zone. After an award only sessions that start after its window
count towards the next.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

# 31 March is a month after 28 February, and so is 28 March.
MONTHS_DIFFER = timedelta(days=4)

# Gives the excluded start of the window that ends at a moment.
StartOf = Callable[[datetime], datetime]


class Window(NamedTuple):
    start: datetime
    end: datetime
    sessions: int


def window_completed_by(
    session: datetime,
    starts: Sequence[datetime],
    *,
    needed: int,
    start_of: StartOf,
    after: datetime | None,
) -> Window | None:
    """
    Give the window with enough sessions that holds `session` and ends earliest.

    `starts` are those of all counted sessions, in order and with `session` among them; those up
    to `after` do not count.
    """
    if after is not None and session <= after:
        return None
    counted = _later_than(starts, after)
    for end in counted[bisect_left(counted, session) :]:
        window = _ending_at(end, counted, start_of)
        # A later end can have an earlier start: 31 March, 10:00 is a month after 28 February,
        # 10:00, and so is 30 March, 18:00 after 28 February, 18:00. So all are looked at.
        if window.start < session and window.sessions >= needed:
            return window
    return None


def windows_of_the_past(
    starts: Sequence[datetime], *, needed: int, start_of: StartOf, after: datetime | None
) -> Iterator[Window]:
    """Give, in order, every window that would have been awarded session by session."""
    counted = list(_later_than(starts, after))
    while True:
        found = (_ending_at(end, counted, start_of) for end in counted)
        window = next((one for one in found if one.sessions >= needed), None)
        if window is None:
            return
        yield window
        counted = counted[bisect_right(counted, window.end) :]


def fullest_window(
    starts: Sequence[datetime], *, at: datetime, start_of: StartOf, after: datetime | None
) -> Window:
    """Give the window with most sessions that ends `at` or at a later one; ties: the earliest."""
    counted = _later_than(starts, after)
    ends = [at, *counted[bisect_right(counted, at) :]]
    return max((_ending_at(end, counted, start_of) for end in ends), key=lambda one: one.sessions)


def _later_than(starts: Sequence[datetime], after: datetime | None) -> Sequence[datetime]:
    return starts if after is None else starts[bisect_right(starts, after) :]


def _ending_at(end: datetime, counted: Sequence[datetime], start_of: StartOf) -> Window:
    start = start_of(end)
    return Window(start, end, bisect_right(counted, end) - bisect_right(counted, start))
