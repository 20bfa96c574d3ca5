import django_filters
from django.db.models import QuerySet

from core.api.filters import IdFilter, StrictFilterSet, after, before
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.segment_rules import members_of
from customers.states import Origin


class CustomerFilters(StrictFilterSet):
    email = django_filters.CharFilter(method="with_email", max_length=254)
    origin = django_filters.ChoiceFilter(choices=Origin.choices)
    segment = IdFilter(queryset=Segment.objects.order_by("pk"), method="in_segment")
    created_at_after = after("created_at")
    created_at_before = before("created_at")

    def with_email(self, customers: CustomerQuerySet, name: str, email: str) -> CustomerQuerySet:
        return customers.with_email(email)

    def in_segment(
        self, customers: "QuerySet[Customer]", name: str, segment: Segment
    ) -> "QuerySet[Customer]":
        # The one moment of the request, so that a row's own `segments` agree with the filter.
        at = self.request.parser_context["view"].at
        return customers.filter(pk__in=members_of(segment, at=at))
