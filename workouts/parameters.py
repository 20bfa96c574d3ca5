"""The query parameters that are not filters."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.fields import DayField, IdParameter
from core.api.serializers import QuerySerializer


class ProgressQuery(QuerySerializer):
    customer = IdParameter()


class WorkoutStatsQuery(QuerySerializer):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of Python's, so it cannot be declared in the class body.
        fields = super().get_fields()
        fields["from"] = DayField(required=False, help_text="First day; else the very first.")
        fields["to"] = DayField(required=False, help_text="Day after the last; else no end.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["to"] <= attrs["from"]:
            problem = ErrorDetail("This has to be a day after the first.", "min_value")
            raise ValidationError({"to": problem})
        return attrs
