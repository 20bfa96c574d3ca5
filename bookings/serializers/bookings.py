from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from bookings.models import Booking
from bookings.states import BookingStatus, CancelledBy
from core.api.fields import IdField, InstantField, StrictCharField
from core.api.serializers import StrictModelSerializer, StrictSerializer


class BookingRow(NamedTuple):
    id: int
    customer_id: int
    class_session_id: int
    class_type_name: str
    starts_at: datetime
    duration_minutes: int
    status: str
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    cancelled_by: str
    cutoff_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @classmethod
    def of(cls, booking: Booking) -> Self:
        session = booking.class_session
        return cls(
            booking.pk,
            booking.customer_id,
            session.pk,
            session.class_type.name,
            session.starts_at,
            session.duration_minutes,
            booking.status,
            booking.created_at,
            booking.updated_at,
            booking.cancelled_at,
            booking.cancelled_by,
            booking.cutoff_at,
        )


BOOKING_COLUMNS = (
    "id",
    "customer_id",
    "class_session_id",
    "class_session__class_type__name",
    "class_session__starts_at",
    "class_session__duration_minutes",
    *BookingRow._fields[6:],
)


def booking_json(row: BookingRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "customer": row.customer_id,
        "class_session": row.class_session_id,
        "class_type_name": row.class_type_name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "status": row.status,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "cancelled_at": row.cancelled_at,
        "cancelled_by": row.cancelled_by or None,
        "cutoff_at": row.cutoff_at,
    }


class BookingSerializer(StrictModelSerializer[Booking]):
    customer = IdField(source="customer_id")
    class_session = IdField(source="class_session_id")
    class_type_name = serializers.CharField(read_only=True)
    starts_at = InstantField(read_only=True)
    ends_at = InstantField(read_only=True)
    cancelled_by = serializers.ChoiceField(
        choices=CancelledBy.choices, read_only=True, allow_null=True
    )

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
        read_only_fields = ["created_at", "updated_at", "cancelled_at", "cutoff_at"]
        # "One a day" is a rule of booking, so the service answers for it.
        validators: list[Any] = []
        fixed = ["customer", "class_session"]

    def validate_status(self, status: str) -> str:
        if self.instance is None and status != BookingStatus.BOOKED:
            raise ValidationError("A booking begins as booked.", "immutable")
        if status == BookingStatus.LATE_CANCELLED:
            raise ValidationError("Send cancelled: the server knows whether it is late.", "invalid")
        return status

    def to_representation(self, instance: Booking) -> dict[str, Any]:
        return booking_json(BookingRow.of(instance))


class ReasonSerializer(StrictSerializer):
    reason = StrictCharField(max_length=1000, allow_blank=True, default="")
