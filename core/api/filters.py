"""
Filters that never guess: a value they cannot read is a 400, not an empty or a full list.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django_filters.fields import BaseCSVField, ModelChoiceField
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.exceptions import invalid
from core.instants import NotADay, NotAnInstant, parse_day, parse_instant

LONGEST_SEARCH = 100
MOST_SEARCH_WORDS = 8


class StrictFilters(DjangoFilterBackend):
    def to_html(self, request: Request, queryset: QuerySet[Any], view: APIView) -> str:
        # Its form would send every blank field, and a blank value is refused here.
        return ""


class StrictSearch(SearchFilter):
    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        is_there = bool(getattr(view, "search_fields", None))
        return super().get_schema_operation_parameters(view) if is_there else []

    def get_search_terms(self, request: Request) -> list[str]:
        text = request.query_params.get(self.search_param, "")
        if "\x00" in text:
            raise invalid(self.search_param, "invalid", "A search has no NUL characters.")
        if len(text) > LONGEST_SEARCH or len(text.split()) > MOST_SEARCH_WORDS:
            raise invalid(
                self.search_param,
                "max_length",
                f"At most {LONGEST_SEARCH} characters and {MOST_SEARCH_WORDS} words.",
            )
        # DRF reads quotes as a shell does, and a lone one as a search for anything.
        return text.split()


class StrictOrdering(OrderingFilter):
    """`ordering=a,-b` over the view's `ordering_fields`. Ends in the id, so the order is total."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        asked = request.query_params.get(self.ordering_param)
        if asked is None:
            return queryset
        names = [name.strip() for name in asked.split(",")]
        paths = self._paths(view)
        unknown = [name for name in names if name.removeprefix("-") not in paths]
        if unknown or len(set(names)) > len(paths):
            raise invalid(
                self.ordering_param,
                "invalid_choice",
                f"Order by {', '.join(paths)}, each with - in front for descending.",
            )
        order = [name.replace(bare := name.removeprefix("-"), paths[bare]) for name in names]
        return queryset.order_by(*order, "pk")

    def _paths(self, view: APIView) -> dict[str, str]:
        """Map the names that clients use to the ORM's paths."""
        fields = getattr(view, "ordering_fields", None) or ("id",)
        return dict(fields) if isinstance(fields, dict) else {name: name for name in fields}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        paths = ", ".join(self._paths(view))
        return [
            {
                "name": self.ordering_param,
                "required": False,
                "in": "query",
                "description": f"Any of {paths}, comma-separated, with - in front for descending.",
                "schema": {"type": "string"},
            }
        ]


class StrictFilterSet(django_filters.FilterSet):
    """A filter set that makes only the filters that the request names: no other can matter."""

    base_filters: dict[str, django_filters.Filter]

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        # Shadows the class's own, of which every request would copy all.
        self.base_filters = {
            name: each for name, each in self.base_filters.items() if name in (data or ())
        }
        super().__init__(data, **kwargs)


class InstantFormField(forms.Field):
    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return parse_instant(value, timezone.get_default_timezone())
        except NotAnInstant as error:
            raise ValidationError(str(error), code="invalid") from error


class DayFormField(forms.DateField):
    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        try:
            return parse_day(value)
        except NotADay as error:
            raise ValidationError(str(error), code="invalid") from error


class IdFormField(ModelChoiceField):
    def to_python(self, value: Any) -> Any:
        # int() would also read 1_0 and the digits of other scripts.
        if isinstance(value, str) and value and not (value.isascii() and value.isdigit()):
            raise ValidationError("An id is a whole number.", code="invalid")
        return super().to_python(value)


class SeveralFormField(BaseCSVField):
    def clean(self, value: Any) -> Any:
        if value is not None and not all(value):
            raise ValidationError("There is a gap between two commas.", code="invalid")
        return super().clean(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantFilter(django_filters.Filter):
    field_class = InstantFormField


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.DateFilter):
    field_class = DayFormField


@extend_schema_field(OpenApiTypes.INT)
class IdFilter(django_filters.ModelChoiceFilter):
    """The id of something that must exist."""

    field_class = IdFormField


@extend_schema_field(OpenApiTypes.BOOL)
class TrueOrFalseFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; django-filter's own ignores anything else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("true", "true"), ("false", "false")])
        kwargs.setdefault("coerce", lambda text: text == "true")
        super().__init__(*args, **kwargs)


class SeveralFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """One or more of the choices, comma-separated."""

    base_field_class = SeveralFormField


def after(path: str) -> InstantFilter:
    """Give the filter `<field>_after`, inclusive."""
    return InstantFilter(field_name=path, lookup_expr="gte")


def before(path: str) -> InstantFilter:
    """Give the filter `<field>_before`, exclusive."""
    return InstantFilter(field_name=path, lookup_expr="lt")
