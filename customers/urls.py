from rest_framework.routers import BaseRouter

from customers.views import CustomerViewSet, SegmentViewSet


def register(router: BaseRouter) -> None:
    router.register("customers", CustomerViewSet)
    router.register("segments", SegmentViewSet)
