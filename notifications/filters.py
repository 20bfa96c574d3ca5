import django_filters

from core.api.filters import IdFilter, StrictFilterSet, TrueOrFalseFilter
from customers.models import Customer
from notifications import kinds
from notifications.querysets import NotificationQuerySet


class NotificationFilters(StrictFilterSet):
    customer = IdFilter(queryset=Customer.objects.all())
    kind = django_filters.ChoiceFilter(choices=kinds.choices)
    unread = TrueOrFalseFilter(method="unread_or_read")

    def unread_or_read(
        self, notifications: NotificationQuerySet, name: str, unread: bool
    ) -> NotificationQuerySet:
        return notifications.filter(read_at__isnull=unread)
