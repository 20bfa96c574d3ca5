import pytest
import time_machine

from workouts.tests.factories import NOON


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield
