import factory

from venues.models import Venue


class VenueFactory(factory.django.DjangoModelFactory[Venue]):
    class Meta:
        model = Venue

    name = "Burger Bar"
