import pytest
import time_machine

from promotions.services import announcing
from promotions.tests.factories import NOON


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def two_at_once(monkeypatch):
    monkeypatch.setattr(announcing, "TOLD_AT_ONCE", 2)
