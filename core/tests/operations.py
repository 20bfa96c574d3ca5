"""
Every address and operation of the API, read off the URLs themselves.

So a new resource is held to the API's conventions from its first day; all it has to add is
a way of making one of it, in `BODIES`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

METHODS = {"get", "post", "put", "patch", "delete"}


class Operation(NamedTuple):
    method: str
    address: str
    action: str
    view: type[Any]


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield address, pattern
        else:
            yield from _routes(pattern.url_patterns, address)


def _operations() -> Iterator[Operation]:
    for route, pattern in _routes(get_resolver().url_patterns):
        view = getattr(pattern.callback, "cls", None)
        if not route.startswith("api/") or view is None or view.schema is None:
            continue
        address = re.sub(r"\(\?P<pk>[^)]*\)", "{id}", "/" + route.replace("^", ""))
        address = address.removesuffix("$").removesuffix("/?")
        actions = getattr(pattern.callback, "actions", None) or {
            method: method for method in METHODS if hasattr(view, method)
        }
        for method, action in sorted(actions.items()):
            if method in METHODS:
                yield Operation(method, address, action, view)


OPERATIONS = [one for one in _operations() if not one.address.endswith(("schema", "docs"))]
ADDRESSES = sorted({one.address for one in OPERATIONS if one.address != "/api/"})
LISTS = [one.address for one in OPERATIONS if one.action == "list"]
MODELS = {one.address: one.view.queryset.model for one in OPERATIONS if one.action == "list"}
CREATED = [one.address for one in OPERATIONS if one.action == "create"]
EDITED = [
    address
    for address in LISTS
    if any(one.method == "patch" and one.address == f"{address}/{{id}}" for one in OPERATIONS)
]
DELETED = [
    address
    for address in LISTS
    if any(one.action == "destroy" and one.address == f"{address}/{{id}}" for one in OPERATIONS)
]
CATALOGUES = [
    address
    for address in DELETED
    if any(one.action == "update" and one.address == f"{address}/{{id}}" for one in OPERATIONS)
]


def as_words(value: Any) -> str:
    """Name a test after what it is about."""
    if isinstance(value, Operation):
        return f"{value.method} {as_words(value.address)}"
    if isinstance(value, set):
        # Two processes that share the tests must call them alike.
        return " and ".join(sorted(value))
    return value.removeprefix("/api/").replace("_", " ") if isinstance(value, str) else repr(value)


def key_of(address: str) -> str:
    """Name the field of a row that stands in its own address."""
    return KEYS.get(address.split("/{id}", maxsplit=1)[0], "id")


def make(api: APIClient, address: str, **changes: Any) -> dict[str, Any]:
    """Make one through the API, with everything that it needs; `changes` where it is created."""
    if address in MADE_BY:
        make(api, MADE_BY[address](api))
        newest = MODELS[address].objects.latest("pk").pk
        return api.get(f"{address}/{newest}").json()
    number = MODELS[address].objects.count()
    response = api.post(address, BODIES[address](api, number) | changes)
    assert response.status_code == 201, response.content
    return as_read(address, response.json())


def as_read(address: str, written: dict[str, Any]) -> dict[str, Any]:
    """Leave out what only the answer to writing tells."""
    told_once = TOLD_ONCE.get(address, ())
    return {name: value for name, value in written.items() if name not in told_once}


def filled_in(api: APIClient, addresses: Iterable[str]) -> dict[str, str]:
    """Put ids into addresses: of each resource one is made, and stands in all its addresses."""
    ids: dict[str, str] = {}
    paths = {}
    for address in addresses:
        resource, *below = address.split("/{id}")
        if below and resource not in ids:
            ids[resource] = str(make(api, resource)[key_of(resource)])
        paths[address] = address.replace("{id}", ids.get(resource, ""))
    return paths


@contextmanager
def taken_back() -> Iterator[None]:
    """Leave the rows as they were, whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Broken(list[str]):
    """
    The cases that break a rule, each with how: none keeps the next from being tried.

    All are tried on the same rows: what one writes is taken back.
    """

    @contextmanager
    def by(self, case: Any) -> Iterator[None]:
        try:
            with taken_back():
                yield
        except Exception as reason:  # noqa: BLE001 (whatever it is, the test tells it in the end)
            self.append(f"{as_words(case)}: {type(reason).__name__}: {reason}")

    def __str__(self) -> str:
        return "\n\n".join(self)


def every_row() -> dict[str, list[tuple[Any, ...]]]:
    """Read all that there is, past the API: equal before and after, nothing was written."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            # By the ORM this took a fifth of the time of the tests that ask for it.
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 (names of ours)
            found[model._meta.label] = cursor.fetchall()
    return found


def _tomorrow(number: int) -> str:
    return _from_now(timedelta(days=1, hours=number))


def _from_now(distance: timedelta) -> str:
    return (timezone.now() + distance).isoformat().replace("+00:00", "Z")


def _everything_is_a_milestone(api: APIClient) -> str:
    if not MODELS["/api/milestones"].objects.filter(session_count=1).exists():
        make(api, "/api/milestones", session_count=1)
    return "/api/bookings"


# What is one with something else, whose id it has.
KEYS = {"/api/follow_ups": "customer"}

# What the answers to POST and PUT tell beside what can be read.
TOLD_ONCE = {"/api/workouts": ("new_records",)}

# What nobody creates: it comes with something else, whose address is given.
MADE_BY: dict[str, Callable[[APIClient], str]] = {
    "/api/follow_ups": lambda api: "/api/customers",
    "/api/milestone_awards": _everything_is_a_milestone,
    "/api/notifications": _everything_is_a_milestone,
}

BODIES: dict[str, Callable[[APIClient, int], dict[str, Any]]] = {
    "/api/customers": lambda api, number: {
        "first_name": "Anna",
        "last_name": "Schmidt",
        "email": f"anna.{number}@example.org",
    },
    "/api/segments": lambda api, number: {"name": f"Segment {number}"},
    "/api/class_types": lambda api, number: {"name": "Yoga"},
    "/api/class_sessions": lambda api, number: {
        "class_type": make(api, "/api/class_types")["id"],
        "starts_at": _tomorrow(number),
    },
    "/api/bookings": lambda api, number: {
        "customer": make(api, "/api/customers")["id"],
        "class_session": make(api, "/api/class_sessions")["id"],
    },
    "/api/booking_windows": lambda api, number: {
        "segment": make(api, "/api/segments")["id"],
        "opens_before": 7,
        "unit": "days",
    },
    "/api/membership_plans": lambda api, number: {
        "name": f"Plan {number}",
        "class_types": [make(api, "/api/class_types", is_premium=True)["id"]],
        "interval_count": 1,
        "interval_unit": "month",
    },
    "/api/memberships": lambda api, number: {
        "customer": make(api, "/api/customers")["id"],
        "plan": make(api, "/api/membership_plans")["id"],
    },
    "/api/milestones": lambda api, number: {
        "name": f"Milestone {number}",
        "session_count": 10,
        "interval_count": 1,
        "interval_unit": "month",
    },
    "/api/venues": lambda api, number: {
        "name": f"Venue {number}",
        "latitude": 52.5,
        "longitude": 13.4,
    },
    "/api/benefits": lambda api, number: {
        "venue": make(api, "/api/venues")["id"],
        "title": f"Benefit {number}",
        "recurrence": "day",
    },
    "/api/benefit_usages": lambda api, number: {
        "person": make(api, "/api/customers")["id"],
        "benefit": make(api, "/api/benefits")["id"],
    },
    "/api/products": lambda api, number: {
        "venue": make(api, "/api/venues")["id"],
        "name": f"Product {number}",
        "regular_price": "9.90",
    },
    "/api/flash_promos": lambda api, number: {
        "product": make(api, "/api/products")["id"],
        "promo_price": "4.90",
        "starts_at": _from_now(timedelta(hours=-1)),
        "ends_at": _tomorrow(number),
        "segments": [make(api, "/api/segments", rule="new_customers", rule_days=1)["id"]],
    },
    "/api/promo_reservations": lambda api, number: {
        "promo": make(api, "/api/flash_promos")["id"],
        "customer": make(api, "/api/customers", latitude=52.5, longitude=13.4)["id"],
    },
    "/api/agreements": lambda api, number: {"customer": make(api, "/api/customers")["id"]},
    "/api/exercises": lambda api, number: {
        "name": f"Exercise {number}",
        "equipment": "dumbbell",
        "kind": "strength",
    },
    "/api/workouts": lambda api, number: {
        "client_id": f"00000000-0000-4000-8000-{number:012}",
        "customer": make(api, "/api/customers")["id"],
        "started_at": _from_now(-timedelta(hours=number + 2)),
        "ended_at": _from_now(-timedelta(hours=number + 1)),
        "entries": [
            {
                "exercise": make(api, "/api/exercises")["id"],
                "sets": [{"reps": 5, "weight_kg": 82.5}, {"reps": 8, "weight_kg": 60}],
            }
        ],
    },
    "/api/waitlist_entries": lambda api, number: {
        "customer": make(api, "/api/customers")["id"],
        "class_session": make(api, "/api/class_sessions", capacity=0)["id"],
    },
}
