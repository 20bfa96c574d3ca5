"""A spot that somebody waited for counts as one that somebody booked."""

from datetime import timedelta

import pytest

from bookings.services import change_status
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from milestones.models import MilestoneAward
from milestones.tests.factories import MilestoneFactory

pytestmark = pytest.mark.django_db


def test_a_spot_got_by_waiting_counts_for_a_milestone():
    MilestoneFactory(session_count=1)
    held = BookingFactory(class_session__capacity=1)
    entry = WaitlistEntryFactory(class_session=held.class_session)

    change_status(
        booking=held,
        to=BookingStatus.CANCELLED,
        at=held.class_session.starts_at - timedelta(days=1),
    )

    entry.refresh_from_db()
    award = MilestoneAward.objects.get()
    assert (award.customer, award.booking) == (entry.customer, entry.promoted_booking)
