from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView

import benefits.urls
import bookings.urls
import classes.urls
import customers.urls
import followups.urls
import memberships.urls
import milestones.urls
import notifications.urls
import promotions.urls
import venues.urls
import workouts.urls
from core.api.metrics import Metrics
from core.api.routers import BothSlashesRouter, OpenApiDocument, SwaggerUi
from core.api.views import NoSuchAddress
from core.health import healthz, readyz

router = BothSlashesRouter()
for app in (
    customers.urls,
    venues.urls,
    classes.urls,
    notifications.urls,
    memberships.urls,
    benefits.urls,
    bookings.urls,
    milestones.urls,
    promotions.urls,
    workouts.urls,
    followups.urls,
):
    app.register(router)


def not_there(request: HttpRequest) -> HttpResponse:
    raise Http404


api = [
    re_path(r"^schema/?$", OpenApiDocument.as_view(), name="schema"),
    re_path(r"^docs/?$", SwaggerUi.as_view(url_name="schema"), name="docs"),
    *bookings.urls.urlpatterns,
    *milestones.urls.urlpatterns,
    *workouts.urls.urlpatterns,
    *router.urls,
    re_path(r"", NoSuchAddress.as_view()),
]
urlpatterns = [
    path("", RedirectView.as_view(url="/api/docs")),
    # Each `GymAdmin` has a picker of its own; Django's breaks off at a NUL on PostgreSQL.
    path("admin/autocomplete/", not_there),
    path("admin/", admin.site.urls),
    re_path(r"^healthz/?$", healthz),
    re_path(r"^readyz/?$", readyz),
    re_path(r"^metrics/?$", Metrics.as_view()),
    *bookings.urls.calendars,
    re_path(r"^api$", router.get_api_root_view()),
    path("api/", include(api)),
]
