"""
What happened here that others may hear. Sent by the service that did it, in its transaction,
with `at`.
"""

from django.dispatch import Signal

# With `booking`.
booking_made = Signal()
booking_checked_in = Signal()
# With `refusal`, and without `at`: nothing happened.
booking_refused = Signal()
# With `booking` and `before`, the status that it had: cancelled, checked in, corrected, forgiven.
booking_changed = Signal()
# With `customer_ids`, whose bookings the gym cancelled or moved, and `cause`, a few words on it.
bookings_rearranged = Signal()
