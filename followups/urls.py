from rest_framework.routers import BaseRouter

from followups.views import AgreementViewSet, FollowUpViewSet


def register(router: BaseRouter) -> None:
    router.register("agreements", AgreementViewSet)
    router.register("follow_ups", FollowUpViewSet)
