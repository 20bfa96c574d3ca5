"""
JSON fields that take one JSON type and no other.

DRF's own read 5 as "5", "yes" as true and 1.7 as the id 1; here the wrong type is a 400.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from core.instants import NotADay, NotAnInstant, parse_day, parse_instant

HIGHEST_ID = 2**63 - 1
AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


class StrictCharField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictEmailField(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictChoiceField(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class StrictIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        # JSON knows one kind of number, so 5.0 is 5.
        if isinstance(data, bool) or not isinstance(data, int | float) or data != int(data):
            self.fail("invalid")
        return int(data)


class StrictFloatField(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, str, str, Any]):
    """A point in time: read in the gym's zone where no offset is given, answered in UTC."""

    default_error_messages = {"invalid": "{problem}"}

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str):
            self.fail("invalid", problem="Write a time such as 2026-03-31T18:00:00Z.")
        try:
            return parse_instant(data, timezone.get_default_timezone())
        except NotAnInstant as error:
            self.fail("invalid", problem=str(error))

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class ForeignIdField(serializers.PrimaryKeyRelatedField[Any]):
    """The id of something that must exist."""

    def run_validation(self, data: Any = empty) -> Any:
        # DRF would read "" as null, for the sake of forms.
        if data == "":
            self.fail("incorrect_type", data_type="str")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data <= HIGHEST_ID:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "array", "items": {"type": "integer"}})
class ForeignIdsField(serializers.Field[list[Any], Any, list[int], Any]):
    """Ids of things that must exist; all are looked up in one query, a double counts once."""

    default_error_messages = {
        "not_a_list": "A list of ids is needed.",
        "incorrect_type": "An id is a whole number, not {found}.",
        "does_not_exist": "There is none with the id {found}.",
        "max_length": "At most {most} ids.",
    }
    most = 500

    def __init__(self, *, queryset: QuerySet[Any] | Manager[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset = queryset

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if len(data) > self.most:
            self.fail("max_length", most=self.most)
        for one in data:
            if isinstance(one, bool) or not isinstance(one, int):
                self.fail("incorrect_type", found=type(one).__name__)
            if not 0 < one <= HIGHEST_ID:
                self.fail("does_not_exist", found=one)
        found = {one.pk: one for one in self.queryset.filter(pk__in=data)}
        for one in data:
            if one not in found:
                self.fail("does_not_exist", found=one)
        return list(found.values())

    def to_representation(self, value: Sequence[Model]) -> list[int]:
        return [one.pk for one in value]


class IdField(StrictIntegerField):
    """
    An id that the service looks up together with everything else it needs.

    It costs no query of its own; the service raises `Invalid` for an id that names nothing.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=HIGHEST_ID, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdParameter(IdField):
    """An id in a query string: digits and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        if not (isinstance(data, str) and data.isascii() and data.isdigit()):
            self.fail("invalid")
        return super().to_internal_value(int(data.lstrip("0")[:20] or "0"))


class TrueOrFalseParameter(serializers.BooleanField):
    """`true` or `false` in a query string, and nothing else."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid", input=data)
        return bool(data == "true")


class DayField(serializers.DateField):
    """A calendar day, `YYYY-MM-DD`, of the years 1900 to 2199."""

    default_error_messages = {"invalid": "{problem}"}

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str):
            self.fail("invalid", problem="Write a day such as 2026-03-31.")
        try:
            return parse_day(value)
        except NotADay as error:
            self.fail("invalid", problem=str(error))


@extend_schema_field({"type": "string", "format": "decimal", "example": "35.00"})
class MoneyField(serializers.DecimalField):
    """An amount with at most two decimals: a decimal string, or a number. Answered as a string."""

    default_error_messages = {"invalid": "Write an amount such as 35.00."}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, str | int | float):
            self.fail("invalid")
        # DRF would also read 1e2, NaN and the digits of other scripts.
        if not AMOUNT.fullmatch(str(data)):
            self.fail("invalid")
        # Adding nothing makes zero of a negative zero.
        return super().to_internal_value(data) + 0
