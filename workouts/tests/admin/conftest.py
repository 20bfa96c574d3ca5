import pytest
from django.contrib.auth.models import Permission


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture
def viewer(client, django_user_model):
    """Give a function that logs somebody in who may do only what is named."""

    def log_in(*may):
        user = django_user_model.objects.create(username="guest", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=may))
        client.force_login(user)
        return client

    return log_in
