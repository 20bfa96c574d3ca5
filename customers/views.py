from typing import Any, ClassVar

from rest_framework.serializers import BaseSerializer

from core.api.views import Catalogue, Refusals
from core.errors import Protected
from customers import services
from customers.errors import SegmentHasCustomers
from customers.filters import CustomerFilters
from customers.models import Customer, Segment
from customers.segment_rules import attach_customer_counts, attach_segments
from customers.serializers import CustomerSerializer, SegmentSerializer


class CustomerViewSet(Catalogue[Customer]):
    """Whoever books, has booked or might. Segments are ids, those kept by a rule included."""

    queryset = Customer.objects.order_by("pk")
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilters
    search_fields: ClassVar[list[str]] = ["first_name", "last_name", "email"]
    ordering_fields = ("id", "first_name", "last_name", "email", "created_at")

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset) or []
        attach_segments(page, at=self.at)
        return page

    def perform_create(self, serializer: BaseSerializer[Customer]) -> None:
        values = dict(serializer.validated_data)
        segments = values.pop("segments", None)
        serializer.instance = services.create_customer(values=values, segments=segments, at=self.at)

    def perform_update(self, serializer: BaseSerializer[Customer]) -> None:
        assert serializer.instance is not None
        changes = dict(serializer.validated_data)
        segments = changes.pop("segments", None)
        serializer.instance = services.edit_customer(
            customer=serializer.instance, changes=changes, segments=segments, at=self.at
        )

    def perform_destroy(self, instance: Customer) -> None:
        services.delete_customer(instance)


class SegmentViewSet(Catalogue[Segment]):
    """Groups of customers, put together by hand or by a rule."""

    queryset = Segment.objects.order_by("pk")
    serializer_class = SegmentSerializer
    ordering_fields = ("id", "name")
    search_fields: ClassVar[list[str]] = ["name"]
    refusals: ClassVar[Refusals] = {
        "update": [SegmentHasCustomers],
        "partial_update": [SegmentHasCustomers],
        "destroy": [Protected],
    }

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset) or []
        attach_customer_counts(page, at=self.at)
        return page

    def perform_update(self, serializer: BaseSerializer[Segment]) -> None:
        assert serializer.instance is not None
        serializer.instance = services.edit_segment(
            segment=serializer.instance, changes=serializer.validated_data
        )
