from bookings.admin.bookings import BookingAdmin
from bookings.admin.calendars import CalendarTokenAdmin
from bookings.admin.memberships import MembershipAdmin
from bookings.admin.sessions import ClassSessionAdmin
from bookings.admin.waiting import WaitlistEntryAdmin
from bookings.admin.windows import BookingWindowAdmin

__all__ = [
    "BookingAdmin",
    "BookingWindowAdmin",
    "CalendarTokenAdmin",
    "ClassSessionAdmin",
    "MembershipAdmin",
    "WaitlistEntryAdmin",
]
