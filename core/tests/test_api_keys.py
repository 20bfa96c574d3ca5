"""A closed API: who may come in, and how often."""

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import ApiKey
from core.tests.operations import ADDRESSES, OPERATIONS, Broken, every_row, filled_in, make
from core.tokens import digest_of

SECRET_NAME = "Mustermann"


@pytest.fixture(autouse=True)
def uncounted():
    cache.clear()


def with_key(key):
    client = APIClient(raise_request_exception=False)
    client.default_format = "json"
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


@pytest.fixture
def closed(api, settings):
    """A customer in a closed API."""
    customer = make(api, "/api/customers", last_name=SECRET_NAME)
    settings.API_OPEN = False
    return customer


def only_error(response):
    [error] = response.json()["errors"]
    assert (response.json()["type"], error["attr"], error["facts"]) == ("client_error", None, {})
    assert SECRET_NAME not in response.content.decode()
    return response.status_code, error["code"]


def test_without_a_key_nothing_of_a_closed_api_is_told(api, settings):
    paths, broken = filled_in(api, [one.address for one in OPERATIONS]), Broken()
    settings.API_OPEN = False

    for operation in OPERATIONS:
        with broken.by(operation):
            response = getattr(api, operation.method)(paths[operation.address], {})

            assert only_error(response) == (401, "not_authenticated")
            assert response["WWW-Authenticate"] == "Bearer"

    assert not broken, str(broken)


@pytest.mark.parametrize("address", ["/api", "/api/nothing", "/api/schema", "/api/docs"])
def test_the_rest_of_a_closed_api_is_closed_too(api, closed, address):
    response = api.get(address)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("address", ["/healthz", "/healthz/", "/readyz", "/readyz/"])
def test_health_is_told_to_anybody(api, closed, address):
    assert api.get(address).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Bearer", id="no key"),
        pytest.param("Bearer ", id="a blank key"),
        pytest.param("Bearer wrong", id="a wrong key"),
        pytest.param("bearer wrong key", id="two words"),
        pytest.param("Bearer \xff\xfe", id="no text"),
        pytest.param("Bearer " + "a" * 10_000, id="a very long key"),
        pytest.param("Basic YTpi", id="another scheme"),
        pytest.param("", id="an empty header"),
        pytest.param("Bearer\x00", id="a NUL byte"),
    ],
)
def test_a_wrong_key_is_a_401(api, closed, header):
    response = api.get(f"/api/customers/{closed['id']}", HTTP_AUTHORIZATION=header)

    assert only_error(response)[0] == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_wrong_key_is_a_401_where_none_is_needed(api):
    assert only_error(with_key("wrong").get("/api/customers")) == (401, "authentication_failed")


def test_a_key_opens_a_closed_api(closed):
    _, key = ApiKey.issue(name="App")

    response = with_key(key).get(f"/api/customers/{closed['id']}")

    assert (response.status_code, response.json()) == (200, closed)
    assert with_key(key).post("/api/class_types", {"name": "Yoga"}).status_code == 201


def test_the_prefix_and_the_hash_of_a_key_open_nothing(closed):
    made, key = ApiKey.issue(name="App")

    for guess in (made.prefix, made.digest, key[:-1], key.swapcase(), f"{key}x"):
        assert only_error(with_key(guess).get("/api/customers")) == (401, "authentication_failed")


@pytest.mark.django_db
def test_a_key_is_stored_as_a_hash_only():
    made, key = ApiKey.issue(name="App")

    stored = ApiKey.objects.filter(pk=made.pk).values_list().get()

    assert key not in [str(value) for value in stored]
    assert made.digest == digest_of(key)
    assert len(key) == 43


def test_a_revoked_key_is_a_401(closed):
    made, key = ApiKey.issue(name="App")
    ApiKey.objects.filter(pk=made.pk).update(revoked_at=timezone.now())

    response = with_key(key).get(f"/api/customers/{closed['id']}")

    assert only_error(response) == (401, "authentication_failed")


def test_a_read_only_key_reads_and_never_writes(api, settings):
    paths, broken = filled_in(api, [one.address for one in OPERATIONS]), Broken()
    settings.API_OPEN = False
    _, key = ApiKey.issue(name="Screen", is_read_only=True)
    client, before = with_key(key), every_row()

    for operation in OPERATIONS:
        with broken.by(operation):
            response = getattr(client, operation.method)(paths[operation.address], {})

            if operation.method == "get":
                assert response.status_code in {200, 400}
            else:
                assert only_error(response) == (403, "permission_denied")
                assert every_row() == before
    for address, path in paths.items():
        with broken.by(f"options {address}"):
            assert client.options(path).status_code == 200

    assert not broken, str(broken)


def test_a_read_only_key_writes_nothing_in_an_open_api(api):
    _, key = ApiKey.issue(name="Screen", is_read_only=True)

    response = with_key(key).post("/api/class_types", {"name": "Yoga"})

    assert only_error(response) == (403, "permission_denied")
    assert api.get("/api/class_types").json()["count"] == 0


def test_who_may_not_write_is_not_told_what_exists(closed):
    _, key = ApiKey.issue(name="Screen", is_read_only=True)

    there = with_key(key).delete(f"/api/customers/{closed['id']}")
    not_there = with_key(key).delete("/api/customers/999999")

    assert (there.status_code, there.content) == (not_there.status_code, not_there.content)
    assert there.status_code == 403


@time_machine.travel("2030-05-14T18:00:15Z", tick=False)
def test_a_key_has_so_many_requests_a_minute(closed, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    _, key = ApiKey.issue(name="App")
    _, other = ApiKey.issue(name="Other app")

    answers = [with_key(key).get(f"/api/customers/{closed['id']}") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert only_error(answers[3]) == (429, "throttled")
    assert answers[3]["Retry-After"] == "45"
    assert with_key(other).get("/api/customers").status_code == 200


def test_the_next_minute_begins_anew(closed, settings):
    settings.API_REQUESTS_PER_MINUTE = 1
    _, key = ApiKey.issue(name="App")

    with time_machine.travel("2030-05-14T18:00:59Z", tick=False):
        first = [with_key(key).get("/api/customers").status_code for _ in range(2)]
    with time_machine.travel("2030-05-14T18:01:00Z", tick=False):
        second = with_key(key).get("/api/customers").status_code

    assert (first, second) == ([200, 429], 200)


def test_an_open_api_is_not_limited_without_a_key(api, settings):
    settings.API_REQUESTS_PER_MINUTE = 1

    assert [api.get("/api/customers").status_code for _ in range(3)] == [200, 200, 200]


def test_every_address_is_open_in_an_open_api(api):
    broken = Broken()

    for address, path in filled_in(api, ADDRESSES).items():
        with broken.by(address):
            assert api.options(path).status_code == 200

    assert not broken, str(broken)
