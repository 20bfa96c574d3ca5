"""
The query parameters of the reports. Their names are the partners' own.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.fields import IdParameter, InstantField
from core.api.serializers import QuerySerializer
from customers.models import Customer
from venues.models import Venue


class KnownIdParameter(IdParameter):
    """The id of something that must exist."""

    default_error_messages = {"does_not_exist": "There is none with the id {found}."}

    def __init__(self, *, queryset: "QuerySet[Any]", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset = queryset

    def run_validation(self, data: Any = serializers.empty) -> int:
        found: int = super().run_validation(data)
        if not self.queryset.filter(pk=found).exists():
            self.fail("does_not_exist", found=found)
        return found


class TopQuery(QuerySerializer):
    timestamp = InstantField(required=False, help_text="The end of the 180 days; else now.")


class AvailableQuery(QuerySerializer):
    personId = KnownIdParameter(queryset=Customer.objects.all())  # noqa: N815
    venueId = KnownIdParameter(queryset=Venue.objects.all())  # noqa: N815
    timestamp = InstantField(
        required=False, help_text="The moment that is asked about; uses after it are left out."
    )


class InactivityQuery(QuerySerializer):
    venueId = KnownIdParameter(queryset=Venue.objects.all())  # noqa: N815
    timestamp = InstantField(required=False, help_text="The end of the 180 days; else now.")
