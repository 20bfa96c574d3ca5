"""
The limit: what the paths would cost with nothing in between.

A bare WSGI application, one prepared SQL statement per request on a persistent connection,
orjson. It knows no errors, no permissions, no filters but the week, and of the rules of
booking only those that the statement states: it is a yardstick, not a program.
"""

import os
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
import psycopg2  # type: ignore[import-untyped]

from followups.states import FollowUpStatus

Environ = dict[str, Any]

SCHEDULE = """
PREPARE schedule (timestamptz, timestamptz, int, int) AS
SELECT session.id, class_type_id, starts_at, session.duration_minutes, session.capacity,
       booked_count, waitlist_count, status, kind.name,
       (SELECT count(*) FROM classes_classsession WHERE starts_at >= $1 AND starts_at < $2)
FROM classes_classsession session JOIN classes_classtype kind ON kind.id = class_type_id
WHERE starts_at >= $1 AND starts_at < $2
ORDER BY starts_at, session.id LIMIT $3 OFFSET $4
"""

# The counter's update is the lock; who finds no spot, day or open window inserts nothing.
BOOK = """
PREPARE book (bigint, bigint, timestamptz) AS
WITH spot AS (
    UPDATE classes_classsession session SET booked_count = booked_count + 1
    FROM classes_classtype kind
    WHERE session.id = $2 AND kind.id = class_type_id
      AND status = 'scheduled' AND starts_at > $3 AND NOT is_premium
      AND (session.capacity IS NULL OR booked_count < session.capacity)
      AND starts_at - (
          SELECT make_interval(
              days => CASE unit WHEN 'days' THEN opens_before ELSE 0 END,
              hours => CASE unit WHEN 'hours' THEN opens_before ELSE 0 END)
          FROM bookings_bookingwindow
          WHERE segment_id IS NULL AND (class_type_id IS NULL OR class_type_id = kind.id)
          ORDER BY class_type_id NULLS LAST LIMIT 1) <= $3
      AND NOT EXISTS (
          SELECT FROM bookings_booking
          WHERE customer_id = $1 AND occupied_day = (starts_at AT TIME ZONE 'UTC')::date)
    RETURNING session.id, starts_at, session.duration_minutes, kind.name,
              starts_at - make_interval(mins => late_cancel_cutoff_minutes) AS cutoff_at
), made AS (
    INSERT INTO bookings_booking (customer_id, class_session_id, status, occupied_day, cutoff_at,
        created_at, updated_at, cancelled_by, forgiven_by, forgiven_reason)
    SELECT $1, id, 'booked', (starts_at AT TIME ZONE 'UTC')::date, cutoff_at, $3, $3, '', '', ''
    FROM spot RETURNING id
)
SELECT made.id, starts_at, duration_minutes, name, cutoff_at FROM made, spot
"""

FOLLOW_UP = """
PREPARE follow_up (bigint) AS
SELECT customer_id, first_name, last_name, email, status, since, agreement_id, reason
FROM followups_followup JOIN customers_customer ON id = customer_id WHERE customer_id = $1
"""

RUNNING = """
PREPARE running (timestamptz, int, int) AS
SELECT id, product_id, promo_price::text, starts_at, ends_at,
       ARRAY(SELECT segment_id FROM promotions_flashpromo_segments
             WHERE flashpromo_id = promo.id ORDER BY segment_id),
       max_distance_km, quantity, is_active, quantity - sold_count, notified_at,
       (SELECT count(*) FROM promotions_flashpromo
        WHERE is_active AND starts_at <= $1 AND ends_at > $1 AND sold_count < quantity)
FROM promotions_flashpromo promo
WHERE is_active AND starts_at <= $1 AND ends_at > $1 AND sold_count < quantity
ORDER BY ends_at, id LIMIT $2 OFFSET $3
"""
PROMO = (
    "id",
    "product",
    "promo_price",
    "starts_at",
    "ends_at",
    "segments",
    "max_distance_km",
    "quantity",
    "is_active",
    "remaining",
    "notified_at",
)
LABELS = dict(FollowUpStatus.choices)

_local = threading.local()


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith("/api/follow_ups/"):
        answer = follow_up
    elif path == "/api/flash_promos/running":
        answer = running
    else:
        answer = schedule if environ["REQUEST_METHOD"] == "GET" else book
    status, body = answer(environ)
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]


def schedule(environ: Environ) -> tuple[str, bytes]:
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    page, size = int(query.get("page", 1)), int(query["page_size"])
    rows = _rows(
        "EXECUTE schedule (%s, %s, %s, %s)",
        (query["starts_at_after"], query["starts_at_before"], size, (page - 1) * size),
    )
    count = rows[0][-1] if rows else 0
    return _page(environ, query, page, size, count, [_session(*row) for row in rows])


def running(environ: Environ) -> tuple[str, bytes]:
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    page, size = int(query.get("page", 1)), int(query["page_size"])
    rows = _rows("EXECUTE running (%s, %s, %s)", (datetime.now(UTC), size, (page - 1) * size))
    count = rows[0][-1] if rows else 0
    results = [dict(zip(PROMO, row, strict=False)) for row in rows]
    return _page(environ, query, page, size, count, results)


def book(environ: Environ) -> tuple[str, bytes]:
    asked = orjson.loads(environ["wsgi.input"].read())
    customer, session, now = asked["customer"], asked["class_session"], datetime.now(UTC)
    rows = _rows("EXECUTE book (%s, %s, %s)", (customer, session, now))
    if not rows:
        return "409 Conflict", b"{}"
    booking, starts_at, duration_minutes, name, cutoff_at = rows[0]
    body = {
        "id": booking,
        "customer": customer,
        "class_session": session,
        "class_type_name": name,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=duration_minutes),
        "status": "booked",
        "created_at": now,
        "updated_at": now,
        "cancelled_at": None,
        "cancelled_by": None,
        "cutoff_at": cutoff_at,
    }
    return "201 Created", orjson.dumps(body, option=orjson.OPT_UTC_Z)


def follow_up(environ: Environ) -> tuple[str, bytes]:
    [row] = _rows("EXECUTE follow_up (%s)", (int(environ["PATH_INFO"].rpartition("/")[2]),))
    customer, first_name, last_name, email, status, since, agreement, reason = row
    body = {
        "customer": customer,
        "first_name": first_name,
        "last_name": last_name,
        "email": email,
        "follow_up_status": status,
        "label": LABELS[status],
        "since": since,
        "agreement": agreement,
        "reason": reason,
    }
    return "200 OK", orjson.dumps(body, option=orjson.OPT_UTC_Z)


def _page(
    environ: Environ,
    query: dict[str, str],
    page: int,
    size: int,
    count: int,
    results: list[dict[str, Any]],
) -> tuple[str, bytes]:
    body = {
        "count": count,
        "next": _link(environ, query, page + 1) if page * size < count else None,
        "previous": _link(environ, query, page - 1) if page > 1 else None,
        "results": results,
    }
    return "200 OK", orjson.dumps(body, option=orjson.OPT_UTC_Z)


def _session(
    session: int,
    class_type: int,
    starts_at: datetime,
    duration_minutes: int,
    capacity: int | None,
    booked_count: int,
    waitlist_count: int,
    status: str,
    class_type_name: str,
    _count: int,
) -> dict[str, Any]:
    return {
        "id": session,
        "class_type": class_type,
        "class_type_name": class_type_name,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=duration_minutes),
        "duration_minutes": duration_minutes,
        "capacity": capacity,
        "booked_count": booked_count,
        "spots_left": None if capacity is None else capacity - booked_count,
        "waitlist_count": waitlist_count,
        "status": status,
    }


def _link(environ: Environ, query: dict[str, str], page: int) -> str:
    text = urlencode(sorted({**query, "page": str(page)}.items()))
    return f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}?{text}"


def _rows(statement: str, values: tuple[Any, ...]) -> list[Any]:
    cursor = _cursor()
    cursor.execute(statement, values)
    rows: list[Any] = cursor.fetchall()
    return rows


def _cursor() -> Any:
    if not hasattr(_local, "cursor"):
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        connection.autocommit = True
        _local.cursor = connection.cursor()
        for statement in ("SET TIME ZONE 'UTC'", SCHEDULE, BOOK, FOLLOW_UP, RUNNING):
            _local.cursor.execute(statement)
    return _local.cursor
