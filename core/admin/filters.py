from datetime import date
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter

from core.instants import NotADay, day_bounds, parse_day


class DaysFilter(RangeDateFilter):
    """From a day to a day of the gym's calendar, both included, on a time."""

    def queryset(
        self, request: HttpRequest, queryset: "QuerySet[Any, Any]"
    ) -> "QuerySet[Any, Any]":
        tz = timezone.get_default_timezone()
        first, last = self._day("from"), self._day("to")
        if first is not None:
            queryset = queryset.filter(**{f"{self.field_path}__gte": day_bounds(first, tz)[0]})
        if last is not None:
            queryset = queryset.filter(**{f"{self.field_path}__lt": day_bounds(last, tz)[1]})
        return queryset

    def _day(self, end: str) -> date | None:
        text = self.used_parameters.get(f"{self.field_path}_{end}")
        try:
            return parse_day(text) if text else None
        except NotADay as error:
            raise IncorrectLookupParameters(str(error)) from error
