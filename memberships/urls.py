from rest_framework.routers import BaseRouter

from memberships.views import MembershipPlanViewSet, MembershipViewSet


def register(router: BaseRouter) -> None:
    router.register("membership_plans", MembershipPlanViewSet)
    router.register("memberships", MembershipViewSet)
