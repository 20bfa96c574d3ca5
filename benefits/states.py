from datetime import timedelta

from django.db import models


class Recurrence(models.TextChoices):
    """How soon a benefit can be used again. All of it is elapsed time, never the calendar's."""

    DAY = "day", "After 24 hours"
    WEEK = "week", "After 7 days"
    MONTH = "month", "After 30 days"

    @property
    def pause(self) -> timedelta:
        """From one use to the first moment at which the next is possible."""
        return PAUSES[self]

    @property
    def inactive_from(self) -> timedelta:
        """The shortest time without any use that is reported as inactivity."""
        return INACTIVE_FROM[self]


PAUSES = {
    Recurrence.DAY: timedelta(hours=24),
    Recurrence.WEEK: 7 * timedelta(hours=24),
    Recurrence.MONTH: 30 * timedelta(hours=24),
}
INACTIVE_FROM = {
    Recurrence.DAY: 14 * timedelta(hours=24),
    Recurrence.WEEK: 21 * timedelta(hours=24),
    Recurrence.MONTH: 30 * timedelta(hours=24),
}
