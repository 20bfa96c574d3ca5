from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.models import ApiKey
from core.tokens import digest_of

if TYPE_CHECKING:
    # DRF imports this module while it is still building its views.
    from rest_framework.views import APIView


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`. A wrong or revoked key is a 401, also where none is needed."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        scheme, _, key = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        digest = digest_of(key.strip().decode("latin-1"))
        found = ApiKey.objects.filter(digest=digest, revoked_at__isnull=True).first()
        if found is None:
            raise AuthenticationFailed("This API key is not valid.")
        return found, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class OpenOrWithKey(BasePermission):
    """Everything is allowed where the API is open; else a key is needed, to write a full one."""

    message = "This API key may only read."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        key = request.auth
        if key is None:
            return bool(settings.API_OPEN)
        assert isinstance(key, ApiKey)
        return not key.is_read_only or request.method in SAFE_METHODS
