import pytest

from tests.smtp_server import serving_mail


@pytest.fixture
def mail_server(settings):
    with serving_mail(settings) as server:
        yield server
