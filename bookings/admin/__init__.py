from bookings.admin.bookings import BookingAdmin
from bookings.admin.memberships import MembershipAdmin
from bookings.admin.sessions import ClassSessionAdmin
from bookings.admin.windows import BookingWindowAdmin

__all__ = ["BookingAdmin", "BookingWindowAdmin", "ClassSessionAdmin", "MembershipAdmin"]
