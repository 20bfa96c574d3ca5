import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

WINDOW = 60


class PerKeyThrottle(BaseThrottle):
    """
    So many requests per key and minute; the next is a 429 that says when to come back.

    Counted in the cache: across processes with Redis, else per process. While Redis is away
    nobody is counted, so nobody is turned away either.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.auth is None:
            return True
        name = f"requests:{request.auth.pk}:{int(time.time()) // WINDOW}"
        try:
            cache.add(name, 0, timeout=2 * WINDOW)
            return bool(cache.incr(name) <= settings.API_REQUESTS_PER_MINUTE)
        except (RedisError, ValueError) as error:
            # ValueError: the cache made room by dropping the counter.
            logger.warning("requests are not counted: %s", error)
            return True

    def wait(self) -> float:
        return WINDOW - time.time() % WINDOW
