from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.fields import ForeignIdsField
from core.api.positions import PositionSerializer
from core.api.serializers import StrictModelSerializer
from customers.models import Customer, Segment
from customers.rules import problems_of_rule
from customers.segment_rules import attach_customer_counts, attach_segments
from customers.states import SegmentRuleName


class CustomerSerializer(PositionSerializer[Customer]):
    segments = ForeignIdsField(queryset=Segment.objects.all(), required=False)

    class Meta:
        model = Customer
        fields = [
            "id",
            "first_name",
            "last_name",
            "email",
            "origin",
            "latitude",
            "longitude",
            "segments",
            "created_at",
        ]
        read_only_fields = ["created_at"]
        # The e-mail's constraint has no field name that DRF could put into `attr`.
        validators: list[Any] = []

    def validate_email(self, email: str) -> str:
        others = Customer.objects.with_email(email)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError("There is a customer with this e-mail already.", "unique")
        return email

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        # A list attaches the segments of its whole page before; one customer asks here.
        if not hasattr(instance, "segments"):
            attach_segments([instance], at=self.context["at"])
        return super().to_representation(instance)


class SegmentSerializer(StrictModelSerializer[Segment]):
    customer_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Segment
        fields = [
            "id",
            "name",
            "description",
            "rule",
            "rule_days",
            "rule_min_visits",
            "customer_count",
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        told = {
            name: attrs.get(name, getattr(self.instance, name, None))
            for name in ("rule_days", "rule_min_visits")
        }
        rule = attrs.get("rule", getattr(self.instance, "rule", SegmentRuleName.MANUAL))
        problems = problems_of_rule(rule, **told)
        if problems:
            raise ValidationError({name: ErrorDetail(*why) for name, why in problems.items()})
        return attrs

    def to_representation(self, instance: Segment) -> dict[str, Any]:
        if not hasattr(instance, "customer_count"):
            attach_customer_counts([instance], at=self.context["at"])
        return super().to_representation(instance)
