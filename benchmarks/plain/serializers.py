from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers

from bookings.models import Booking
from classes.models import ClassSession


class PlainSessionSerializer(serializers.ModelSerializer[ClassSession]):
    class_type_name = serializers.CharField(source="class_type.name", read_only=True)
    ends_at = serializers.SerializerMethodField()
    booked_count = serializers.IntegerField(source="live_bookings", read_only=True)
    spots_left = serializers.SerializerMethodField()

    class Meta:
        model = ClassSession
        fields = [
            "id",
            "class_type",
            "class_type_name",
            "starts_at",
            "ends_at",
            "duration_minutes",
            "capacity",
            "booked_count",
            "spots_left",
            "waitlist_count",
            "status",
        ]

    def get_ends_at(self, session: ClassSession) -> str:
        return _end_of(session)

    def get_spots_left(self, session: Any) -> int | None:
        return None if session.capacity is None else session.capacity - session.live_bookings


class PlainBookingSerializer(serializers.ModelSerializer[Booking]):
    class_type_name = serializers.CharField(source="class_session.class_type.name", read_only=True)
    starts_at = serializers.DateTimeField(source="class_session.starts_at", read_only=True)
    ends_at = serializers.SerializerMethodField()
    cancelled_by = serializers.SerializerMethodField()

    class Meta:
        model = Booking
        fields = [
            "id",
            "customer",
            "class_session",
            "class_type_name",
            "starts_at",
            "ends_at",
            "status",
            "created_at",
            "updated_at",
            "cancelled_at",
            "cancelled_by",
            "cutoff_at",
        ]
        read_only_fields = ["status", "created_at", "updated_at", "cancelled_at", "cutoff_at"]
        # The view checks under its lock.
        validators: list[Any] = []

    def get_ends_at(self, booking: Booking) -> str:
        return _end_of(booking.class_session)

    def get_cancelled_by(self, booking: Booking) -> str | None:
        return booking.cancelled_by or None


def _end_of(session: ClassSession) -> str:
    ends_at: datetime = session.starts_at + timedelta(minutes=session.duration_minutes)
    return ends_at.isoformat().replace("+00:00", "Z")
