"""JSON fields that only workouts have. Each takes one JSON type and gives what is stored."""

import re
from fractions import Fraction
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import AMOUNT
from workouts.states import LEAST_HALVES, MOST_GRAMS, MOST_HALVES, MOST_MILLIMETRES

WRITTEN_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
# No sensible amount is written with more digits, and some are too long to compute with.
LONGEST_AMOUNT = 40


@extend_schema_field(OpenApiTypes.UUID)
class UuidField(serializers.Field[UUID, str, str, Any]):
    """A UUID as text with four dashes, in any case. Answered in lower case."""

    default_error_messages = {"invalid": "Write a UUID as 8-4-4-4-12 hexadecimal digits."}

    def to_internal_value(self, data: Any) -> UUID:
        if not (isinstance(data, str) and WRITTEN_UUID.fullmatch(data)):
            self.fail("invalid")
        return UUID(data)

    def to_representation(self, value: UUID) -> str:
        return str(value)


class PartsField(serializers.Field[int, Any, float, Any]):
    """
    A number that is stored as so many parts of one: kilograms in grams, efforts in halves.

    Exact: 0.1 is a hundred grams, and what has smaller parts than these is refused.
    """

    default_error_messages = {
        "invalid": "A valid number is required.",
        "max_decimal_places": "The smallest part is {smallest}.",
        "min_value": "This must be at least {least}.",
        "max_value": "This must be at most {most}.",
    }

    parts: ClassVar[int]
    least: ClassVar[int]
    most: ClassVar[int]
    types: ClassVar[tuple[type, ...]] = (str, int, float)

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, self.types):
            self.fail("invalid")
        # A float's shortest form is what was sent, as long as it was no longer than that.
        text = str(data)
        if len(text) > LONGEST_AMOUNT or not AMOUNT.fullmatch(text):
            self.fail("invalid")
        parts = Fraction(text) * self.parts
        if parts < self.least:
            self.fail("min_value", least=self.least / self.parts)
        if parts > self.most:
            self.fail("max_value", most=self.most / self.parts)
        if parts.denominator != 1:
            self.fail("max_decimal_places", smallest=1 / self.parts)
        return parts.numerator

    def to_representation(self, value: int) -> float:
        return value / self.parts


@extend_schema_field({"type": "number", "minimum": 0, "maximum": MOST_GRAMS / 1000})
class KilogramsField(PartsField):
    """Stored in grams. A number, or a decimal string; answered as a number."""

    parts, least, most = 1000, 0, MOST_GRAMS


@extend_schema_field({"type": "number", "minimum": 0.001, "maximum": MOST_MILLIMETRES / 1000})
class MetresField(PartsField):
    """Stored in millimetres. A number, or a decimal string; answered as a number."""

    parts, least, most = 1000, 1, MOST_MILLIMETRES


@extend_schema_field(
    {
        "type": "number",
        "minimum": LEAST_HALVES / 2,
        "maximum": MOST_HALVES / 2,
        "multipleOf": 0.5,
    }
)
class EffortField(PartsField):
    """Stored in halves. A number."""

    parts, least, most = 2, LEAST_HALVES, MOST_HALVES
    types = (int, float)
