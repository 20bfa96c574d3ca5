import json

import pytest
from django.db import OperationalError, connection


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_living_process_says_so_without_asking_the_database(client, method):
    response = getattr(client, method)("/healthz")

    assert response.status_code == 200


@pytest.mark.django_db
def test_a_process_with_a_migrated_database_is_ready(client):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["status"] == "ready"


@pytest.mark.django_db
def test_a_missing_migration_is_a_503_that_names_it(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'customers'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "migrations" in json.dumps(response.json()["failing"])


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_a_503_that_names_it(client):
    def gone(*args):
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(gone):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert "database" in json.dumps(response.json()["failing"])
