from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from benefits import reports, services
from benefits.errors import BenefitNotAvailable
from benefits.filters import BenefitFilters, BenefitUsageFilters
from benefits.models import Benefit, BenefitUsage
from benefits.parameters import AvailableQuery, InactivityQuery, TopQuery
from benefits.serializers import (
    AvailableBenefitSerializer,
    BenefitSerializer,
    BenefitUsageSerializer,
    InactivitySerializer,
    TopBenefitsSerializer,
    available_json,
    inactivity_json,
    top_json,
)
from core.api.views import Catalogue, GymViewSet, QuerySerializers, Refusals

# A report is one whole answer: a plain list, without pages and filters.
report: dict[str, Any] = {"detail": False, "pagination_class": None, "filter_backends": []}


class BenefitViewSet(Catalogue[Benefit]):
    """What venues offer, and three reports on how it is used, in their partners' format."""

    queryset = Benefit.objects.order_by("pk")
    serializer_class = BenefitSerializer
    filterset_class = BenefitFilters
    search_fields: ClassVar[list[str]] = ["title"]
    ordering_fields = ("id", "title")
    query_serializers: ClassVar[QuerySerializers] = {
        "top": TopQuery,
        "available": AvailableQuery,
        "inactivity_periods": InactivityQuery,
    }

    @extend_schema(responses=TopBenefitsSerializer(many=True))
    @action(**report)
    def top(self, request: Request) -> Response:
        """The three most used benefits of every venue within the last 180 days."""
        found = reports.top_benefits(at=self._moment_in(self.query()))
        return Response(top_json(found))

    @extend_schema(responses=AvailableBenefitSerializer(many=True))
    @action(**report)
    def available(self, request: Request) -> Response:
        """The benefits of a venue that a person can use."""
        asked = self.query()
        found = reports.available_benefits(
            person_id=asked["personId"], venue_id=asked["venueId"], at=self._moment_in(asked)
        )
        return Response(available_json(found))

    @extend_schema(responses=InactivitySerializer(many=True))
    @action(**report)
    def inactivity_periods(self, request: Request) -> Response:
        """When a venue's benefits were not used for long, within the last 180 days."""
        asked = self.query()
        found = reports.inactive_stretches(venue_id=asked["venueId"], at=self._moment_in(asked))
        return Response(inactivity_json(found))

    def _moment_in(self, asked: dict[str, Any]) -> datetime:
        moment: datetime = asked.get("timestamp", self.at)
        return moment


class BenefitUsageViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    GymViewSet[BenefitUsage],
):
    """Who used what and when. A use is recorded and, if it was a mistake, deleted; not edited."""

    queryset = BenefitUsage.objects.order_by("-used_at", "-pk")
    serializer_class = BenefitUsageSerializer
    filterset_class = BenefitUsageFilters
    ordering_fields = ("id", "used_at")
    refusals: ClassVar[Refusals] = {"create": [BenefitNotAvailable]}

    def perform_create(self, serializer: BaseSerializer[BenefitUsage]) -> None:
        asked: dict[str, Any] = serializer.validated_data
        serializer.instance = services.record_use(
            person_id=asked["person_id"],
            benefit_id=asked["benefit_id"],
            used_at=asked.get("used_at"),
            at=self.at,
        )

    def perform_destroy(self, instance: BenefitUsage) -> None:
        services.delete_use(instance)
