"""Bad rows of bookings and windows, each with the rule that it breaks."""

from datetime import date

from bookings.models import LONGEST_WINDOW, Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.tests.factories import TUESDAY_18
from customers.tests.factories import CustomerFactory, SegmentFactory
from tests.bad_rows.cases import bad

CANCELLED, LATE = BookingStatus.CANCELLED, BookingStatus.LATE_CANCELLED


def change(**values):
    """Write over a good booking, past everything that would mind."""
    status = values.pop("of", BookingStatus.BOOKED)
    Booking.objects.filter(pk=BookingFactory(status=status).pk).update(**values)


def book_two_sessions_of_one_day():
    customer = CustomerFactory()
    BookingFactory.create_batch(2, customer=customer)


def book_the_same_session_on_another_day():
    first = BookingFactory()
    BookingFactory(
        customer=first.customer, class_session=first.class_session, occupied_day=date(2030, 5, 20)
    )


def open_twice():
    segment = SegmentFactory()
    BookingWindowFactory(segment=segment)
    BookingWindowFactory(segment=segment)


CASES = [
    bad(
        "booking_one_per_customer_and_day", "two sessions of one day", book_two_sessions_of_one_day
    ),
    bad(
        "booking_one_live_per_customer_and_session",
        "one session twice",
        book_the_same_session_on_another_day,
    ),
    bad(
        "booking_uses_its_day_while_live",
        "a live booking that uses no day",
        change,
        occupied_day=None,
    ),
    bad(
        "booking_uses_its_day_while_live",
        "a cancelled booking that uses a day",
        change,
        of=CANCELLED,
        occupied_day=date(2030, 5, 20),
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a live booking with a time of cancellation",
        change,
        cancelled_at=TUESDAY_18,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a live booking cancelled by somebody",
        change,
        cancelled_by="gym",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a cancelled booking without its time",
        change,
        of=CANCELLED,
        cancelled_at=None,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a late cancellation by nobody",
        change,
        of=LATE,
        cancelled_by="",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_cancelled",
        "a cancellation by a stranger",
        change,
        of=CANCELLED,
        cancelled_by="stranger",
    ),
    bad(
        "booking_is_checked_in_only_if_attended",
        "a check-in of somebody who has not come",
        change,
        checked_in_at=TUESDAY_18,
    ),
    bad(
        "booking_is_checked_in_only_if_attended",
        "a check-in of a late cancellation",
        change,
        of=LATE,
        checked_in_at=TUESDAY_18,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven by nobody",
        change,
        of=CANCELLED,
        forgiven_at=TUESDAY_18,
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven by somebody at no time",
        change,
        of=CANCELLED,
        forgiven_by="API",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "a reason to forgive what nobody forgave",
        change,
        of=CANCELLED,
        forgiven_reason="ill",
    ),
    bad(
        "booking_says_when_and_by_whom_it_was_forgiven",
        "forgiven and still late",
        change,
        of=LATE,
        forgiven_at=TUESDAY_18,
        forgiven_by="API",
    ),
    bad(
        "booking_window_one_per_segment_and_class_type",
        "two windows for a segment and every class",
        open_twice,
    ),
    bad("booking_window_one_per_segment_and_class_type", "a second default", BookingWindowFactory),
    bad("booking_window_unit_is_known", "an unknown unit", BookingWindowFactory, unit="weeks"),
    bad(
        "booking_window_length_is_possible",
        "a window that opens too early",
        BookingWindowFactory,
        opens_before=LONGEST_WINDOW + 1,
    ),
]
