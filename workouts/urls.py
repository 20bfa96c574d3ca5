from django.urls import re_path
from rest_framework.routers import BaseRouter

from workouts.views import CustomerRecords, CustomerWorkoutStats, ExerciseViewSet, WorkoutViewSet


def register(router: BaseRouter) -> None:
    router.register("exercises", ExerciseViewSet)
    router.register("workouts", WorkoutViewSet)


urlpatterns = [
    re_path(
        r"^customers/(?P<pk>[0-9]{1,18})/workout_stats/?$",
        CustomerWorkoutStats.as_view(),
        name="workout-stats",
    ),
    re_path(
        r"^customers/(?P<pk>[0-9]{1,18})/records/?$", CustomerRecords.as_view(), name="records"
    ),
]
