from django.urls import re_path
from rest_framework.routers import BaseRouter

from bookings.views import (
    BookingViewSet,
    BookingWindowViewSet,
    CancelMembership,
    ClassSessionViewSet,
    LateCancelsReport,
)


def register(router: BaseRouter) -> None:
    router.register("class_sessions", ClassSessionViewSet)
    router.register("bookings", BookingViewSet)
    router.register("booking_windows", BookingWindowViewSet)


urlpatterns = [
    re_path(
        r"^memberships/(?P<pk>[0-9]{1,18})/cancel/?$",
        CancelMembership.as_view(),
        name="membership-cancel",
    ),
    re_path(r"^reports/late_cancels/?$", LateCancelsReport.as_view(), name="late-cancels"),
]
