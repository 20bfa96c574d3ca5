"""
The shapes of sessions, bookings and windows.

Lists are written by `session_json` and `booking_json` from light rows; the serializers read
requests and describe the same fields to the OpenAPI document. A test holds them together.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from bookings.facts import Held, facts_for_page
from bookings.models import Booking, BookingWindow
from bookings.rules import RULES, BookingFacts, Verdict, first_refusal
from bookings.states import BookingStatus, CancelledBy
from classes.models import ClassSession
from classes.rows import SessionRow
from classes.states import SessionStatus
from core.api.fields import DayField, IdField, InstantField, StrictCharField, StrictChoiceField
from core.api.serializers import StrictModelSerializer, StrictSerializer
from memberships.models import Membership
from memberships.serializers import MembershipSerializer

RULE_CODES = [(rule.refusal.code, rule.refusal.code) for rule in RULES]


class BookingStubSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=BookingStatus.choices)


class CustomersViewSerializer(serializers.Serializer[Any]):
    """What a session means to the customer of `for_customer`."""

    booking = BookingStubSerializer(allow_null=True)
    waitlist_position = serializers.IntegerField(allow_null=True)
    can_book = serializers.BooleanField()
    refusal = serializers.ChoiceField(choices=RULE_CODES, allow_null=True)
    bookable_from = InstantField()
    free_cancel_until = InstantField()


class ClassSessionSerializer(StrictModelSerializer[ClassSession]):
    class_type_name = serializers.CharField(read_only=True)
    ends_at = InstantField(read_only=True)
    spots_left = serializers.IntegerField(read_only=True, allow_null=True)
    waitlist_count = serializers.IntegerField(read_only=True)
    status = StrictChoiceField(choices=SessionStatus.choices, required=False)
    customer = CustomersViewSerializer(
        read_only=True, required=False, help_text="Only with `for_customer`."
    )

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
            "customer",
        ]
        read_only_fields = ["booked_count"]
        extra_kwargs = {"duration_minutes": {"required": False}}
        sometimes = ["customer"]
        fixed = ["class_type"]
        by_action = {"status": "scheduled"}

    def to_representation(self, instance: ClassSession) -> dict[str, Any]:
        return session_json(SessionRow.of(instance))


def session_json(row: SessionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "class_type": row.class_type_id,
        "class_type_name": row.class_type_name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "duration_minutes": row.duration_minutes,
        "capacity": row.capacity,
        "booked_count": row.booked_count,
        "spots_left": row.spots_left,
        "waitlist_count": 0,
        "status": row.status,
    }


def sessions_json(
    page: Iterable[tuple[Any, ...]], *, customer_id: int | None, at: datetime
) -> list[dict[str, Any]]:
    """Write `classes.rows.COLUMNS` of sessions; for a customer, also what each means to them."""
    rows = [SessionRow._make(row) for row in page]
    if customer_id is None:
        return [session_json(row) for row in rows]
    return [
        session_json(facts.session) | {"customer": _to_the_customer(facts, held)}
        for facts, held in facts_for_page(rows, customer_id=customer_id, at=at)
    ]


def _to_the_customer(facts: BookingFacts, held: Held | None) -> dict[str, Any]:
    refusal = first_refusal(facts)
    return {
        "booking": {"id": held.id, "status": held.status} if held else None,
        "waitlist_position": None,
        "can_book": refusal is None,
        "refusal": refusal and refusal.code,
        "bookable_from": facts.bookable_from,
        "free_cancel_until": held.cutoff_at if held else facts.session.cutoff_at,
    }


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


class CancelMembershipSerializer(ReasonSerializer):
    cancelled_on = DayField(
        required=False, help_text="The first day on which it grants nothing; else today."
    )


class LostBookingSerializer(serializers.Serializer[Any]):
    """A booking that goes with its membership, told alike before and after."""

    id = serializers.IntegerField()
    class_session = serializers.IntegerField(source="class_session_id")
    class_type_name = serializers.CharField(source="class_session.class_type.name")
    starts_at = InstantField(source="class_session.starts_at")


class CancelledMembershipSerializer(MembershipSerializer):
    bookings = serializers.SerializerMethodField()

    class Meta(MembershipSerializer.Meta):
        fields = [*MembershipSerializer.Meta.fields, "bookings"]

    @extend_schema_field(LostBookingSerializer(many=True))
    def get_bookings(self, membership: Membership) -> Any:
        return LostBookingSerializer(self.context["lost"], many=True).data


class BookingWindowSerializer(StrictModelSerializer[BookingWindow]):
    class Meta:
        model = BookingWindow
        fields = ["id", "segment", "class_type", "opens_before", "unit"]
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        pair = {
            name: attrs.get(name, getattr(self.instance, name, None))
            for name in ("segment", "class_type")
        }
        if self.instance is not None and self.instance.is_default and any(pair.values()):
            problem = ErrorDetail("The gym's default is for everyone and every class.", "immutable")
            raise ValidationError({name: problem for name, value in pair.items() if value})
        others = BookingWindow.objects.filter(**pair)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError("There is a window for this segment and class type.", "unique")
        return attrs


class RuleSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=RULE_CODES)
    passed = serializers.BooleanField()
    detail = serializers.CharField()
    facts = serializers.DictField()


class EligibilitySerializer(serializers.Serializer[Any]):
    can_book = serializers.BooleanField()
    rules = RuleSerializer(many=True)


def eligibility_json(verdicts: list[Verdict]) -> dict[str, Any]:
    return {
        "can_book": all(verdict.refusal is None for verdict in verdicts),
        "rules": [
            {
                "code": rule.refusal.code,
                "passed": refusal is None,
                "detail": str(refusal) if refusal else rule.satisfied,
                "facts": refusal.facts if refusal else {},
            }
            for rule, refusal in verdicts
        ],
    }


class LateCancelsSerializer(serializers.Serializer[Any]):
    group = serializers.SerializerMethodField()
    label = serializers.CharField()  # type: ignore[assignment]
    bookings = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    late_cancelled = serializers.IntegerField()
    no_shows = serializers.IntegerField()
    late_cancel_rate = serializers.FloatField(allow_null=True, min_value=0, max_value=1)

    @extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "format": "date"}]})
    def get_group(self, row: dict[str, Any]) -> Any:
        return row["group"]
