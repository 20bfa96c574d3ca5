"""API keys in the admin: shown once, revoked, never deleted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from core.models import ApiKey
from core.tokens import digest_of

pytestmark = pytest.mark.django_db

KEYS = "/admin/core/apikey/"


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(
        username="desk", password="a hash", is_staff=True, is_superuser=True
    )


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(admin_client):
    answer = admin_client.post(KEYS + "add/", {"name": "Kiosk", "is_read_only": "on"}, follow=True)

    made = ApiKey.objects.get()
    key = said_in(answer)[0].split("<code>")[1].split("</code>")[0]
    assert digest_of(key) == made.digest
    assert (made.name, made.is_read_only, made.revoked_at) == ("Kiosk", True, None)
    assert key in answer.content.decode()
    pages = (KEYS, f"{KEYS}{made.pk}/change/", f"{KEYS}{made.pk}/history/")
    assert not [url for url in pages if key in admin_client.get(url).content.decode()]
    logged = LogEntry.objects.get()
    assert key not in f"{logged.change_message}{logged.object_repr}"


def test_a_key_cannot_be_made_twice_under_one_name(admin_client):
    ApiKey.issue(name="Kiosk")

    answer = admin_client.post(KEYS + "add/", {"name": "Kiosk"})

    assert answer.status_code == 200
    assert answer.context["errors"] == [["API key with this Name already exists."]]
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_stays_in_the_list_and_keeps_its_time(admin_client):
    key, _ = ApiKey.issue(name="Kiosk")
    change = f"{KEYS}{key.pk}/change/"

    admin_client.post(change, {"name": "Kiosk", "core_apikey_revoke": "1"})
    first = ApiKey.objects.get().revoked_at
    admin_client.post(change, {"name": "Kiosk", "core_apikey_revoke": "1"})

    assert first is not None
    assert ApiKey.objects.get().revoked_at == first
    assert "core_apikey_revoke" not in admin_client.get(change).content.decode()
    assert LogEntry.objects.first().change_message == "Revoked."


def test_several_keys_are_revoked_at_once(admin_client):
    keys = [ApiKey.issue(name=name)[0] for name in ("Kiosk", "Phone app")]
    ApiKey.issue(name="Door")
    body = {"action": "revoke_chosen", "_selected_action": [key.pk for key in keys]}

    answer = admin_client.post(KEYS, body, follow=True)

    assert said_in(answer) == ["2 revoked."]
    valid = ApiKey.objects.filter(revoked_at__isnull=True)
    assert [key.name for key in valid] == ["Door"]


def test_a_key_is_never_deleted(admin_client):
    key, _ = ApiKey.issue(name="Kiosk")

    answer = admin_client.post(f"{KEYS}{key.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert ApiKey.objects.count() == 1
