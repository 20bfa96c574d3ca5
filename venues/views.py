from typing import ClassVar

from core.api.views import Catalogue
from venues.models import Venue
from venues.serializers import VenueSerializer


class VenueViewSet(Catalogue[Venue]):
    """Partners of the gym, and where they are."""

    queryset = Venue.objects.order_by("pk")
    serializer_class = VenueSerializer
    search_fields: ClassVar[list[str]] = ["name"]
    ordering_fields = ("id", "name")
