"""
Each request gets an id, is counted, and is told in one line of the logs.

Ours and not a library's. django-structlog writes two lines, with the query, the user and the
address; django-prometheus keeps three times as many figures, lets clients make up methods, which
become labels, and replaces Django's database backends.
"""

import logging
import re
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bound_contextvars

from core.metrics import QUERIES, QUERY_SECONDS, REQUESTS, SECONDS
from core.routes import route_of

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

Respond = Callable[[HttpRequest], HttpResponse]


class Queries:
    """How many SQL statements were sent, and how long they took."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: Mapping[str, Any],
    ) -> Any:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += perf_counter() - began


def observed(respond: Respond) -> Respond:
    """Be the first middleware, so that nothing is answered past it."""

    def answer(request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        queries, request_id = Queries(), _id_of(request)
        with bound_contextvars(request_id=request_id):
            with connection.execute_wrapper(queries):
                response = respond(request)
            _tell(request, response, perf_counter() - began, queries)
        response[HEADER] = request_id
        return response

    return answer


def _id_of(request: HttpRequest) -> str:
    """Take the id that a proxy or the app gave the request, unless it could be anything else."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    return given if SANE.fullmatch(given) else uuid4().hex


def _tell(request: HttpRequest, response: HttpResponse, seconds: float, queries: Queries) -> None:
    route = route_of(request)
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, response.status_code).inc()
    SECONDS.labels(route, method).observe(seconds)
    QUERIES.labels(route, method).inc(queries.number)
    QUERY_SECONDS.labels(route, method).inc(queries.seconds)
    logger.info(
        "Answered",
        extra={
            "method": method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
        },
    )
