import gc
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from hypothesis import settings as hypothesis
from rest_framework.test import APIClient

# Whatever the shell exports: tests say themselves what differs. Only the database is the shell's.
PINNED = {
    "TIME_ZONE": "UTC",
    "API_OPEN": True,
    "API_REQUESTS_PER_MINUTE": 6000,
    "LATE_CANCEL_FREES_THE_DAY": False,
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
}


def pytest_configure(config: pytest.Config) -> None:
    # Django has read its settings by now, so they are changed and not the environment.
    override_settings(**PINNED).enable()
    # A line for each request, in each test's report: a seventh of what a refused request costs.
    logging.getLogger("core.observing").setLevel(logging.WARNING)
    # What does not say how many examples it wants gets so many for each round.
    hypothesis.register_profile("rounds", max_examples=50 * config.option.race_rounds)
    hypothesis.load_profile("rounds")


def pytest_collection_finish() -> None:
    # What is loaded by now stays: looking through it for garbage took a sixth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Share out the whole suite; a few chosen tests start at once, and in this process."""
    are_chosen = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    is_watched = config.option.capture == "no"
    if are_chosen or is_watched or config.option.keyword or config.option.collectonly:
        return 0
    return None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--race-rounds",
        type=int,
        default=1,
        help="How often each race is run, and how many examples are tried; `./gym test`: 3.",
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
