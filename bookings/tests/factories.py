from datetime import timedelta
from typing import Any

import factory
from django.db.models import F
from django.utils import timezone

from bookings.models import Booking, BookingWindow, WaitlistEntry
from bookings.states import LIVE, BookingStatus, CancelledBy, WaitlistStatus, WindowUnit
from classes.models import ClassSession
from classes.tests.factories import ClassSessionFactory
from core.instants import local_day
from customers.tests.factories import CustomerFactory


class BookingFactory(factory.django.DjangoModelFactory[Booking]):
    """A booking as the services would have left it, the session's counter included."""

    class Meta:
        model = Booking
        skip_postgeneration_save = True

    customer = factory.SubFactory(CustomerFactory)
    class_session = factory.SubFactory(ClassSessionFactory)
    status = BookingStatus.BOOKED
    cutoff_at = factory.LazyAttribute(
        lambda made: (
            made.class_session.starts_at
            - timedelta(minutes=made.class_session.class_type.late_cancel_cutoff_minutes)
        )
    )
    created_at = factory.LazyAttribute(
        lambda made: made.class_session.starts_at - timedelta(days=2)
    )
    updated_at = factory.SelfAttribute("created_at")
    occupied_day = factory.LazyAttribute(
        lambda made: (
            None
            if made.status == BookingStatus.CANCELLED
            else local_day(made.class_session.starts_at, timezone.get_default_timezone())
        )
    )
    cancelled_at = factory.LazyAttribute(
        lambda made: None if made.status in LIVE else made.created_at
    )
    cancelled_by = factory.LazyAttribute(
        lambda made: "" if made.status in LIVE else CancelledBy.CUSTOMER
    )

    @factory.post_generation
    def counted(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.status in LIVE:
            ClassSession.objects.filter(pk=self.class_session_id).update(
                booked_count=F("booked_count") + 1
            )


class WaitlistEntryFactory(factory.django.DjangoModelFactory[WaitlistEntry]):
    """Somebody in the line for a session, as the services would have left it: counted."""

    class Meta:
        model = WaitlistEntry
        skip_postgeneration_save = True

    customer = factory.SubFactory(CustomerFactory)
    class_session = factory.SubFactory(ClassSessionFactory, capacity=0)
    created_at = factory.LazyAttribute(
        lambda made: made.class_session.starts_at - timedelta(days=2)
    )
    ended_at = factory.LazyAttribute(
        lambda made: None if made.status == WaitlistStatus.WAITING else made.created_at
    )
    promoted_booking = factory.LazyAttribute(
        lambda made: (
            BookingFactory(customer=made.customer, class_session=made.class_session)
            if made.status == WaitlistStatus.PROMOTED
            else None
        )
    )
    status = WaitlistStatus.WAITING

    @factory.post_generation
    def counted(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        if self.status == WaitlistStatus.WAITING:
            ClassSession.objects.count_waiting(self.class_session_id, 1)


class BookingWindowFactory(factory.django.DjangoModelFactory[BookingWindow]):
    class Meta:
        model = BookingWindow

    opens_before = 7
    unit = WindowUnit.DAYS
