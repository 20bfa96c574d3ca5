import pytest
from pytest_django import DjangoDbBlocker

from gymtastic.tests.demo import genfixtures, start_over


@pytest.fixture(scope="package")
def made_for_all(django_db_setup: None, django_db_blocker: DjangoDbBlocker):
    with django_db_blocker.unblock():
        genfixtures()
        yield
        start_over()


@pytest.fixture
def made(made_for_all: None, db: None) -> None:
    """
    Have the demo data of one run around `AT`.

    It is committed, and made once: what a test does with it is undone after that test.
    """


@pytest.fixture(autouse=True)
def nothing_but_what_is_asked_for(request: pytest.FixtureRequest, db: None) -> None:
    if "made" not in request.fixturenames:
        start_over()
