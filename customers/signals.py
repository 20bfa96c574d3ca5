"""
What happened here that others may hear. Sent by the service that does it, in its transaction.
"""

from django.dispatch import Signal

# With `customer`, `changes` (the names of the fields that were written) and `at`.
customer_saved = Signal()
# With `customer`, before it is gone.
customer_leaving = Signal()
