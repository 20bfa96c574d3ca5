"""The schedule: a week's page of 100 sessions with the count, and the same for one customer."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from benchmarks.filling import rows_of
from benchmarks.load import Request, ask_once
from benchmarks.measuring import Rival
from benchmarks.servers import Server

PATH = "/api/class_sessions"
PAGE_SIZE = 100
# So many weeks take turns, the present one and those around it.
WEEKS = (-1, 0, 1)


def rivals(servers: Mapping[str, Server], address: str, requests: int) -> list[Rival]:
    """Give the rivals; the slow one gets fewer requests, which is as exact in less time."""
    customers = _customers(address)
    weeks = [page_of(week) for week in WEEKS]
    _must_answer_alike(servers, weeks)

    def page(many: int) -> list[Request]:
        return [weeks[number % len(weeks)] for number in range(many)]

    def for_customers(number: int) -> list[Request]:
        return [
            page_of(WEEKS[place % len(WEEKS)], customers[place % len(customers)])
            for place in range(requests)
        ]

    return [
        Rival("Gymtastic", servers["Gymtastic"], lambda _: page(requests)),
        Rival("limit", servers["limit"], lambda _: page(2 * requests)),
        Rival("plain", servers["plain"], lambda _: page(requests // 4)),
        Rival("for_customer", servers["Gymtastic"], for_customers),
    ]


def page_of(week: int, customer: int | None = None) -> Request:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = today + timedelta(weeks=week)
    query = {
        "page_size": PAGE_SIZE,
        "starts_at_after": begins.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "starts_at_before": (begins + timedelta(weeks=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if customer is not None:
        query["for_customer"] = customer
    return Request("GET", f"{PATH}?{urlencode(query)}")


def _customers(address: str) -> list[int]:
    """Find customers who have booked something in one of the weeks."""
    return [
        customer
        for (customer,) in rows_of(
            address,
            "SELECT DISTINCT customer_id FROM bookings_booking"
            " WHERE occupied_day BETWEEN current_date AND current_date + 6"
            " ORDER BY customer_id LIMIT 50",
        )
    ]


def _must_answer_alike(servers: Mapping[str, Server], pages: list[Request]) -> None:
    for page in pages:
        answers = {name: ask_once(server.port, page) for name, server in servers.items()}
        for name, answer in answers.items():
            assert answer.status == 200, f"{name} answers {answer.status}: {answer.body!r}"
        bodies = {name: json.loads(answer.body) for name, answer in answers.items()}
        reference = bodies.pop("Gymtastic")
        assert len(reference["results"]) == PAGE_SIZE < reference["count"], reference["count"]
        for name, body in bodies.items():
            assert body == reference, f"{name} answers another schedule."
