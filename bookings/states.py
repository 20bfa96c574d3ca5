from django.db import models


class BookingStatus(models.TextChoices):
    BOOKED = "booked", "Booked"
    ATTENDED = "attended", "Attended"
    NO_SHOW = "no_show", "Did not come"
    CANCELLED = "cancelled", "Cancelled"
    LATE_CANCELLED = "late_cancelled", "Cancelled late"


# Every status is in exactly one of these: a live booking holds a spot, a cancelled one none.
LIVE = (BookingStatus.BOOKED, BookingStatus.ATTENDED, BookingStatus.NO_SHOW)
NOT_LIVE = (BookingStatus.CANCELLED, BookingStatus.LATE_CANCELLED)
# These have cost the customer a session of what was bought.
USED_UP = (BookingStatus.ATTENDED, BookingStatus.NO_SHOW, BookingStatus.LATE_CANCELLED)


class CancelledBy(models.TextChoices):
    CUSTOMER = "customer", "The customer"
    GYM = "gym", "The gym"


class WaitlistStatus(models.TextChoices):
    WAITING = "waiting", "Waiting"
    PROMOTED = "promoted", "Got a spot"
    LEFT = "left", "Left"
    CLOSED = "closed", "Session cancelled"


class WindowUnit(models.TextChoices):
    HOURS = "hours", "Hours"
    DAYS = "days", "Days"


# The gym's default for everyone and every class, present after `migrate` and then the staff's.
DEFAULT_OPENS_BEFORE, DEFAULT_UNIT = 14, WindowUnit.DAYS
