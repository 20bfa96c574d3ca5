from typing import Any

from rest_framework import serializers

from bookings.models import WaitlistEntry
from bookings.states import WaitlistStatus
from core.api.fields import IdField, InstantField
from core.api.serializers import StrictModelSerializer


class WaitlistEntrySerializer(StrictModelSerializer[WaitlistEntry]):
    customer = IdField(source="customer_id")
    class_session = IdField(source="class_session_id")
    class_type_name = serializers.CharField(source="class_session.class_type.name", read_only=True)
    starts_at = InstantField(source="class_session.starts_at", read_only=True)
    position = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="1 is the first in line."
    )

    class Meta:
        model = WaitlistEntry
        fields = [
            "id",
            "customer",
            "class_session",
            "class_type_name",
            "starts_at",
            "status",
            "position",
            "created_at",
            "promoted_booking",
        ]
        read_only_fields = ["created_at", "promoted_booking"]
        # "Nobody waits twice" is a rule of waiting, so the service answers for it.
        validators: list[Any] = []
        by_action = {"status": WaitlistStatus.WAITING}


class CalendarSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="Unguessable; whoever has it reads the calendar.")
