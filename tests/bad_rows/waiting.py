"""Bad rows of waiting lists, each with the rule that it breaks."""

from bookings.states import WaitlistStatus
from bookings.tests.factories import WaitlistEntryFactory
from classes.tests.factories import TUESDAY_18
from tests.bad_rows.cases import bad


def wait_twice():
    first = WaitlistEntryFactory()
    WaitlistEntryFactory(customer=first.customer, class_session=first.class_session)


CASES = [
    bad("waitlist_entry_nobody_waits_twice", "one customer twice in a line", wait_twice),
    bad(
        "waitlist_entry_status_is_known",
        "an entry with an unknown status",
        WaitlistEntryFactory,
        status="forgotten",
    ),
    bad(
        "waitlist_entry_says_when_it_ended",
        "who waits and stopped waiting",
        WaitlistEntryFactory,
        ended_at=TUESDAY_18,
    ),
    bad(
        "waitlist_entry_says_when_it_ended",
        "who left at no time",
        WaitlistEntryFactory,
        status=WaitlistStatus.LEFT,
        ended_at=None,
    ),
    bad(
        "waitlist_entry_has_a_booking_iff_promoted",
        "who got a spot without a booking",
        WaitlistEntryFactory,
        status=WaitlistStatus.PROMOTED,
        promoted_booking=None,
    ),
]
