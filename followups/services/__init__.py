"""
Everything that writes agreements and follow-up statuses.
"""

from followups.services.agreements import edit_agreement, sell_agreement
from followups.services.keeping import forget, note_bookings, refresh, settle
from followups.services.sessions import change_booking
from followups.services.tallies import people_by_status

__all__ = [
    "change_booking",
    "edit_agreement",
    "forget",
    "note_bookings",
    "people_by_status",
    "refresh",
    "sell_agreement",
    "settle",
]
