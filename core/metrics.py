"""
What is counted for Prometheus, and how it is told.

What happens in requests is counted where it happens. What stands in the database is asked for
when somebody wants to know, so that it is the same from whichever process tells it: an app
registers its questions, as it does its checks of health and its jobs.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.db import Error
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)

Question = Callable[[datetime], Iterable[Metric]]

PREFIX = "gymtastic"
# Set by gunicorn's workers, which count together in this folder.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

QUESTIONS: dict[str, Question] = {}

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "requests",
    "Requests answered.",
    ["route", "method", "status"],
    namespace=PREFIX,
    registry=REGISTRY,
)
SECONDS = Histogram(
    "request_seconds",
    "How long requests took.",
    ["route", "method"],
    namespace=PREFIX,
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
QUERIES = Counter(
    "request_queries",
    "SQL statements that requests sent.",
    ["route", "method"],
    namespace=PREFIX,
    registry=REGISTRY,
)
QUERY_SECONDS = Counter(
    "request_query_seconds",
    "How long requests waited for their SQL statements.",
    ["route", "method"],
    namespace=PREFIX,
    registry=REGISTRY,
)


def counter(name: str, about: str, labels: Iterable[str] = ()) -> Counter:
    """Make a counter of an app's own."""
    return Counter(name, about, labels, namespace=PREFIX, registry=REGISTRY)


def exposition(at: datetime) -> bytes:
    """Tell everything that is counted, in Prometheus' text format."""
    counted = REGISTRY
    if FOLDER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    asked = CollectorRegistry()
    asked.register(_Asking(at))
    return generate_latest(counted) + generate_latest(asked)


class _Asking(Collector):
    def __init__(self, at: datetime) -> None:
        self._at = at

    def describe(self) -> list[Metric]:
        # Else a registry would ask to find out what there will be.
        return []

    def collect(self) -> Iterator[Metric]:
        for name, question in QUESTIONS.items():
            try:
                yield from list(question(self._at))
            except Error:
                # The counters are wanted most when the database is in trouble.
                logger.exception("The database did not tell the metrics of %s.", name)
