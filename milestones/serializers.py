from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.fields import InstantField
from core.api.serializers import StrictModelSerializer
from core.intervals import problems_of_interval
from milestones.models import Milestone, MilestoneAward
from notifications.states import EMAIL_STATUSES


class MilestoneSerializer(StrictModelSerializer[Milestone]):
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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        count, unit = (
            attrs.get(name, getattr(self.instance, name, None))
            for name in ("interval_count", "interval_unit")
        )
        problems = problems_of_interval(count, unit)
        if problems:
            raise ValidationError({name: ErrorDetail(*why) for name, why in problems.items()})
        return attrs


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
