from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.serializers.bookings import ReasonSerializer
from core.api.fields import DayField, InstantField
from memberships.models import Membership
from memberships.serializers import MembershipSerializer


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
