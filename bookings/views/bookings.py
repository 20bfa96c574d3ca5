from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from bookings import services
from bookings.errors import InvalidTransition, SessionCancelled, SessionStarted
from bookings.filters import (
    BookingFilters,
)
from bookings.models import Booking
from bookings.rules import RULES
from bookings.serializers.bookings import (
    BOOKING_COLUMNS,
    BookingRow,
    BookingSerializer,
    ReasonSerializer,
    booking_json,
)
from core.api.views import GymViewSet, Refusals


class BookingViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GymViewSet[Booking],
):
    """Bookings are made, cancelled and checked in. They are not deleted."""

    queryset = Booking.objects.order_by("-pk")
    serializer_class = BookingSerializer
    filterset_class = BookingFilters
    ordering_fields = {
        "id": "pk",
        "created_at": "created_at",
        "starts_at": "class_session__starts_at",
    }
    refusals: ClassVar[Refusals] = {
        "create": [rule.refusal for rule in RULES],
        "partial_update": [SessionStarted, SessionCancelled, InvalidTransition],
        "forgive": [InvalidTransition],
    }

    def get_queryset(self) -> QuerySet[Booking]:
        return super().get_queryset().select_related("class_session__class_type")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.page_of_rows(self.filter_queryset(self.queryset), BOOKING_COLUMNS)
        return self.get_paginated_response([booking_json(BookingRow._make(row)) for row in page])

    def perform_create(self, serializer: BaseSerializer[Booking]) -> None:
        asked = serializer.validated_data
        serializer.instance = services.book_session(
            customer_id=asked["customer_id"], session_id=asked["class_session_id"], at=self.at
        )

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel, check in or correct: `status` is all that changes."""
        booking = self.get_object()
        serializer = self.get_serializer(booking, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        status = serializer.validated_data.get("status")
        if status is not None:
            booking = services.change_status(booking=booking, to=status, at=self.at)
        return Response(self.get_serializer(booking).data)

    @extend_schema(request=ReasonSerializer, responses=BookingSerializer)
    @action(detail=True, methods=["post"])
    def forgive(self, request: Request, pk: str) -> Response:
        """Turn a late cancellation into one in time; the customer's day is free again."""
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by = str(request.auth or "API")
        booking = services.forgive(
            booking=self.get_object(), by=by, reason=asked.validated_data["reason"], at=self.at
        )
        return Response(self.get_serializer(booking).data)
