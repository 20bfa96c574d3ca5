import datetime

from classes.models import ClassType
from core.api.filters import DayFilter, IdFilter, StrictFilterSet, TrueOrFalseFilter
from customers.models import Customer
from memberships.models import MembershipPlan
from memberships.querysets import MembershipQuerySet


class MembershipPlanFilters(StrictFilterSet):
    is_active = TrueOrFalseFilter()
    class_type = IdFilter(queryset=ClassType.objects.all(), field_name="class_types")


class MembershipFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    plan = IdFilter(queryset=MembershipPlan.objects.all())
    current_on = DayFilter(method="granting_on", help_text="A day on which it grants something.")

    def granting_on(
        self, memberships: MembershipQuerySet, name: str, day: datetime.date
    ) -> MembershipQuerySet:
        return memberships.granting_on(day)
