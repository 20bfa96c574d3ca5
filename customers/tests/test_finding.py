"""Finding customers by what one knows of them."""

import pytest

from core.tests.operations import make


def test_an_email_is_found_in_any_case_and_only_whole(api):
    make(api, "/api/customers", email="Anna@example.org")

    assert api.get("/api/customers", {"email": "ANNA@EXAMPLE.org"}).json()["count"] == 1
    assert api.get("/api/customers", {"email": "anna@example"}).json()["count"] == 0
    assert api.get("/api/customers", {"email": "%"}).json()["count"] == 0


@pytest.mark.parametrize(
    ("search", "count"),
    [
        pytest.param("anna", 1, id="a first name in any case"),
        pytest.param("anna schmidt", 1, id="two words, each somewhere"),
        pytest.param("anna meier", 0, id="a word that is nowhere"),
        pytest.param("example.org", 1, id="a part of the e-mail"),
        pytest.param("%", 0, id="a sign that SQL reads as anything"),
        pytest.param("_", 0, id="a sign that SQL reads as any letter"),
        pytest.param("'", 0, id="a quote"),
        pytest.param("a" * 100, 0, id="100 characters"),
        pytest.param("a n n a s c h m", 1, id="eight words"),
    ],
)
def test_search_goes_over_names_and_email(api, search, count):
    make(api, "/api/customers", first_name="Anna", last_name="Schmidt", email="a@example.org")

    assert api.get("/api/customers", {"search": search}).json()["count"] == count
