from typing import Any, TypeVar

from rest_framework.exceptions import ErrorDetail, ValidationError

from core.api.serializers import StrictModelSerializer
from core.positions import BOTH_OR_NEITHER, Positioned

P = TypeVar("P", bound=Positioned)


class PositionSerializer(StrictModelSerializer[P]):
    """A model with `latitude` and `longitude`; what is not sent is judged as stored."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        position = {
            name: attrs.get(name, getattr(self.instance, name, None))
            for name in ("latitude", "longitude")
        }
        missing = [name for name, value in position.items() if value is None]
        if len(missing) == 1:
            raise ValidationError({missing[0]: ErrorDetail(BOTH_OR_NEITHER, code="required")})
        return attrs
