from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status as http
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from bookings import services
from bookings.errors import (
    CapacityBelowBookings,
    RescheduleConflicts,
    SessionCancelled,
    SessionInPast,
    SessionStarted,
)
from bookings.facts import facts_for
from bookings.filters import ClassSessionFilters
from bookings.parameters import DryRunQuery, EligibilityQuery, ScheduleQuery
from bookings.rules import every_verdict
from bookings.serializers.bookings import ReasonSerializer
from bookings.serializers.sessions import (
    ClassSessionSerializer,
    ConcernedSerializer,
    CreatedSeriesSerializer,
    EligibilitySerializer,
    SeriesSerializer,
    concerned_json,
    eligibility_json,
    sessions_json,
)
from classes.models import ClassSession
from classes.rows import COLUMNS
from core.api.views import Catalogue, QuerySerializers, Refusals
from core.errors import Protected, Refusal

MOVING: list[type[Refusal]] = [
    SessionCancelled,
    SessionStarted,
    SessionInPast,
    RescheduleConflicts,
]
EDITING: list[type[Refusal]] = [CapacityBelowBookings, *MOVING]


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
        "update": DryRunQuery,
        "partial_update": DryRunQuery,
        "cancel": DryRunQuery,
    }
    refusals: ClassVar[Refusals] = {
        "update": EDITING,
        "partial_update": EDITING,
        "cancel": [SessionStarted],
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
            session=serializer.instance, changes=serializer.validated_data, at=self.at
        )

    @extend_schema(responses=ConcernedSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().partial_update(request, *args, **kwargs)

    @extend_schema(responses=ConcernedSerializer)
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not self.query()["dry_run"]:
            return super().update(request, *args, **kwargs)
        session = self.get_object()
        serializer = self.get_serializer(
            session, data=request.data, partial=kwargs.get("partial", False)
        )
        serializer.is_valid(raise_exception=True)
        concerned = services.whom_it_touches(
            session=session, changes=serializer.validated_data, at=self.at
        )
        return Response(concerned_json(concerned))

    @extend_schema(request=ReasonSerializer, responses=ConcernedSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """Call the session off and tell everybody. A dry run tells who that would be."""
        is_dry = self.query()["dry_run"]
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        session = self.get_object()
        if is_dry:
            concerned = services.whom_it_cancels(session=session, at=self.at)
        else:
            reason = asked.validated_data["reason"]
            concerned = services.cancel_session(session=session, reason=reason, at=self.at)
        return Response(concerned_json(concerned))

    @extend_schema(request=SeriesSerializer, responses={201: CreatedSeriesSerializer})
    @action(detail=False, methods=["post"])
    def series(self, request: Request) -> Response:
        """Put a class on the schedule every week. Repeating the call adds none twice."""
        asked = SeriesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        series = services.create_series(**asked.validated_data)
        return Response(series._asdict(), status=http.HTTP_201_CREATED)

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
