from functools import cache

from django.contrib.admindocs.views import simplify_regex
from django.http import HttpRequest

NOWHERE = "none"


def route_of(request: HttpRequest) -> str:
    """
    Name the address that was asked for, with `<pk>` for what differs: one of those in the URLs.

    Paths hold ids and the calendars' secret tokens, and there is no end to them.
    """
    match = request.resolver_match
    return NOWHERE if match is None else _as_words(match.route)


@cache
def _as_words(route: str) -> str:
    return simplify_regex(route).replace("\\", "").rstrip("/") or "/"
