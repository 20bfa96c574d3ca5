import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = 60


class PerKeyThrottle(BaseThrottle):
    """
    So many requests per key and minute; the next is a 429 that says when to come back.

    Counted in the cache: across processes with Redis, else per process.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.auth is None:
            return True
        name = f"requests:{request.auth.pk}:{int(time.time()) // WINDOW}"
        cache.add(name, 0, timeout=2 * WINDOW)
        return cache.incr(name) <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW
