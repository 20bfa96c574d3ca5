from django.db import models

from bookings.states import LIVE, BookingStatus


class Counts(models.TextChoices):
    BOOKED = "booked", "Booked"
    ATTENDED = "attended", "Attended"


# The bookings that each of them counts.
COUNTED = {Counts.BOOKED: LIVE, Counts.ATTENDED: (BookingStatus.ATTENDED,)}

MOST_SESSIONS = 10_000

DEFAULT_SUBJECT = "{{ milestone.name }}: congratulations, {{ customer.first_name }}!"
DEFAULT_BODY = """\
Hello {{ customer.first_name }},

{{ session_count }} session{{ session_count|pluralize }} within {{ interval }}: \
you have reached "{{ milestone.name }}". Well done!

See you at the next one."""
