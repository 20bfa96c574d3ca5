from django.urls import re_path
from rest_framework.routers import BaseRouter

from milestones.views import MilestoneAwardViewSet, MilestoneProgress, MilestoneViewSet


def register(router: BaseRouter) -> None:
    router.register("milestones", MilestoneViewSet)
    router.register("milestone_awards", MilestoneAwardViewSet)


urlpatterns = [
    re_path(
        r"^customers/(?P<pk>[0-9]{1,18})/milestone_progress/?$",
        MilestoneProgress.as_view(),
        name="milestone-progress",
    ),
]
