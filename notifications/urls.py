from rest_framework.routers import BaseRouter

from notifications.views import NotificationViewSet


def register(router: BaseRouter) -> None:
    router.register("notifications", NotificationViewSet)
