"""
Booking: requests spread over many sessions, and all of a round at one session.

Every rival has its own copy of the database and gets the same requests, so in the end
their rows must be the same. A last rush, at sessions with too few spots, proves that
nobody overbooks.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.filling import rows_of
from benchmarks.load import Request, ask_once
from benchmarks.measuring import Rival, send
from benchmarks.servers import Server

PATH = "/api/bookings"
RUSHES = 3
RUSHING = 60
CONNECTIONS_IN_A_RUSH = 16
ROOMY = 5_000
OF_THE_MOMENT = {"id", "created_at", "updated_at"}

# Within everybody's booking window, and with room for what the rounds add.
OPEN_SESSIONS = """
SELECT session.id, session.capacity - booked_count AS free
FROM classes_classsession session JOIN classes_classtype kind ON kind.id = class_type_id
WHERE starts_at >= current_date + 1 AND starts_at < current_date + 13
  AND status = 'scheduled' AND NOT is_premium AND session.capacity > booked_count
ORDER BY session.id
"""
# In no order that the index on customers would like.
FREE_CUSTOMERS = """
SELECT id FROM customers_customer WHERE id NOT IN (
    SELECT customer_id FROM bookings_booking WHERE occupied_day >= current_date)
ORDER BY id %% 997, id
"""


@dataclass(frozen=True)
class Plan:
    """Who books what. No customer books twice, so every request of a round succeeds."""

    probe: Request
    spread: list[list[Request]]
    at_one: list[list[Request]]
    rushes: list[list[Request]]
    last_booking: int


def plan(address: str, rounds: int, requests: int) -> Plan:
    """Choose sessions and customers, and make room where a whole round goes to one session."""
    open_sessions = rows_of(address, OPEN_SESSIONS)
    customers = iter([customer for (customer,) in rows_of(address, FREE_CUSTOMERS)])
    crowded = [session for session, _ in open_sessions[:: len(open_sessions) // (rounds + 1)]]
    rushed = [session for session, free in open_sessions if session not in crowded and free == 9]
    quiet = [
        session
        for place in range(8)
        for session, free in open_sessions
        if free > place and session not in crowded and session not in rushed
    ]
    rows_of(
        address,
        "UPDATE classes_classsession SET capacity = %s WHERE id = ANY(%s) RETURNING id",
        ROOMY,
        crowded,
    )

    def book(session: int) -> Request:
        return Request("POST", PATH, {"customer": next(customers), "class_session": session})

    turns = iter(quiet)
    return Plan(
        probe=book(next(turns)),
        spread=[[book(next(turns)) for _ in range(requests)] for _ in range(rounds + 1)],
        at_one=[[book(session) for _ in range(requests)] for session in crowded[: rounds + 1]],
        rushes=[[book(session) for _ in range(RUSHING)] for session in rushed[:RUSHES]],
        last_booking=rows_of(address, "SELECT max(id) FROM bookings_booking")[0][0],
    )


def rivals(servers: Mapping[str, Server], rounds: list[list[Request]]) -> list[Rival]:
    return [Rival(name, server, rounds.__getitem__, status=201) for name, server in servers.items()]


def must_answer_alike(servers: Mapping[str, Server], probe: Request) -> None:
    bodies = {}
    for name, server in servers.items():
        answer = ask_once(server.port, probe)
        assert answer.status == 201, f"{name} answers {answer.status}: {answer.body!r}"
        bodies[name] = json.loads(answer.body)
    reference = bodies["Gymtastic"]
    for name, body in bodies.items():
        assert list(body) == list(reference), f"{name} answers other fields."
        assert _lasting(body) == _lasting(reference), f"{name} answers another booking."


def _lasting(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in OF_THE_MOMENT}


def must_have_written_alike(addresses: Mapping[str, str], plan: Plan) -> None:
    wrote = {
        name: rows_of(
            address,
            "SELECT customer_id, class_session_id, status, occupied_day, cutoff_at, cancelled_at,"
            " cancelled_by, created_at = updated_at FROM bookings_booking WHERE id > %s"
            " ORDER BY customer_id",
            plan.last_booking,
        )
        for name, address in addresses.items()
    }
    asked = 1 + sum(len(each) for each in (*plan.spread, *plan.at_one))
    for name, rows in wrote.items():
        assert len(rows) == asked, f"{name} wrote {len(rows)} bookings instead of {asked}."
        assert rows == wrote["Gymtastic"], f"{name} wrote other rows."


def rush(servers: Mapping[str, Server], addresses: Mapping[str, str], plan: Plan) -> int:
    """Send more than there are spots, all at once; give how many were refused in all."""
    refused = 0
    for name, server in servers.items():
        for requests in plan.rushes:
            assert requests[0].body is not None
            session = requests[0].body["class_session"]
            free = rows_of(
                addresses[name],
                "SELECT capacity - count(booking.id) FROM classes_classsession session"
                " LEFT JOIN bookings_booking booking ON class_session_id = session.id AND"
                " booking.status IN ('booked', 'attended', 'no_show')"
                " WHERE session.id = %s GROUP BY session.id",
                session,
            )[0][0]
            statuses = send(server, requests, CONNECTIONS_IN_A_RUSH)["statuses"]
            expected = {"201": free, "409": RUSHING - free}
            assert statuses == expected, f"{name} answered {statuses} instead of {expected}."
            refused += RUSHING - free
    return refused


def must_not_be_overbooked(addresses: Mapping[str, str]) -> None:
    for name, address in addresses.items():
        overbooked, miscounted = rows_of(
            address,
            "SELECT count(*) FILTER (WHERE live > capacity),"
            " count(*) FILTER (WHERE live <> booked_count) FROM ("
            "   SELECT capacity, booked_count, (SELECT count(*) FROM bookings_booking booking"
            "     WHERE class_session_id = session.id"
            "     AND booking.status IN ('booked', 'attended', 'no_show')) AS live"
            "   FROM classes_classsession session) counted",
        )[0]
        assert not overbooked, f"{name} overbooked {overbooked} sessions."
        # The plain rival counts rows each time and keeps no counter.
        assert not miscounted or name == "plain", f"{name} miscounted {miscounted} sessions."
