from rest_framework.routers import BaseRouter

from classes.views import ClassTypeViewSet


def register(router: BaseRouter) -> None:
    router.register("class_types", ClassTypeViewSet)
