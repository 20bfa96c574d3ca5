import factory
from django.utils import timezone

from bookings.tests.factories import BookingFactory
from core.intervals import IntervalUnit
from milestones.models import Milestone, MilestoneAward


class MilestoneFactory(factory.django.DjangoModelFactory[Milestone]):
    """Ten booked sessions in a month."""

    class Meta:
        model = Milestone

    name = factory.Sequence(lambda number: f"Milestone {number:04}")
    session_count = 10
    interval_count = 1
    interval_unit = IntervalUnit.MONTH


class MilestoneAwardFactory(factory.django.DjangoModelFactory[MilestoneAward]):
    """An award by the session of `booking`, where the window ends; nobody was told."""

    class Meta:
        model = MilestoneAward

    milestone = factory.SubFactory(MilestoneFactory)
    booking = factory.SubFactory(BookingFactory)
    customer = factory.SelfAttribute("booking.customer")
    number = 1
    window_end = factory.SelfAttribute("booking.class_session.starts_at")
    window_start = factory.LazyAttribute(
        lambda made: made.milestone.start_of_window(
            made.window_end, timezone.get_default_timezone()
        )
    )
    awarded_at = factory.SelfAttribute("booking.created_at")
