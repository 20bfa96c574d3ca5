from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.serializers import EmptySerializer
from core.api.views import Catalogue, GymViewSet, Refusals
from memberships import services
from memberships.errors import MembershipOverlaps, PlanRetired
from memberships.filters import MembershipFilters, MembershipPlanFilters
from memberships.models import Membership, MembershipPlan
from memberships.serializers import MembershipPlanSerializer, MembershipSerializer


class MembershipPlanViewSet(Catalogue[MembershipPlan]):
    """What the desk sells. Editing a plan changes no membership that was sold."""

    queryset = MembershipPlan.objects.order_by("pk").prefetch_related("class_types")
    serializer_class = MembershipPlanSerializer
    filterset_class = MembershipPlanFilters
    ordering_fields = ("id", "name")
    search_fields: ClassVar[list[str]] = ["name"]


class MembershipViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GymViewSet[Membership],
):
    """Memberships are sold, renewed and cancelled. They are not edited and not deleted."""

    queryset = Membership.objects.order_by("-pk")
    serializer_class = MembershipSerializer
    filterset_class = MembershipFilters
    ordering_fields = ("id", "starts_on", "ends_on")
    refusals: ClassVar[Refusals] = {
        "create": [PlanRetired, MembershipOverlaps],
        "renew": [PlanRetired, MembershipOverlaps],
    }

    def perform_create(self, serializer: BaseSerializer[Membership]) -> None:
        asked = serializer.validated_data
        today = timezone.localdate(self.at, timezone.get_default_timezone())
        serializer.instance = services.sell_membership(
            customer_id=asked["customer_id"],
            plan_id=asked["plan_id"],
            starts_on=asked.get("starts_on", today),
            at=self.at,
        )

    @extend_schema(request=EmptySerializer, responses={201: MembershipSerializer})
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, **kwargs: Any) -> Response:
        """Sell the same plan again, from the day after this membership ends."""
        EmptySerializer(data=request.data).is_valid(raise_exception=True)
        renewed = services.renew_membership(membership=self.get_object(), at=self.at)
        return Response(self.get_serializer(renewed).data, status=status.HTTP_201_CREATED)
