from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from classes.models import ClassType
from core.api.fields import DayField, ForeignIdsField, IdField
from core.api.intervals import IntervalSerializer
from core.api.serializers import StrictModelSerializer
from memberships.models import Membership, MembershipPlan


class PlansClassTypesField(ForeignIdsField):
    def to_representation(self, value: Any) -> list[int]:
        # All of a page are prefetched, so they are put in order here.
        return sorted(super().to_representation(value.all()))


class MembershipPlanSerializer(IntervalSerializer[MembershipPlan]):
    class_types = PlansClassTypesField(queryset=ClassType.objects.all())

    class Meta:
        model = MembershipPlan
        fields = [
            "id",
            "name",
            "description",
            "class_types",
            "interval_count",
            "interval_unit",
            "is_active",
        ]
        # Blank in a form; here null says it, and nothing else does.
        extra_kwargs: ClassVar[dict[str, Any]] = {"interval_unit": {"allow_blank": False}}

    def validate_class_types(self, class_types: list[ClassType]) -> list[ClassType]:
        if not class_types:
            raise ValidationError("A plan opens at least one class type.", "empty")
        return class_types

    def create(self, validated_data: dict[str, Any]) -> MembershipPlan:
        class_types = validated_data.pop("class_types")
        plan = MembershipPlan.objects.create(**validated_data)
        plan.class_types.set(class_types)
        return plan

    def update(self, instance: MembershipPlan, validated_data: dict[str, Any]) -> MembershipPlan:
        class_types = validated_data.pop("class_types", None)
        instance = super().update(instance, validated_data)
        if class_types is not None:
            instance.class_types.set(class_types)
        return instance


class MembershipSerializer(StrictModelSerializer[Membership]):
    customer = IdField(source="customer_id")
    plan = IdField(source="plan_id")
    starts_on = DayField(required=False)
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = [
            "id",
            "customer",
            "plan",
            "starts_on",
            "ends_on",
            "cancelled_on",
            "cancellation_reason",
            "is_current",
        ]
        read_only_fields = ["ends_on"]
        by_action = {"cancelled_on": None, "cancellation_reason": ""}

    def get_is_current(self, membership: Membership) -> bool:
        today = timezone.localdate(self.context["at"], timezone.get_default_timezone())
        return membership.grants_on(today)
