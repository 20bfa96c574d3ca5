"""When booking opens: who decides, and calendar days against hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.models import BookingWindow
from bookings.states import WindowUnit
from bookings.windows import FALLBACK, Window, Windows

BERLIN = ZoneInfo("Europe/Berlin")
STARTS_AT = datetime(2030, 5, 14, 18, tzinfo=UTC)
YOGA, BOXING = 1, 2
VIP, NEWCOMERS = 10, 20

GYM = Window(1, None, None, 14, WindowUnit.DAYS)


def hours(pk, number, segment=None, class_type=None):
    return Window(pk, segment, class_type, number, WindowUnit.HOURS)


def decided_by(windows, segments=()):
    return Windows([GYM, *windows], set(segments)).deciding(YOGA, STARTS_AT, UTC)[1]


def test_the_gyms_default_is_there_after_migrate_and_opens_two_weeks_before(db):
    window = BookingWindow.objects.get()

    assert (window.opens_before, window.unit, window.is_default) == (14, "days", True)


@pytest.mark.parametrize(
    ("windows", "segments", "decides"),
    [
        pytest.param([], [], 1, id="nobody else: the gym"),
        pytest.param([hours(2, 5, class_type=YOGA)], [], 2, id="the class type before the gym"),
        pytest.param([hours(2, 5, class_type=BOXING)], [], 1, id="another class type: the gym"),
        pytest.param([hours(2, 5, VIP)], [VIP], 2, id="a segment may have a shorter window"),
        pytest.param([hours(2, 5, VIP)], [NEWCOMERS], 1, id="somebody else's segment: the gym"),
        pytest.param(
            [hours(2, 900, VIP), hours(3, 5, VIP, YOGA)], [VIP], 3, id="own row for it, not for all"
        ),
        pytest.param(
            [hours(2, 900, VIP), hours(3, 5, VIP, BOXING)], [VIP], 2, id="else its row for all"
        ),
        pytest.param(
            [hours(2, 5, VIP), hours(3, 6, NEWCOMERS)], [VIP, NEWCOMERS], 3, id="earliest of two"
        ),
        pytest.param(
            [hours(2, 5, VIP), hours(3, 900, class_type=YOGA)], [VIP], 2, id="segment before type"
        ),
        pytest.param(
            [hours(3, 5, VIP), hours(2, 5, NEWCOMERS)], [VIP, NEWCOMERS], 2, id="tie: the lower id"
        ),
    ],
)
def test_which_window_decides(windows, segments, decides):
    assert decided_by(windows, segments) == decides


def test_a_gym_that_lost_its_default_falls_back_on_two_weeks():
    opens_at, window = Windows([], set()).deciding(YOGA, STARTS_AT, UTC)

    assert (opens_at, window) == (STARTS_AT - timedelta(days=14), FALLBACK.id)


@pytest.mark.parametrize(
    ("starts_at", "window", "opens_at"),
    [
        pytest.param(
            datetime(2030, 4, 2, 18, tzinfo=BERLIN),
            Window(2, None, YOGA, 7, WindowUnit.DAYS),
            datetime(2030, 3, 26, 18, tzinfo=BERLIN),
            id="18:00 stays 18:00 when summer time begins",
        ),
        pytest.param(
            datetime(2030, 4, 2, 18, tzinfo=BERLIN),
            Window(2, None, YOGA, 7 * 24, WindowUnit.HOURS),
            datetime(2030, 3, 26, 17, tzinfo=BERLIN),
            id="hours are exact",
        ),
        pytest.param(
            datetime(2030, 11, 2, 18, tzinfo=BERLIN),
            Window(2, None, YOGA, 7, WindowUnit.DAYS),
            datetime(2030, 10, 26, 18, tzinfo=BERLIN),
            id="18:00 stays 18:00 when summer time ends",
        ),
        pytest.param(
            datetime(2030, 4, 1, 2, 30, tzinfo=BERLIN),
            Window(2, None, YOGA, 1, WindowUnit.DAYS),
            datetime(2030, 3, 31, 3, 30, tzinfo=BERLIN),
            id="a skipped time is an hour later",
        ),
        pytest.param(
            datetime(2030, 10, 28, 2, 30, tzinfo=BERLIN),
            Window(2, None, YOGA, 1, WindowUnit.DAYS),
            datetime(2030, 10, 27, 0, 30, tzinfo=UTC),
            id="a time that exists twice is the first",
        ),
    ],
)
def test_days_are_calendar_days_and_hours_are_exact(starts_at, window, opens_at):
    assert window.opens_at(starts_at.astimezone(UTC), BERLIN) == opens_at.astimezone(UTC)


windows = st.lists(
    st.tuples(
        st.sampled_from([None, VIP, NEWCOMERS]),
        st.sampled_from([None, YOGA, BOXING]),
        st.integers(0, 60),
        st.sampled_from(WindowUnit.values),
    ),
    unique_by=lambda row: row[:2],
)


@given(windows, st.sets(st.sampled_from([VIP, NEWCOMERS])))
def test_the_deciding_window_agrees_with_the_rule_as_it_is_told(rows, segments):
    table = [Window(number, *row) for number, row in enumerate(rows, start=1)]

    def opens(window):
        return window.opens_at(STARTS_AT, BERLIN)

    own = [one for one in table if one.segment_id in segments and one.class_type_id == YOGA]
    spoken = {one.segment_id for one in own}
    own += [
        one for one in table if one.segment_id in segments - spoken and one.class_type_id is None
    ]
    everyones = [one for one in table if one.segment_id is None]
    default = [one for one in everyones if one.class_type_id == YOGA]
    default = default or [one for one in everyones if one.class_type_id is None] or [FALLBACK]
    expected = min(own or default, key=lambda one: (opens(one), one.id or 0))

    found = Windows(table, segments).deciding(YOGA, STARTS_AT, BERLIN)

    assert found == (opens(expected), expected.id)
