from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.views import Catalogue, GymViewSet, QuerySerializers, Refusals
from core.errors import Protected
from promotions import services
from promotions.errors import (
    PriceBelowPromo,
    PromoOverlaps,
    QuantityBelowTaken,
    ReservationEnded,
    ReservationExpired,
)
from promotions.filters import FlashPromoFilters, ProductFilters, PromoReservationFilters
from promotions.models import FlashPromo, Product, PromoReservation
from promotions.reports import attach_segment_ids, eligible_promos
from promotions.rules import RULES
from promotions.serializers import (
    BuyerSerializer,
    EligiblePromoSerializer,
    EligibleQuery,
    FlashPromoSerializer,
    ProductSerializer,
    PromoReservationSerializer,
    promo_json,
)


class ProductViewSet(Catalogue[Product]):
    """What venues sell."""

    queryset = Product.objects.order_by("pk")
    serializer_class = ProductSerializer
    filterset_class = ProductFilters
    search_fields: ClassVar[list[str]] = ["name"]
    ordering_fields = ("id", "name", "regular_price")
    refusals: ClassVar[Refusals] = {
        "update": [PriceBelowPromo],
        "partial_update": [PriceBelowPromo],
        "destroy": [Protected],
    }

    def perform_update(self, serializer: BaseSerializer[Product]) -> None:
        assert serializer.instance is not None
        serializer.instance = services.edit_product(
            product=serializer.instance, changes=serializer.validated_data, at=self.at
        )


class FlashPromoViewSet(Catalogue[FlashPromo]):
    """For a few hours a product costs less for some customers nearby."""

    queryset = FlashPromo.objects.order_by("pk")
    serializer_class = FlashPromoSerializer
    filterset_class = FlashPromoFilters
    ordering_fields = ("id", "starts_at", "ends_at", "promo_price")
    query_serializers: ClassVar[QuerySerializers] = {"eligible": EligibleQuery}
    refusals: ClassVar[Refusals] = {
        "create": [PromoOverlaps],
        "update": [PromoOverlaps, QuantityBelowTaken],
        "partial_update": [PromoOverlaps, QuantityBelowTaken],
        "destroy": [Protected],
    }

    def accepted_parameters(self) -> set[str]:
        accepted = super().accepted_parameters()
        return (
            accepted | {"page", "page_size"} if self.action in ("running", "eligible") else accepted
        )

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        page = super().paginate_queryset(queryset) or []
        attach_segment_ids(page)
        return page

    def perform_create(self, serializer: BaseSerializer[FlashPromo]) -> None:
        values = dict(serializer.validated_data)
        segments = values.pop("segments")
        serializer.instance = services.create_promo(values=values, segments=segments)

    def perform_update(self, serializer: BaseSerializer[FlashPromo]) -> None:
        assert serializer.instance is not None
        changes = dict(serializer.validated_data)
        segments = changes.pop("segments", None)
        serializer.instance = services.edit_promo(
            promo=serializer.instance, changes=changes, segments=segments, at=self.at
        )

    @extend_schema(responses=FlashPromoSerializer(many=True))
    @action(detail=False, filter_backends=[])
    def running(self, request: Request) -> Response:
        """Promotions of which something can be had, the first to end first."""
        running = FlashPromo.objects.running(self.at).order_by("ends_at", "pk")
        page = self.paginate_queryset(running) or []
        return self.get_paginated_response([promo_json(promo) for promo in page])

    @extend_schema(responses=EligiblePromoSerializer(many=True))
    @action(detail=False, filter_backends=[])
    def eligible(self, request: Request) -> Response:
        """The running promotions that are for a customer, the nearest first."""
        near = eligible_promos(customer_id=self.query()["customer"], at=self.at)
        page: Any = super().paginate_queryset(near) or []
        # Sold, stopped or deleted meanwhile: what was there a moment ago is not offered.
        promos = FlashPromo.objects.running(self.at).in_bulk([one.promo_id for one in page])
        attach_segment_ids(promos.values())
        return self.get_paginated_response(
            [
                promo_json(promos[promo_id]) | {"distance_km": distance_km}
                for promo_id, distance_km in page
                if promo_id in promos
            ]
        )


class PromoReservationViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.ListModelMixin,
    GymViewSet[PromoReservation],
):
    """A unit on hold for a minute, then bought or given back."""

    queryset = PromoReservation.objects.order_by("-pk")
    serializer_class = PromoReservationSerializer
    filterset_class = PromoReservationFilters
    ordering_fields = ("id", "created_at")
    refusals: ClassVar[Refusals] = {
        "create": [rule.refusal for rule in RULES],
        "complete": [ReservationExpired, ReservationEnded],
        "release": [ReservationExpired, ReservationEnded],
    }

    @extend_schema(
        responses={200: PromoReservationSerializer, 201: PromoReservationSerializer},
        description="200 with the same `expires_at` where the customer has a live hold already.",
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a unit on hold for 60 seconds."""
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        reserved = services.reserve(**asked.validated_data, at=self.at)
        code = status.HTTP_201_CREATED if reserved.is_made else status.HTTP_200_OK
        return Response(self.get_serializer(reserved.reservation).data, code)

    @extend_schema(request=BuyerSerializer, responses=PromoReservationSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """Buy the unit within its minute. Again, the answer is the same."""
        done = services.complete(reservation=self._own(request), at=self.at)
        return Response(self.get_serializer(done).data)

    @extend_schema(request=BuyerSerializer, responses=PromoReservationSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give the unit back at once."""
        done = services.release(reservation=self._own(request), at=self.at)
        return Response(self.get_serializer(done).data)

    def _own(self, request: Request) -> PromoReservation:
        asked = BuyerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        own = self.queryset.filter(pk=self.kwargs["pk"], customer=asked.validated_data["customer"])
        found: PromoReservation | None = own.first()
        if found is None:
            raise NotFound
        return found
