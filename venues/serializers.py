from core.api.positions import PositionSerializer
from venues.models import Venue


class VenueSerializer(PositionSerializer[Venue]):
    class Meta:
        model = Venue
        fields = ["id", "name", "latitude", "longitude"]
