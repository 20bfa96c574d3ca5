from collections.abc import Iterable
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.facts import Held, facts_for_page, line_positions
from bookings.models import Booking, WaitlistEntry
from bookings.rules import RULES, BookingFacts, Verdict, first_refusal
from bookings.services.concerned import Concerned
from bookings.states import BookingStatus
from classes.models import ClassSession, ClassType
from classes.rows import SessionRow
from classes.states import SessionStatus
from core.api.fields import (
    DayField,
    ForeignIdField,
    InstantField,
    StrictChoiceField,
    StrictIntegerField,
)
from core.api.serializers import StrictModelSerializer, StrictSerializer

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
        "waitlist_count": row.waitlist_count,
        "status": row.status,
    }


def sessions_json(
    page: Iterable[tuple[Any, ...]], *, customer_id: int | None, at: datetime
) -> list[dict[str, Any]]:
    """Write `classes.rows.COLUMNS` of sessions; for a customer, also what each means to them."""
    rows = [SessionRow._make(row) for row in page]
    if customer_id is None:
        return [session_json(row) for row in rows]
    positions = line_positions(rows, customer_id=customer_id)
    return [
        session_json(facts.session)
        | {"customer": _to_the_customer(facts, held, positions.get(facts.session.id))}
        for facts, held in facts_for_page(rows, customer_id=customer_id, at=at)
    ]


def _to_the_customer(
    facts: BookingFacts, held: Held | None, position: int | None
) -> dict[str, Any]:
    refusal = first_refusal(facts)
    return {
        "booking": {"id": held.id, "status": held.status} if held else None,
        "waitlist_position": position,
        "can_book": refusal is None,
        "refusal": refusal and refusal.code,
        "bookable_from": facts.bookable_from,
        "free_cancel_until": held.free_cancel_until if held else facts.session.cutoff_at,
    }


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


class WeekdaysField(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        weekday = StrictIntegerField(min_value=1, max_value=7)
        super().__init__(child=weekday, allow_empty=False, max_length=7, **kwargs)


@extend_schema_field({"type": "string", "example": "18:30"})
class WallClockField(serializers.TimeField):
    default_error_messages = {"invalid": "Write a time such as 18:30."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H:%M:%S"], **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.isascii():
            self.fail("invalid")
        return super().to_internal_value(value)


class ConcernedBookingSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    customer_name = serializers.CharField(source="customer.__str__")


class ConcernedSerializer(ClassSessionSerializer):
    """A session with whom cancelling or moving it touches; an edit tells that in a dry run."""

    bookings = ConcernedBookingSerializer(many=True, read_only=True)
    waitlist_entries = ConcernedBookingSerializer(many=True, read_only=True)

    class Meta(ClassSessionSerializer.Meta):
        fields = [*ClassSessionSerializer.Meta.fields, "bookings", "waitlist_entries"]
        sometimes = ["customer", "bookings", "waitlist_entries"]


def concerned_json(concerned: Concerned) -> dict[str, Any]:
    return session_json(SessionRow.of(concerned.session)) | {
        "bookings": [_who(one) for one in concerned.bookings],
        "waitlist_entries": [_who(one) for one in concerned.waiting],
    }


def _who(one: Booking | WaitlistEntry) -> dict[str, Any]:
    return {"id": one.pk, "customer": one.customer_id, "customer_name": str(one.customer)}


class SeriesSerializer(StrictSerializer):
    class_type = ForeignIdField(queryset=ClassType.objects.all())
    starts_on = DayField()
    ends_on = DayField(help_text="Included.")
    weekdays = WeekdaysField(help_text="1 for Monday to 7 for Sunday.")
    local_time = WallClockField(help_text="On the gym's wall clock, such as 18:30.")


class CreatedSeriesSerializer(serializers.Serializer[Any]):
    created = serializers.ListField(child=serializers.IntegerField())
    existing = serializers.ListField(child=serializers.IntegerField())
