from django.urls import re_path
from rest_framework.routers import BaseRouter

from bookings.views.bookings import BookingViewSet
from bookings.views.calendars import CalendarToken, calendar_feed
from bookings.views.memberships import CancelMembership
from bookings.views.reports import LateCancelsReport
from bookings.views.sessions import ClassSessionViewSet
from bookings.views.waiting import WaitlistEntryViewSet
from bookings.views.windows import BookingWindowViewSet


def register(router: BaseRouter) -> None:
    router.register("class_sessions", ClassSessionViewSet)
    router.register("bookings", BookingViewSet)
    router.register("booking_windows", BookingWindowViewSet)
    router.register("waitlist_entries", WaitlistEntryViewSet)


# Outside of the API: a phone's calendar has no key, and the token is one.
calendars = [
    re_path(r"^calendars/(?P<token>[A-Za-z0-9_-]{43})\.ics$", calendar_feed, name="calendar"),
]
urlpatterns = [
    re_path(
        r"^customers/(?P<pk>[0-9]{1,18})/calendar_token/?$",
        CalendarToken.as_view(),
        name="calendar-token",
    ),
    re_path(
        r"^memberships/(?P<pk>[0-9]{1,18})/cancel/?$",
        CancelMembership.as_view(),
        name="membership-cancel",
    ),
    re_path(r"^reports/late_cancels/?$", LateCancelsReport.as_view(), name="late-cancels"),
]
