from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from bookings import services
from bookings.errors import (
    CapacityBelowBookings,
    InvalidTransition,
    SessionHasBookings,
    SessionStarted,
)
from bookings.facts import facts_for
from bookings.filters import BookingFilters, BookingWindowFilters, ClassSessionFilters
from bookings.models import Booking, BookingWindow
from bookings.parameters import DryRunQuery, EligibilityQuery, LateCancelsQuery, ScheduleQuery
from bookings.reports import GroupBy, late_cancels
from bookings.rules import RULES, every_verdict
from bookings.serializers import (
    BOOKING_COLUMNS,
    BookingRow,
    BookingSerializer,
    BookingWindowSerializer,
    CancelledMembershipSerializer,
    CancelMembershipSerializer,
    ClassSessionSerializer,
    EligibilitySerializer,
    LateCancelsSerializer,
    ReasonSerializer,
    booking_json,
    eligibility_json,
    sessions_json,
)
from classes.models import ClassSession
from classes.rows import COLUMNS
from core.api.views import Catalogue, GymViewSet, QuerySerializers, Refusals, StrictParameters
from core.errors import Protected, Refusal
from memberships.models import Membership

EDITING: list[type[Refusal]] = [CapacityBelowBookings, SessionHasBookings]


class ClassSessionViewSet(Catalogue[ClassSession]):
    """The schedule. Sessions keep their own duration and capacity, copied from the class type."""

    queryset = ClassSession.objects.order_by("starts_at", "pk")
    serializer_class = ClassSessionSerializer
    filterset_class = ClassSessionFilters
    ordering_fields = ("starts_at", "id")
    query_serializers: ClassVar[QuerySerializers] = {
        "list": ScheduleQuery,
        "retrieve": ScheduleQuery,
        "eligibility": EligibilityQuery,
    }
    refusals: ClassVar[Refusals] = {
        "update": EDITING,
        "partial_update": EDITING,
        "destroy": [Protected],
    }

    def get_queryset(self) -> QuerySet[ClassSession]:
        # Reading goes by rows; only writing needs a session with its class type.
        return super().get_queryset().select_related("class_type")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.page_of_rows(self.filter_queryset(self.queryset), COLUMNS)
        return self.get_paginated_response(
            sessions_json(page, customer_id=self.query().get("for_customer"), at=self.at)
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.queryset.filter(pk=kwargs["pk"]).values_list(*COLUMNS).first()
        if row is None:
            raise NotFound
        customer_id = self.query().get("for_customer")
        return Response(sessions_json([row], customer_id=customer_id, at=self.at)[0])

    def perform_create(self, serializer: BaseSerializer[ClassSession]) -> None:
        serializer.instance = services.create_session(**serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[ClassSession]) -> None:
        assert serializer.instance is not None
        serializer.instance = services.edit_session(
            session=serializer.instance, changes=serializer.validated_data
        )

    @extend_schema(responses=EligibilitySerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def eligibility(self, request: Request, pk: str) -> Response:
        """Answer every rule of booking for one customer: why can my customer not book?"""
        query = self.query()
        if not self.queryset.filter(pk=pk).exists():
            raise NotFound
        facts = facts_for(
            customer_id=query["customer"], session_id=int(pk), at=query.get("at", self.at)
        )
        return Response(eligibility_json(every_verdict(facts)))


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
        "partial_update": [SessionStarted, InvalidTransition],
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


class CancelMembership(StrictParameters):
    """Ending a membership takes along what was booked with it."""

    query_serializers: ClassVar[QuerySerializers] = {"post": DryRunQuery}

    @extend_schema(request=CancelMembershipSerializer, responses=CancelledMembershipSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Grant nothing from `cancelled_on` on. A dry run tells what would be lost."""
        is_dry = self.query()["dry_run"]
        membership = Membership.objects.select_related("plan").filter(pk=pk).first()
        if membership is None:
            raise NotFound
        asked = CancelMembershipSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        today = timezone.localdate(self.at, timezone.get_default_timezone())
        on, reason = asked.validated_data.get("cancelled_on", today), asked.validated_data["reason"]
        if is_dry:
            lost = services.bookings_lost_with(membership=membership, on=on, at=self.at)
        else:
            membership, lost = services.cancel_membership(
                membership=membership, on=on, reason=reason, at=self.at
            )
        told = CancelledMembershipSerializer(membership, context={"at": self.at, "lost": lost})
        return Response(told.data)


class BookingWindowViewSet(Catalogue[BookingWindow]):
    """How long before a session its booking opens, by segment and class type."""

    queryset = BookingWindow.objects.order_by("pk")
    serializer_class = BookingWindowSerializer
    filterset_class = BookingWindowFilters
    ordering_fields = ("id", "segment", "class_type")

    def perform_destroy(self, instance: BookingWindow) -> None:
        services.delete_window(window=instance)


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
