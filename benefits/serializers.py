from typing import Any

from rest_framework import serializers

from benefits.models import Benefit, BenefitUsage
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


class UsesSerializer(serializers.Serializer[Any]):
    benefitId = serializers.IntegerField(source="benefit_id")  # noqa: N815
    usageCount = serializers.IntegerField(source="number")  # noqa: N815


class TopBenefitsSerializer(serializers.Serializer[Any]):
    venueId = serializers.IntegerField(source="venue_id")  # noqa: N815
    topBenefits180Days = UsesSerializer(many=True, source="uses")  # noqa: N815


class AvailableBenefitSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    venueId = serializers.IntegerField(source="venue_id")  # noqa: N815
    title = serializers.CharField()
    recurrence = serializers.CharField()


class StretchSerializer(serializers.Serializer[Any]):
    startTime = InstantField(source="since")  # noqa: N815
    endTime = InstantField(source="until")  # noqa: N815
    ongoing = serializers.BooleanField(source="is_ongoing")


class InactivitySerializer(serializers.Serializer[Any]):
    benefitId = serializers.IntegerField(source="benefit_id")  # noqa: N815
    inactivityPeriods = StretchSerializer(many=True, source="stretches")  # noqa: N815
