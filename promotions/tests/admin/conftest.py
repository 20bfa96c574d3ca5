import pytest
import time_machine

from promotions.tests.factories import NOON


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
