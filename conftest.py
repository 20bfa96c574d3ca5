from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--race-rounds",
        type=int,
        default=3,
        help="How often each race is run; the README's test command runs each 30 times.",
    )


@pytest.fixture
def race_rounds(request: pytest.FixtureRequest) -> int:
    return request.config.getoption("--race-rounds")


@pytest.fixture
def api(db: None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    return client


@pytest.fixture
def queries_in() -> Callable[[Callable[[], Any]], int]:
    """Count the SQL statements that a call sends."""

    def count(call: Callable[[], Any]) -> int:
        # Django remembers content types for as long as the process lives.
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture
def berlin(settings: Any) -> None:
    """Run the gym in a zone with daylight saving time."""
    settings.TIME_ZONE = "Europe/Berlin"
