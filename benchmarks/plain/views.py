"""
The two paths as Django and DRF suggest them: viewsets, model serializers, a row lock.

Plain, not careless: no query per row, the right answers, and no overbooking.
"""

from datetime import timedelta
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from rest_framework import mixins, viewsets
from rest_framework.exceptions import APIException
from rest_framework.serializers import BaseSerializer

from benchmarks.plain.serializers import PlainBookingSerializer, PlainSessionSerializer
from bookings.models import Booking, BookingWindow
from bookings.states import LIVE
from classes.models import ClassSession
from customers.models import Customer, Segment


class Conflict(APIException):
    status_code = 409


class PlainSessionFilters(django_filters.FilterSet):
    starts_at_after = django_filters.IsoDateTimeFilter("starts_at", "gte")
    starts_at_before = django_filters.IsoDateTimeFilter("starts_at", "lt")

    class Meta:
        model = ClassSession
        fields = ["class_type", "status"]


class PlainSessionViewSet(viewsets.ModelViewSet[ClassSession]):
    queryset = (
        ClassSession.objects.select_related("class_type")
        .annotate(live_bookings=Count("bookings", filter=Q(bookings__status__in=LIVE)))
        .order_by("starts_at", "pk")
    )
    serializer_class = PlainSessionSerializer
    filterset_class = PlainSessionFilters


class PlainBookingViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet[Booking]):
    queryset = Booking.objects.all()
    serializer_class = PlainBookingSerializer

    @transaction.atomic
    def perform_create(self, serializer: BaseSerializer[Booking]) -> None:
        customer: Customer = serializer.validated_data["customer"]
        asked: ClassSession = serializer.validated_data["class_session"]
        session = ClassSession.objects.select_for_update().get(pk=asked.pk)
        now = timezone.now()
        self.check(customer, session, now)
        cutoff = timedelta(minutes=session.class_type.late_cancel_cutoff_minutes)
        serializer.save(
            class_session=session,
            occupied_day=session.starts_at.date(),
            cutoff_at=session.starts_at - cutoff,
            created_at=now,
            updated_at=now,
        )

    def check(self, customer: Customer, session: ClassSession, now: Any) -> None:
        mine = Booking.objects.filter(customer=customer)
        if session.status != "scheduled" or session.starts_at <= now:
            raise Conflict("This session cannot be booked.")
        if mine.filter(class_session=session, status__in=LIVE).exists():
            raise Conflict("Booked already.")
        if session.class_type.is_premium:
            raise Conflict("This needs a membership.")
        if now < bookable_from(customer, session, now):
            raise Conflict("Booking is not open.")
        if mine.filter(occupied_day=session.starts_at.date()).exists():
            raise Conflict("One booking a day.")
        taken = session.bookings.filter(status__in=LIVE).count()
        if session.capacity is not None and taken >= session.capacity:
            raise Conflict("This session is full.")


def bookable_from(customer: Customer, session: ClassSession, now: Any) -> Any:
    windows = BookingWindow.objects.select_related("segment").filter(
        Q(class_type=session.class_type) | Q(class_type=None)
    )
    # Its own row for the class type comes after the one for every class and so replaces it.
    rows = {one.segment: one for one in windows.order_by(F("class_type").asc(nulls_first=True))}
    default = rows.pop(None)
    own = [
        window for segment, window in rows.items() if segment and belongs(customer, segment, now)
    ]
    return min(
        session.starts_at - timedelta(**{window.unit: window.opens_before})
        for window in own or [default]
    )


def belongs(customer: Customer, segment: Segment, now: Any) -> bool:
    since = now - timedelta(days=segment.rule_days or 0)
    if segment.rule == "new_customers":
        return since < customer.created_at <= now
    if segment.rule == "frequent_visitors":
        visits = customer.bookings.filter(
            status="attended", class_session__starts_at__gt=since, class_session__starts_at__lte=now
        )
        return visits.count() >= (segment.rule_min_visits or 0)
    return customer.chosen_segments.filter(pk=segment.pk).exists()
