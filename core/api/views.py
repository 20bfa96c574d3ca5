from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail, NotFound, ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from core.api.pagination import Rows
from core.api.parsers import LengthRequired
from core.api.serializers import QuerySerializer
from core.deleting import delete
from core.errors import Protected, Refusal
from core.transactions import in_transaction

M = TypeVar("M", bound=models.Model)

# `format` chooses between JSON and the browsable API.
ALWAYS_ACCEPTED = {"format"}
MAY_BE_BLANK = {"search"}

QuerySerializers = dict[str, type[QuerySerializer]]
Refusals = dict[str, list[type[Refusal]]]


def operation_of(view: APIView) -> str:
    """Name what a view is asked for: a viewset's action, else the method."""
    action: str | None = getattr(view, "action", None)
    method = (view.request.method or "").lower()
    return action or ("get" if method == "head" else method)


@cache
def _names_in(serializer_class: type[QuerySerializer]) -> frozenset[str]:
    # Reading them off an instance copies every field, on every request.
    return frozenset(serializer_class().fields)


class StrictParameters(APIView):
    """Refuses query parameters that the operation does not know, that are blank or doubled."""

    # What an operation takes beside filters, order and pages, by the action's name.
    query_serializers: ClassVar[QuerySerializers] = {}
    # What an operation may answer with 409, by the action's name. The OpenAPI document lists it.
    refusals: ClassVar[Refusals] = {}
    # The moment of the request, in UTC: the one reading of the clock that services are given.
    at: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.at = timezone.now()
        if not hasattr(self, str(request.method).lower()):
            # A method that the address does not know is a 405, whatever comes with it.
            return
        self._refuse_a_missing_body(request)
        accepted = self.accepted_parameters()
        refused = {}
        for name, values in request.query_params.lists():
            if name not in accepted:
                refused[name] = ErrorDetail("There is no such parameter.", "unknown_parameter")
            elif len(values) > 1:
                refused[name] = ErrorDetail("Once is enough.", "repeated_parameter")
            elif not values[0].strip() and name not in MAY_BE_BLANK:
                refused[name] = ErrorDetail("A value is needed.", "blank")
        if refused:
            raise ValidationError({name: [detail] for name, detail in refused.items()})

    def _refuse_a_missing_body(self, request: Request) -> None:
        """Never take a change that did not arrive for a change of nothing."""
        if "HTTP_TRANSFER_ENCODING" in request.META:
            # Django reads as many bytes as the header says, and here it says nothing.
            raise LengthRequired
        is_empty = request.META.get("CONTENT_LENGTH") in (None, "", "0")
        if is_empty and request.method in ("PUT", "PATCH"):
            raise ParseError("A body is needed.")

    def accepted_parameters(self) -> set[str]:
        serializer = self.query_serializers.get(operation_of(self))
        return ALWAYS_ACCEPTED | (_names_in(serializer) if serializer else set())

    def query(self) -> dict[str, Any]:
        """
        Give the operation's own query parameters.

        :raises ValidationError: naming the parameter that is missing or malformed.
        """
        serializer_class = self.query_serializers[operation_of(self)]
        own = {
            name: value
            for name, value in self.request.query_params.items()
            if name in _names_in(serializer_class)
        }
        serializer = serializer_class(data=own, context={"at": self.at})
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated


class GymViewSet(StrictParameters, GenericViewSet[M]):
    lookup_value_regex = "[0-9]{1,18}"
    search_fields: ClassVar[list[str]] = []

    def accepted_parameters(self) -> set[str]:
        accepted = super().accepted_parameters()
        if self.action != "list":
            return accepted
        accepted |= {"page", "page_size", "ordering"}
        if self.search_fields:
            accepted.add("search")
        filterset = getattr(self, "filterset_class", None)
        return accepted | set(filterset.base_filters if filterset else ())

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": getattr(self, "at", None)}

    def page_of_rows(
        self, queryset: "QuerySet[Any, Any]", columns: Sequence[str], number: int | None = None
    ) -> list[tuple[Any, ...]]:
        """
        Give the requested page as tuples of columns, which cost a fraction of instances.

        :param number: how many rows there are in all, where that is known.
        """
        assert self.paginator is not None
        rows: Any = Rows(queryset, columns, number)
        return self.paginator.paginate_queryset(rows, self.request, view=self) or []

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        # DRF's metadata would look the object up again for each method it describes.
        return Response({"name": self.get_view_name(), "methods": self.allowed_methods})


class Catalogue(GymViewSet[M], ModelViewSet[M]):
    """List, create, read, PUT, PATCH and DELETE of what the gym keeps lists of."""

    refusals: ClassVar[Refusals] = {"destroy": [Protected]}

    @in_transaction
    def perform_create(self, serializer: BaseSerializer[M]) -> None:
        # Not to be taken for an update where a contention makes it run again.
        serializer.instance = None
        serializer.save()

    @in_transaction
    def perform_update(self, serializer: BaseSerializer[M]) -> None:
        serializer.save()

    def perform_destroy(self, instance: M) -> None:
        delete(instance)


class NoSuchAddress(APIView):
    """Whatever lies under /api and is nothing: 404 in the API's own shape."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound
