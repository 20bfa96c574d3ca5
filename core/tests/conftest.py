import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from core.tests.operations import MODELS


@pytest.fixture
def api(api: APIClient) -> APIClient:
    """Begin with none of the exercises that are there from the start: they fill a page."""
    exercises = MODELS["/api/exercises"].objects.all()
    # Without looking for what refers to each: nothing does, and most tests ask for this.
    exercises._raw_delete(exercises.db)
    return api


@pytest.fixture
def statements_of() -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the SQL statements that a block sends."""

    @contextmanager
    def capture() -> Iterator[list[str]]:
        statements: list[str] = []
        with CaptureQueriesContext(connection) as captured:
            yield statements
        statements += [query["sql"] for query in captured]

    return capture


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six tries wait for up to a second in all; here nobody is met who would have to be let by."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
