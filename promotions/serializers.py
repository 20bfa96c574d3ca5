from typing import Any, ClassVar

from rest_framework import serializers

from core.api.fields import ForeignIdsField, IdField, IdParameter
from core.api.serializers import QuerySerializer, StrictModelSerializer, StrictSerializer
from customers.models import Segment
from promotions.models import FlashPromo, Product, PromoReservation
from promotions.reports import attach_segment_ids
from promotions.states import ReservationStatus


class ProductSerializer(StrictModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ["id", "venue", "name", "regular_price"]


class FlashPromoSerializer(StrictModelSerializer[FlashPromo]):
    segments = ForeignIdsField(queryset=Segment.objects.all())
    remaining = serializers.IntegerField(read_only=True)

    class Meta:
        model = FlashPromo
        fields = [
            "id",
            "product",
            "promo_price",
            "starts_at",
            "ends_at",
            "segments",
            "max_distance_km",
            "quantity",
            "is_active",
            "remaining",
            "notified_at",
        ]
        read_only_fields = ["notified_at"]

    def to_representation(self, instance: FlashPromo) -> dict[str, Any]:
        # A list attaches the segments of its whole page before; one promotion asks here.
        if not hasattr(instance, "segment_ids"):
            attach_segment_ids([instance])
        return promo_json(instance)


class EligiblePromoSerializer(FlashPromoSerializer):
    """Describes what `eligible` answers."""

    distance_km = serializers.FloatField(read_only=True)

    class Meta(FlashPromoSerializer.Meta):
        fields = [*FlashPromoSerializer.Meta.fields, "distance_km"]


def promo_json(promo: FlashPromo) -> dict[str, Any]:
    # By hand: every phone asks for pages of these, and DRF's fields take most of such a request.
    return {
        "id": promo.pk,
        "product": promo.product_id,
        "promo_price": str(promo.promo_price),
        "starts_at": promo.starts_at,
        "ends_at": promo.ends_at,
        "segments": promo.segment_ids,
        "max_distance_km": promo.max_distance_km,
        "quantity": promo.quantity,
        "is_active": promo.is_active,
        "remaining": promo.remaining,
        "notified_at": promo.notified_at,
    }


class EligibleQuery(QuerySerializer):
    customer = IdParameter(help_text="For whom?")


class PromoReservationSerializer(StrictModelSerializer[PromoReservation]):
    promo = IdField(source="promo_id")
    customer = IdField(source="customer_id")

    class Meta:
        model = PromoReservation
        fields = [
            "id",
            "promo",
            "customer",
            "status",
            "created_at",
            "expires_at",
            "completed_at",
        ]
        read_only_fields = ["created_at", "expires_at", "completed_at"]
        by_action: ClassVar[dict[str, str]] = {"status": ReservationStatus.HELD}

    def to_representation(self, instance: PromoReservation) -> dict[str, Any]:
        # Nothing runs when a minute is over: what is stored then is not what is so.
        return super().to_representation(instance) | {
            "status": instance.status_at(self.context["at"])
        }


class BuyerSerializer(StrictSerializer):
    customer = IdField(help_text="Whose reservation it is; to others it does not exist.")
