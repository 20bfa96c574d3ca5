from rest_framework.routers import BaseRouter

from benefits.views import BenefitUsageViewSet, BenefitViewSet


def register(router: BaseRouter) -> None:
    router.register("benefits", BenefitViewSet)
    router.register("benefit_usages", BenefitUsageViewSet)
