"""When is a mail tried again? Pure: no clock, no database."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=10)
GIVEN_UP_AFTER = timedelta(days=1)
# The pause is longer than the day from here on.
MOST_DOUBLINGS = 14


def next_attempt(*, tried_since: datetime, attempts: int, at: datetime) -> datetime | None:
    """
    Give the moment to try again after `attempts` have failed, the last of them `at`.

    Each pause is twice the one before; the last attempt is a day after the first that failed.
    None says to give up.
    """
    ends = tried_since + GIVEN_UP_AFTER
    if at >= ends:
        return None
    return min(at + FIRST_PAUSE * 2 ** min(attempts - 1, MOST_DOUBLINGS), ends)
