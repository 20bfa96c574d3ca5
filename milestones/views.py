from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import Catalogue, GymViewSet, StrictParameters
from customers.models import Customer
from milestones.filters import MilestoneAwardFilters, MilestoneFilters
from milestones.models import Milestone, MilestoneAward
from milestones.reports import milestone_progress
from milestones.serializers import (
    MilestoneAwardSerializer,
    MilestoneProgressSerializer,
    MilestoneSerializer,
)


class MilestoneViewSet(Catalogue[Milestone]):
    """So many sessions within any stretch of time, and the words of the congratulation."""

    queryset = Milestone.objects.order_by("pk")
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilters
    ordering_fields = ("id", "name")
    search_fields: ClassVar[list[str]] = ["name"]


class MilestoneAwardViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, GymViewSet[MilestoneAward]
):
    """Who reached what and when. Bookings and check-ins make awards, nothing else does."""

    queryset = MilestoneAward.objects.with_email_status().order_by("-pk")
    serializer_class = MilestoneAwardSerializer
    filterset_class = MilestoneAwardFilters
    ordering_fields = ("id", "awarded_at")


class MilestoneProgress(StrictParameters):
    """How far a customer is on the way to each active milestone."""

    @extend_schema(responses=MilestoneProgressSerializer(many=True))
    def get(self, request: Request, pk: str) -> Response:
        if not Customer.objects.filter(pk=pk).exists():
            raise NotFound
        return Response(milestone_progress(customer_id=int(pk), at=self.at))
