from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


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
