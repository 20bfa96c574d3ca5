"""
What happened here that others may hear. Sent by the service that did it, in its transaction,
with `booking` and `at`.
"""

from django.dispatch import Signal

booking_made = Signal()
booking_checked_in = Signal()
