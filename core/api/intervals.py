from typing import Any, TypeVar

from django.db import models
from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.serializers import StrictModelSerializer
from core.intervals import problems_of_interval

M = TypeVar("M", bound=models.Model)


class IntervalSerializer(StrictModelSerializer[M]):
    """A model with `interval_count` and `interval_unit`; what is not sent is judged as stored."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        count, unit = (
            attrs.get(name, getattr(self.instance, name, None))
            for name in ("interval_count", "interval_unit")
        )
        problems = problems_of_interval(count, unit)
        if problems:
            raise ValidationError({name: ErrorDetail(*why) for name, why in problems.items()})
        return attrs
