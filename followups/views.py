from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.views import GymViewSet
from customers.models import Customer
from followups import services
from followups.filters import AgreementFilters, FollowUpFilters
from followups.models import Agreement, FollowUp, FollowUpChange
from followups.rows import COLUMNS, FollowUpRow, follow_up_of
from followups.serializers import (
    AgreementSerializer,
    FollowUpChangeSerializer,
    FollowUpSerializer,
    follow_up_json,
)
from followups.states import FollowUpStatus

PEOPLE = inline_serializer(
    "FollowUpSummary", {each.value: serializers.IntegerField() for each in FollowUpStatus}
)

# What leaves it to the status whom a list has.
DO_NOT_CHOOSE = {"follow_up_status", "ordering", "page", "page_size", "format"}


class AgreementViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.ListModelMixin,
    GymViewSet[Agreement],
):
    """What customers bought. Bookings use its sessions up; an agreement is not deleted."""

    queryset = Agreement.objects.order_by("pk")
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilters
    ordering_fields = ("id", "purchased_on")

    def perform_create(self, serializer: BaseSerializer[Agreement]) -> None:
        today = timezone.localdate(self.at, timezone.get_default_timezone())
        values = {"purchased_on": today, **serializer.validated_data}
        serializer.instance = services.sell_agreement(
            customer_id=values.pop("customer_id"), values=values, at=self.at
        )

    def perform_update(self, serializer: BaseSerializer[Agreement]) -> None:
        assert serializer.instance is not None
        serializer.instance = services.edit_agreement(
            agreement=serializer.instance, changes=serializer.validated_data, by="", at=self.at
        )


class FollowUpViewSet(GymViewSet[FollowUp]):
    """Whom to follow up with, and why. Worked out from facts, never typed in."""

    queryset = FollowUp.objects.order_by("pk")
    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilters
    search_fields: ClassVar[list[str]] = [
        "customer__first_name",
        "customer__last_name",
        "customer__email",
    ]
    ordering_fields = {
        "customer": "customer",
        "since": "since",
        "first_name": "customer__first_name",
        "last_name": "customer__last_name",
        "email": "customer__email",
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        services.settle(at=self.at)
        chosen = self.filter_queryset(self.queryset)
        page = self.page_of_rows(chosen, COLUMNS, self._known_number())
        return self.get_paginated_response([follow_up_json(FollowUpRow._make(row)) for row in page])

    def _known_number(self) -> int | None:
        """Give how many the list has in all, where nothing but their status chooses them."""
        # Of a million, counting 680,000 took 96 of a page's 101 ms; the tallies are at hand.
        if not DO_NOT_CHOOSE.issuperset(self.request.query_params):
            return None
        people = services.people_by_status()
        asked = self.request.query_params.get("follow_up_status")
        return sum(people[status] for status in set(asked.split(",") if asked else people))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = follow_up_of(int(kwargs["pk"]), at=self.at)
        if row is None:
            raise NotFound
        return Response(follow_up_json(row))

    @extend_schema(responses=PEOPLE)
    @action(detail=False, pagination_class=None, filter_backends=[])
    def summary(self, request: Request) -> Response:
        """How many people have each status."""
        services.settle(at=self.at)
        return Response(services.people_by_status())

    @extend_schema(responses=FollowUpChangeSerializer(many=True))
    @action(detail=True, filter_backends=[])
    def history(self, request: Request, **kwargs: Any) -> Response:
        """A customer's changes of status, the latest first."""
        if not Customer.objects.filter(pk=kwargs["pk"]).exists():
            raise NotFound
        services.settle(at=self.at, customer_id=int(kwargs["pk"]))
        changes = FollowUpChange.objects.filter(customer=kwargs["pk"]).order_by("-pk")
        page: Any = self.paginate_queryset(changes)  # type: ignore[arg-type]
        return self.get_paginated_response(FollowUpChangeSerializer(page, many=True).data)

    def accepted_parameters(self) -> set[str]:
        pages = {"page", "page_size"} if self.action == "history" else set()
        return super().accepted_parameters() | pages
