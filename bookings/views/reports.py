from typing import ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.parameters import LateCancelsQuery
from bookings.reports import GroupBy, late_cancels
from bookings.serializers.reports import LateCancelsSerializer
from core.api.views import QuerySerializers, StrictParameters


@extend_schema_view(get=extend_schema(responses=LateCancelsSerializer(many=True)))
class LateCancelsReport(StrictParameters):
    """What became of the bookings of a span of days, by class type, customer or ISO week."""

    query_serializers: ClassVar[QuerySerializers] = {"get": LateCancelsQuery}

    def get(self, request: Request) -> Response:
        query = self.query()
        rows = late_cancels(
            from_day=query["from"], to_day=query["to"], group_by=GroupBy(query["group_by"])
        )
        return Response(rows)
