from benefits.models import Benefit
from benefits.states import Recurrence
from core.api.filters import IdFilter, SeveralFilter, StrictFilterSet, after, before
from customers.models import Customer
from venues.models import Venue


class BenefitFilters(StrictFilterSet):
    venue = IdFilter(queryset=Venue.objects.all())
    recurrence = SeveralFilter(choices=Recurrence.choices)


class BenefitUsageFilters(StrictFilterSet):
    person = IdFilter(queryset=Customer.objects.all())
    benefit = IdFilter(queryset=Benefit.objects.all())
    venue = IdFilter(queryset=Venue.objects.all(), field_name="benefit__venue")
    used_at_after = after("used_at")
    used_at_before = before("used_at")
