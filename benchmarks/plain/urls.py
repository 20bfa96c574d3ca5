from django.urls import include, path
from rest_framework.routers import DefaultRouter

from benchmarks.plain.views import PlainBookingViewSet, PlainSessionViewSet

router = DefaultRouter(trailing_slash=False)
router.register("class_sessions", PlainSessionViewSet)
router.register("bookings", PlainBookingViewSet)
urlpatterns = [path("api/", include(router.urls))]
