from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from bookings import services
from bookings.errors import (
    AlreadyWaiting,
    InvalidTransition,
    SessionFull,
    SessionNotFull,
)
from bookings.filters import (
    WaitlistEntryFilters,
)
from bookings.models import WaitlistEntry
from bookings.rules import RULES
from bookings.serializers.waiting import WaitlistEntrySerializer
from core.api.serializers import EmptySerializer
from core.api.views import GymViewSet, Refusals

WAITING_RULES = [rule.refusal for rule in RULES if rule.refusal is not SessionFull]


class WaitlistEntryViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GymViewSet[WaitlistEntry],
):
    """The lines for full sessions. Whoever is first and may book gets the spot that is freed."""

    queryset = (
        WaitlistEntry.objects.with_position()
        .select_related("class_session__class_type")
        .order_by("pk")
    )
    serializer_class = WaitlistEntrySerializer
    filterset_class = WaitlistEntryFilters
    ordering_fields = ("id", "created_at")
    refusals: ClassVar[Refusals] = {
        "create": [*WAITING_RULES, AlreadyWaiting, SessionNotFull],
        "leave": [InvalidTransition],
    }

    def perform_create(self, serializer: BaseSerializer[WaitlistEntry]) -> None:
        asked = serializer.validated_data
        entry = services.join_waitlist(
            customer_id=asked["customer_id"], session_id=asked["class_session_id"], at=self.at
        )
        serializer.instance = self.queryset.get(pk=entry.pk)

    @extend_schema(request=EmptySerializer, responses=WaitlistEntrySerializer)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, **kwargs: Any) -> Response:
        """Leave the line. Leaving again changes nothing."""
        EmptySerializer(data=request.data).is_valid(raise_exception=True)
        services.leave_waitlist(entry=self.get_object(), at=self.at)
        return Response(self.get_serializer(self.get_object()).data)
