"""Sessions at 18:00 on days that are counted from a Tuesday, booked on the Monday before."""

from datetime import timedelta

from bookings import services
from bookings.models import Booking
from bookings.states import BookingStatus
from classes.tests.factories import TUESDAY_18, ClassSessionFactory

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
