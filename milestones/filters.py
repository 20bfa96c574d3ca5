import django_filters

from core.api.filters import IdFilter, StrictFilterSet, TrueOrFalseFilter, after, before
from customers.models import Customer
from milestones.models import Milestone
from milestones.states import Counts


class MilestoneFilters(StrictFilterSet):
    counts = django_filters.ChoiceFilter(choices=Counts.choices)
    is_active = TrueOrFalseFilter()


class MilestoneAwardFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    milestone = IdFilter(queryset=Milestone.objects.all())
    awarded_at_after = after("awarded_at")
    awarded_at_before = before("awarded_at")
