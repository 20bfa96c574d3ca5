from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rest_framework import serializers

from benefits.models import Benefit, BenefitUsage
from benefits.reports import Stretch, Uses
from core.api.fields import IdField, InstantField
from core.api.serializers import StrictModelSerializer


class BenefitSerializer(StrictModelSerializer[Benefit]):
    class Meta:
        model = Benefit
        fields = ["id", "venue", "title", "recurrence"]


class BenefitUsageSerializer(StrictModelSerializer[BenefitUsage]):
    person = IdField(source="person_id")
    benefit = IdField(source="benefit_id")
    used_at = InstantField(required=False, help_text="Now, unless it is said.")

    class Meta:
        model = BenefitUsage
        fields = ["id", "person", "benefit", "used_at"]


# --- The reports, in the words that the venues' partners have published -------------------------
# The serializers describe what the functions below them write.


class UsesSerializer(serializers.Serializer[Any]):
    benefitId = serializers.IntegerField()  # noqa: N815
    usageCount = serializers.IntegerField()  # noqa: N815


class TopBenefitsSerializer(serializers.Serializer[Any]):
    venueId = serializers.IntegerField()  # noqa: N815
    topBenefits180Days = UsesSerializer(many=True)  # noqa: N815


class AvailableBenefitSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    venueId = serializers.IntegerField()  # noqa: N815
    title = serializers.CharField()
    recurrence = serializers.CharField()


class StretchSerializer(serializers.Serializer[Any]):
    startTime = InstantField()  # noqa: N815
    endTime = InstantField()  # noqa: N815
    ongoing = serializers.BooleanField()


class InactivitySerializer(serializers.Serializer[Any]):
    benefitId = serializers.IntegerField()  # noqa: N815
    inactivityPeriods = StretchSerializer(many=True)  # noqa: N815


def top_json(found: Mapping[int, Sequence[Uses]]) -> list[dict[str, Any]]:
    return [
        {
            "venueId": venue_id,
            "topBenefits180Days": [
                {"benefitId": benefit_id, "usageCount": number} for benefit_id, number in uses
            ],
        }
        for venue_id, uses in found.items()
    ]


def available_json(benefits: Iterable[Benefit]) -> list[dict[str, Any]]:
    return [
        {
            "id": benefit.pk,
            "venueId": benefit.venue_id,
            "title": benefit.title,
            "recurrence": benefit.recurrence,
        }
        for benefit in benefits
    ]


def inactivity_json(found: Mapping[int, Sequence[Stretch]]) -> list[dict[str, Any]]:
    return [
        {
            "benefitId": benefit_id,
            "inactivityPeriods": [
                {"startTime": since, "endTime": until, "ongoing": is_ongoing}
                for since, until, is_ongoing in stretches
            ],
        }
        for benefit_id, stretches in found.items()
    ]
