from rest_framework.routers import BaseRouter

from venues.views import VenueViewSet


def register(router: BaseRouter) -> None:
    router.register("venues", VenueViewSet)
