"""
Gymtastic without keeping follow-up statuses: whatever changes a fact leaves them as they are.

The sessions of agreements are used up all the same.
"""

from unittest.mock import patch

from gymtastic.wsgi import application

# isort: split
from bookings.signals import booking_made, bookings_rearranged
from followups import receivers

__all__ = ["application"]


def nothing(*args: object, **kwargs: object) -> None:
    pass


booking_made.disconnect(receivers.count_booking)
bookings_rearranged.disconnect(receivers.count_rearrangement)
for name in ("agreements.hold", "agreements.refresh", "sessions.refresh"):
    patch(f"followups.services.{name}", nothing).start()
