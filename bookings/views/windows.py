from bookings import services
from bookings.filters import BookingWindowFilters
from bookings.models import BookingWindow
from bookings.serializers.windows import BookingWindowSerializer
from core.api.views import Catalogue


class BookingWindowViewSet(Catalogue[BookingWindow]):
    """How long before a session its booking opens, by segment and class type."""

    queryset = BookingWindow.objects.order_by("pk")
    serializer_class = BookingWindowSerializer
    filterset_class = BookingWindowFilters
    ordering_fields = ("id", "segment", "class_type")

    def perform_destroy(self, instance: BookingWindow) -> None:
        services.delete_window(window=instance)
