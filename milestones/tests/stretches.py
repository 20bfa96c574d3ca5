"""
Stretches of sessions at 18:00, on days that are counted from a Tuesday and booked on the Monday
before, and what was awarded for them.
"""

from datetime import timedelta

from bookings import services
from bookings.models import Booking
from bookings.states import BookingStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from milestones.models import MilestoneAward
from notifications.models import Mail, Notification

MONDAY_18 = TUESDAY_18 - timedelta(days=1)


def day(number):
    return TUESDAY_18 + timedelta(days=number)


def book_session(customer, session, at=MONDAY_18):
    return services.book_session(customer_id=customer.pk, session_id=session.pk, at=at)


def book(customer, *days):
    """Book a session on each of the days, in this order, and give the last booking."""
    for number in days:
        booking = book_session(customer, ClassSessionFactory(starts_at=day(number)))
    return booking


def change(booking, status, at):
    return services.change_status(booking=Booking.objects.get(pk=booking.pk), to=status, at=at)


def cancel(booking, at=MONDAY_18):
    return change(booking, BookingStatus.CANCELLED, at)


def check_in(booking):
    return change(booking, BookingStatus.ATTENDED, booking.class_session.starts_at)


def awards(**of):
    """Give each award as its number, the booking that completed it and the end of its window."""
    found = MilestoneAward.objects.filter(**of).order_by("pk")
    return [(one.number, one.booking, one.window_end) for one in found]


def nothing_is_said():
    return not (
        MilestoneAward.objects.exists() or Notification.objects.exists() or Mail.objects.exists()
    )
