"""
When does booking open, and for whom? Pure: no clock, no database.

Days are calendar days in the gym's zone, so a session at 18:00 opens at 18:00, across a
DST change too; hours are exact.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from bookings.states import DEFAULT_OPENS_BEFORE, DEFAULT_UNIT, WindowUnit
from core.instants import on_the_wall_clock


class Window(NamedTuple):
    id: int | None
    segment_id: int | None
    class_type_id: int | None
    opens_before: int
    unit: str

    def opens_at(self, starts_at: datetime, tz: tzinfo) -> datetime:
        """Give the first moment, in UTC, at which a session starting then can be booked."""
        if self.unit == WindowUnit.HOURS:
            return starts_at - timedelta(hours=self.opens_before)
        return on_the_wall_clock(starts_at, -timedelta(days=self.opens_before), tz)


# Decides where somebody deleted the gym's default behind the application's back.
FALLBACK = Window(None, None, None, DEFAULT_OPENS_BEFORE, DEFAULT_UNIT)


class Windows:
    """The windows that matter to one customer: those of everyone and of their segments."""

    def __init__(self, windows: Iterable[Window], segment_ids: Collection[int]) -> None:
        self._by_pair = {(one.segment_id, one.class_type_id): one for one in windows}
        self._segment_ids = segment_ids

    def candidates(self, class_type_id: int) -> list[Window]:
        """
        Give the windows of which the one that opens first decides.

        Each segment of the customer speaks with its row for the class type, else with its row
        for every class. Where none speaks, it is the default's turn in the same manner.
        """
        own = [self._row_of(segment_id, class_type_id) for segment_id in self._segment_ids]
        return [one for one in own if one] or [self._row_of(None, class_type_id) or FALLBACK]

    def deciding(
        self, class_type_id: int, starts_at: datetime, tz: tzinfo
    ) -> tuple[datetime, int | None]:
        """Give `bookable_from` in UTC and the id of the window that decided."""
        return earliest(self.candidates(class_type_id), starts_at, tz)

    def _row_of(self, segment_id: int | None, class_type_id: int) -> Window | None:
        pairs = self._by_pair
        return pairs.get((segment_id, class_type_id)) or pairs.get((segment_id, None))


def earliest(
    candidates: list[Window], starts_at: datetime, tz: tzinfo
) -> tuple[datetime, int | None]:
    """Of windows that open at the same moment, the one with the lowest id decides."""
    if len(candidates) == 1:
        return candidates[0].opens_at(starts_at, tz), candidates[0].id
    opens_at, _, window_id = min(
        (one.opens_at(starts_at, tz), one.id or 0, one.id) for one in candidates
    )
    return opens_at, window_id
