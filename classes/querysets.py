from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Self

from django.db.models import F, Q, QuerySet

from classes.states import SessionStatus
from core.instants import day_bounds

if TYPE_CHECKING:
    from classes.models import ClassSession

HAS_A_FREE_SPOT = Q(capacity__isnull=True) | Q(booked_count__lt=F("capacity"))


class ClassSessionQuerySet(QuerySet["ClassSession"]):
    def scheduled(self) -> Self:
        return self.filter(status=SessionStatus.SCHEDULED)

    def with_a_free_spot(self) -> Self:
        return self.filter(HAS_A_FREE_SPOT)

    def without_a_free_spot(self) -> Self:
        return self.exclude(HAS_A_FREE_SPOT)

    def on_day(self, day: date, tz: tzinfo) -> Self:
        """Keep the sessions that start on a local day."""
        # Half-open instants rather than `__date`, so that the index on `starts_at` is used.
        begins, ends = day_bounds(day, tz)
        return self.filter(starts_at__gte=begins, starts_at__lt=ends)

    def take_a_spot(self, session_id: int, *, starting_at: datetime, waiting: int) -> bool:
        """
        Count one more booking, if the session is still what the caller believes it is.

        One conditional statement: however many ask at once, no more win than there are spots.
        False when it is full, cancelled or moved meanwhile, or another number waits for it.
        """
        still_open = self.filter(
            HAS_A_FREE_SPOT,
            pk=session_id,
            status=SessionStatus.SCHEDULED,
            starts_at=starting_at,
            waitlist_count=waiting,
        )
        return still_open.update(booked_count=F("booked_count") + 1) == 1

    def count_waiting(self, session_id: int, difference: int) -> None:
        self.filter(pk=session_id).update(waitlist_count=F("waitlist_count") + difference)

    def give_a_spot_back(self, *session_ids: int) -> None:
        """Count one booking less in each of the sessions."""
        self.filter(pk__in=session_ids).update(booked_count=F("booked_count") - 1)
