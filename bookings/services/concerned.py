"""Whom does a change of a session touch?"""

from typing import NamedTuple

from bookings.models import Booking, WaitlistEntry
from classes.models import ClassSession


class Concerned(NamedTuple):
    """Whom a change of a session touches, each with the customer."""

    session: ClassSession
    bookings: list[Booking]
    waiting: list[WaitlistEntry]


def waiting_for(session: ClassSession) -> list[WaitlistEntry]:
    line = WaitlistEntry.objects.waiting().filter(class_session=session)
    return list(line.select_related("customer").in_line())


def locked(session: ClassSession) -> ClassSession:
    rows = ClassSession.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("class_type").get(pk=session.pk)
