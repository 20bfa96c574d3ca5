from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from bookings import services
from bookings.parameters import DryRunQuery
from bookings.serializers.memberships import (
    CancelledMembershipSerializer,
    CancelMembershipSerializer,
)
from core.api.views import QuerySerializers, StrictParameters
from memberships.models import Membership


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
