from datetime import timedelta

import pytest
import time_machine

from classes.tests.factories import TUESDAY_18


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def clock():
    """It is the day before; whoever logs in does so then."""
    with time_machine.travel(TUESDAY_18 - timedelta(days=1), tick=False) as clock:
        yield clock
