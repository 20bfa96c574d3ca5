"""
Many who change data at once: so many connections, each with a thread and a database connection of
its own, at different things and all at the same.
"""

from collections.abc import Sequence
from statistics import median

from benchmarks import booking, report
from benchmarks.filling import rows_of
from benchmarks.load import Request
from benchmarks.measuring import say, send
from benchmarks.servers import Server, serving

APPLICATION = "gymtastic.wsgi:application"
CONNECTIONS = 64
HEADINGS = ("path", "requests", "answers", "seconds", "requests/s", "latency ms", "longest")
BOOKINGS = 640
EDITS = 640
PLACES = 200

OPEN = """
UPDATE classes_classsession session SET capacity = booked_count + %s FROM classes_classtype kind
WHERE kind.id = class_type_id AND NOT is_premium AND status = 'scheduled'
  AND starts_at >= current_date + 4 AND starts_at < current_date + 10 RETURNING session.id
"""
FREE = """
SELECT customer_id FROM followups_followup WHERE NOT watches_bookings AND customer_id NOT IN (
    SELECT customer_id FROM bookings_booking WHERE occupied_day >= current_date)
ORDER BY customer_id %% 991 DESC, customer_id LIMIT %s
"""
AGREEMENTS = """
SELECT min(id), customer_id FROM followups_agreement WHERE NOT is_trial AND status = 'active'
GROUP BY customer_id ORDER BY customer_id %% 983, customer_id LIMIT %s
"""


def run(address: str) -> report.Table:
    say(f"{CONNECTIONS} at once")
    free = iter([pk for (pk,) in rows_of(address, FREE, 3 * BOOKINGS)])
    sessions = [pk for (pk,) in rows_of(address, OPEN, PLACES)]
    agreements = [pk for pk, _ in rows_of(address, AGREEMENTS, EDITS)]

    def book(session: int) -> Request:
        return Request("POST", booking.PATH, {"customer": next(free), "class_session": session})

    def owe(place: int, agreement: int) -> Request:
        # Every other edit changes the status, and the next one changes it back.
        body = {"past_due_balance": f"{place % 2 * 19.90:.2f}"}
        return Request("PATCH", f"/api/agreements/{agreement}", body)

    roomy = sessions[-1]
    rows_of(
        address,
        "UPDATE classes_classsession SET capacity = 5000 WHERE id = %s RETURNING id",
        roomy,
    )
    paths = {
        "bookings, each at another session": [
            book(sessions[place % (len(sessions) - 2) + 1]) for place in range(BOOKINGS)
        ],
        "bookings, all at one session with room": [book(roomy) for _ in range(BOOKINGS)],
        f"bookings, all at one session with {PLACES} places": [
            book(sessions[0]) for _ in range(BOOKINGS)
        ],
        "edits, each of another agreement": [owe(1, agreement) for agreement in agreements],
        "edits, all of one agreement": [owe(place, agreements[0]) for place in range(EDITS)],
    }
    with serving({"Gymtastic": (APPLICATION, address)}, threads=CONNECTIONS) as servers:
        server = servers["Gymtastic"]
        # Each thread connects to the database on its first request.
        send(server, [Request("GET", "/api/follow_ups/summary")] * 4 * CONNECTIONS, CONNECTIONS)
        rows = [row_of(path, server, requests) for path, requests in paths.items()]
    taken = rows_of(
        address,
        "SELECT capacity - booked_count FROM classes_classsession WHERE id = %s",
        sessions[0],
    )
    assert taken == [(0,)], f"{taken} places are left of the session that all wanted."
    return report.Table(HEADINGS, rows)


def row_of(path: str, server: Server, requests: Sequence[Request]) -> list[str]:
    answers = send(server, list(requests), CONNECTIONS)
    statuses = sorted(answers["statuses"].items())
    seconds, latencies = answers["seconds"], answers["latencies"]
    return [
        path,
        f"{len(requests)}",
        ", ".join(f"{number} × {status}" for status, number in statuses),
        f"{seconds:.1f}",
        f"{len(requests) / seconds:.0f}",
        f"{1000 * median(latencies):.0f}",
        f"{1000 * max(latencies):.0f}",
    ]
