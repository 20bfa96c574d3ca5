from django.urls import re_path
from rest_framework.routers import BaseRouter

from bookings.views import (
    BookingViewSet,
    BookingWindowViewSet,
    ClassSessionViewSet,
    LateCancelsReport,
)


def register(router: BaseRouter) -> None:
    router.register("class_sessions", ClassSessionViewSet)
    router.register("bookings", BookingViewSet)
    router.register("booking_windows", BookingWindowViewSet)


urlpatterns = [
    re_path(r"^reports/late_cancels/?$", LateCancelsReport.as_view(), name="late-cancels"),
]
