from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.exceptions import invalid

# A page number beyond this cannot exist, and its offset would not fit the databases' integers.
HIGHEST_PAGE = 10**12


class Rows:
    """
    A queryset as tuples of columns, for a paginator.

    It counts before the columns are chosen: their joins would triple what counting costs. Nor
    does it count where `number` says how many there are.
    """

    def __init__(
        self, queryset: "QuerySet[Any, Any]", columns: Sequence[str], number: int | None = None
    ) -> None:
        self._queryset, self._columns, self._number = queryset, columns, number

    def count(self) -> int:
        return self._queryset.count() if self._number is None else self._number

    def __getitem__(self, part: slice) -> "QuerySet[Any, Any]":
        return self._queryset[part].values_list(*self._columns)


class Pages(PageNumberPagination):
    """Pages of 50 unless `page_size` says otherwise, at most 500. A page past the end is a 404."""

    page_size = 50
    max_page_size = 500
    page_size_query_param = "page_size"

    def get_page_size(self, request: Request) -> int:
        size = _number(request, self.page_size_query_param, default=self.page_size)
        if size > self.max_page_size:
            raise invalid(
                self.page_size_query_param, "max_value", f"At most {self.max_page_size} a page."
            )
        return size

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        if _number(request, self.page_query_param, default=1) > HIGHEST_PAGE:
            raise NotFound("There is no such page.")
        return super().paginate_queryset(queryset, request, view)


def _number(request: Request, name: str, *, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text[:20]) > 0):
        raise invalid(name, "invalid", "A whole number above 0 is needed.")
    return int(text[:20])
