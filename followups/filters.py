from core.api.filters import (
    IdFilter,
    SeveralFilter,
    StrictFilterSet,
    TrueOrFalseFilter,
    after,
    before,
)
from customers.models import Customer
from followups.states import AgreementStatus, Alert, FollowUpStatus


class AgreementFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    status = SeveralFilter(choices=AgreementStatus.choices)
    alert = SeveralFilter(choices=Alert.choices)
    is_trial = TrueOrFalseFilter()


class FollowUpFilters(StrictFilterSet):
    follow_up_status = SeveralFilter(field_name="status", choices=FollowUpStatus.choices)
    since_after = after("since")
    since_before = before("since")
