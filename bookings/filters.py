import datetime

import django_filters
from django.utils import timezone

from bookings.models import BookingWindow
from bookings.states import BookingStatus, WaitlistStatus
from classes.models import ClassSession, ClassType
from classes.querysets import ClassSessionQuerySet
from classes.states import SessionStatus
from core.api.filters import (
    DayFilter,
    IdFilter,
    SeveralFilter,
    StrictFilterSet,
    TrueOrFalseFilter,
    after,
    before,
)
from customers.models import Customer, Segment


class ClassSessionFilters(StrictFilterSet):
    class_type = IdFilter(queryset=ClassType.objects.all())
    status = django_filters.ChoiceFilter(choices=SessionStatus.choices)
    starts_at_after = after("starts_at")
    starts_at_before = before("starts_at")
    date = DayFilter(method="on_day", help_text="A day in the gym's time zone.")
    is_premium = TrueOrFalseFilter(field_name="class_type__is_premium")
    has_spots = TrueOrFalseFilter(method="with_or_without_spots")

    def on_day(
        self, sessions: ClassSessionQuerySet, name: str, day: datetime.date
    ) -> ClassSessionQuerySet:
        return sessions.on_day(day, timezone.get_default_timezone())

    def with_or_without_spots(
        self, sessions: ClassSessionQuerySet, name: str, has_spots: bool
    ) -> ClassSessionQuerySet:
        return sessions.with_a_free_spot() if has_spots else sessions.without_a_free_spot()


class BookingFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    class_session = IdFilter(queryset=ClassSession.objects.all())
    class_type = IdFilter(queryset=ClassType.objects.all(), field_name="class_session__class_type")
    status = SeveralFilter(choices=BookingStatus.choices)
    starts_at_after = after("class_session__starts_at")
    starts_at_before = before("class_session__starts_at")
    created_at_after = after("created_at")
    created_at_before = before("created_at")


class WaitlistEntryFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    class_session = IdFilter(queryset=ClassSession.objects.all())
    status = SeveralFilter(choices=WaitlistStatus.choices)


class BookingWindowFilters(StrictFilterSet):
    segment = IdFilter(queryset=Segment.objects.all())
    class_type = IdFilter(queryset=ClassType.objects.all())

    class Meta:
        model = BookingWindow
        fields = ["unit"]
