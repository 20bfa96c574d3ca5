"""The query parameters that are not filters."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from bookings.reports import GroupBy
from core.api.fields import DayField, IdParameter, InstantField, TrueOrFalseParameter
from core.api.serializers import QuerySerializer

DAYS_REPORTED = 30


class ScheduleQuery(QuerySerializer):
    for_customer = IdParameter(
        required=False, help_text="Adds to each session what it means to this customer."
    )


class EligibilityQuery(QuerySerializer):
    customer = IdParameter()
    at = InstantField(required=False, help_text="Moves only the clock: bookings are as now.")


class DryRunQuery(QuerySerializer):
    dry_run = TrueOrFalseParameter(
        default=False, help_text="`true` tells what would happen and writes nothing."
    )


class LateCancelsQuery(QuerySerializer):
    group_by = serializers.ChoiceField(
        choices=[group.value for group in GroupBy], default=GroupBy.CLASS_TYPE
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of Python's, so it cannot be declared in the class body.
        fields = super().get_fields()
        fields["from"] = DayField(required=False, help_text="First day; else 30 days before `to`.")
        fields["to"] = DayField(required=False, help_text="Day after the last; else tomorrow.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        today = timezone.localdate(self.context["at"], timezone.get_default_timezone())
        to_day = attrs.setdefault("to", today + timedelta(days=1))
        attrs.setdefault("from", to_day - timedelta(days=DAYS_REPORTED))
        if attrs["from"] > to_day:
            problem = ErrorDetail("The first day comes after the last.", "invalid")
            raise ValidationError({"from": problem})
        return attrs
