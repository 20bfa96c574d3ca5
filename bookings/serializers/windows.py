from typing import Any

from rest_framework.exceptions import ErrorDetail, ValidationError

from bookings.models import BookingWindow
from core.api.serializers import StrictModelSerializer


class BookingWindowSerializer(StrictModelSerializer[BookingWindow]):
    class Meta:
        model = BookingWindow
        fields = ["id", "segment", "class_type", "opens_before", "unit"]
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        pair = {
            name: attrs.get(name, getattr(self.instance, name, None))
            for name in ("segment", "class_type")
        }
        if self.instance is not None and self.instance.is_default and any(pair.values()):
            problem = ErrorDetail("The gym's default is for everyone and every class.", "immutable")
            raise ValidationError({name: problem for name, value in pair.items() if value})
        others = BookingWindow.objects.filter(**pair)
        if self.instance is not None:
            others = others.exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError("There is a window for this segment and class type.", "unique")
        return attrs
