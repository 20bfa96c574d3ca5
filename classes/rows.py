"""
One session as a light row: what a list shows and what the rules of booking read.

Making a hundred model instances costs more than fetching them, so lists work on these.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Self

from classes.models import ClassSession, ClassType
from core.statements import Statement


class SessionRow(NamedTuple):
    id: int
    class_type_id: int
    starts_at: datetime
    duration_minutes: int
    capacity: int | None
    booked_count: int
    waitlist_count: int
    status: str
    class_type_name: str
    is_premium: bool
    late_cancel_cutoff_minutes: int

    @classmethod
    def of(cls, session: ClassSession) -> Self:
        """Read a row off a session whose class type is loaded."""
        kind = session.class_type
        return cls(
            session.pk,
            kind.pk,
            session.starts_at,
            session.duration_minutes,
            session.capacity,
            session.booked_count,
            session.waitlist_count,
            session.status,
            kind.name,
            kind.is_premium,
            kind.late_cancel_cutoff_minutes,
        )

    def as_session(self) -> ClassSession:
        """
        Give the session with its class type, without a query.

        What the row does not know is fetched if it is read, and so is `booked_count`, which
        others change all the time.
        """
        session = ClassSession.from_db(
            None,
            ("id", "class_type_id", "starts_at", "duration_minutes", "capacity", "status"),
            (*self[:5], self.status),
        )
        session.class_type = ClassType.from_db(
            None,
            ("id", "name", "late_cancel_cutoff_minutes", "is_premium"),
            (
                self.class_type_id,
                self.class_type_name,
                self.late_cancel_cutoff_minutes,
                self.is_premium,
            ),
        )
        return session

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def spots_left(self) -> int | None:
        """Give the number of free spots, None where there is no limit."""
        return None if self.capacity is None else self.capacity - self.booked_count

    @property
    def cutoff_at(self) -> datetime:
        """Give the last moment at which a booking made now could be cancelled in time."""
        return self.starts_at - timedelta(minutes=self.late_cancel_cutoff_minutes)


COLUMNS = (
    *SessionRow._fields[:8],
    "class_type__name",
    "class_type__is_premium",
    "class_type__late_cancel_cutoff_minutes",
)


_session = Statement(
    lambda session: ClassSession.objects.filter(pk=session).values_list(*COLUMNS), "session"
)


def session_row(session_id: int) -> SessionRow | None:
    rows = _session(session=session_id)
    return SessionRow._make(rows[0]) if rows else None
