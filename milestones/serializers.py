from typing import Any

from rest_framework import serializers

from core.api.fields import InstantField
from core.api.intervals import IntervalSerializer
from core.api.serializers import StrictModelSerializer
from milestones.models import Milestone, MilestoneAward
from notifications.states import EMAIL_STATUSES


class MilestoneSerializer(IntervalSerializer[Milestone]):
    class Meta:
        model = Milestone
        fields = [
            "id",
            "name",
            "session_count",
            "interval_count",
            "interval_unit",
            "counts",
            "is_active",
            "email_subject",
            "email_body",
        ]


class MilestoneAwardSerializer(StrictModelSerializer[MilestoneAward]):
    email_status = serializers.ChoiceField(choices=EMAIL_STATUSES)

    class Meta:
        model = MilestoneAward
        fields = [
            "id",
            "milestone",
            "customer",
            "booking",
            "window_start",
            "window_end",
            "awarded_at",
            "email_status",
        ]
        read_only_fields = fields


class MilestoneProgressSerializer(serializers.Serializer[Any]):
    milestone = serializers.IntegerField()
    name = serializers.CharField()
    count = serializers.IntegerField()
    session_count = serializers.IntegerField()
    window_start = InstantField()
    window_end = InstantField()
    awards = serializers.IntegerField()
    last_awarded_at = InstantField(allow_null=True)
