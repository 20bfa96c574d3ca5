"""Fills a migrated PostgreSQL with a gym of the stated size, in seconds, by a few statements."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg2  # type: ignore[import-untyped]

from benchmarks.servers import ROOT, production


class Size(NamedTuple):
    sessions: int
    bookings: int
    customers: int


SESSIONS_A_DAY = 143
CLASS_TYPES = 20
CAPACITY = 20
# Bookings per session go from 0 to this, evenly.
MOST_BOOKINGS = 20

CUSTOMERS = """
INSERT INTO customers_customer (first_name, last_name, email, origin, created_at)
SELECT 'Customer', i::text, 'customer' || i || '@gym.example',
       (ARRAY['web', 'referral', 'walk_in', 'phone', 'other'])[i %% 5 + 1],
       now() - (i %% 1100) * interval '1 day' - interval '1 hour'
FROM generate_series(0, %(customers)s - 1) i
"""

# Every twentieth is premium, every tenth has no limit.
CLASS_TYPES_ROWS = """
INSERT INTO classes_classtype
    (name, description, duration_minutes, capacity, late_cancel_cutoff_minutes, is_premium)
SELECT 'Class type ' || i, '', 45 + 15 * (i %% 3), CASE WHEN i %% 10 < 9 THEN %(capacity)s END,
       60 * (i %% 4), i %% 20 = 7
FROM generate_series(0, %(class_types)s - 1) i
"""

# Four fifths of the days are over. Two sessions begin at a time, from 06:00 on.
SESSIONS = """
INSERT INTO classes_classsession
    (class_type_id, starts_at, duration_minutes, capacity, booked_count, waitlist_count, status,
     cancelled_at, cancellation_reason)
SELECT kind.id,
       date_trunc('day', now()) - %(days_past)s * interval '1 day'
           + i / %(a_day)s * interval '1 day' + interval '6 hours'
           + i %% %(a_day)s / 2 * interval '12 minutes',
       kind.duration_minutes, kind.capacity, 0, 0,
       CASE WHEN i %% 100 = 99 THEN 'cancelled' ELSE 'scheduled' END,
       CASE WHEN i %% 100 = 99 THEN now() - interval '400 days' END, ''
FROM generate_series(0, %(sessions)s - 1) i
JOIN classes_classtype kind
    ON kind.id = (SELECT min(id) FROM classes_classtype) + i %% %(class_types)s
ORDER BY i
"""

# Customers take turns: nobody has two in a day, and those at the end of the line have none soon.
BOOKINGS = """
INSERT INTO bookings_booking
    (customer_id, class_session_id, status, occupied_day, cutoff_at, created_at, updated_at,
     cancelled_at, cancelled_by, forgiven_by, forgiven_reason)
SELECT (SELECT min(id) FROM customers_customer) + turn %% %(customers)s, session_id, status,
       CASE WHEN status <> 'cancelled' THEN (starts_at AT TIME ZONE 'UTC')::date END,
       cutoff_at, made_at, made_at,
       CASE WHEN status LIKE '%%cancelled' THEN made_at END,
       CASE WHEN status LIKE '%%cancelled' THEN 'customer' ELSE '' END, '', ''
FROM (
    SELECT session.id AS session_id, starts_at,
           row_number() OVER (ORDER BY session.id) AS turn,
           starts_at - late_cancel_cutoff_minutes * interval '1 minute' AS cutoff_at,
           least(starts_at, now()) - interval '2 days' AS made_at,
           CASE WHEN place %% 12 = 5 THEN 'cancelled'
                WHEN place %% 15 = 4 THEN 'late_cancelled'
                WHEN starts_at > now() THEN 'booked'
                WHEN place %% 9 = 1 THEN 'no_show' ELSE 'attended' END AS status
    FROM classes_classsession session JOIN classes_classtype kind ON kind.id = class_type_id,
         generate_series(1, session.id * 8 %% (%(most)s + 1)) place
    WHERE status = 'scheduled'
) made ORDER BY turn LIMIT %(bookings)s
"""

COUNTERS = """
UPDATE classes_classsession session SET booked_count = live.number
FROM (SELECT class_session_id, count(*) AS number FROM bookings_booking
      WHERE status IN ('booked', 'attended', 'no_show') GROUP BY 1) live
WHERE session.id = live.class_session_id
"""

# One segment of each kind. All their windows are longer than the default: nobody is shut out.
SEGMENTS = """
INSERT INTO customers_segment (name, description, rule, rule_days, rule_min_visits) VALUES
    ('Founders', '', 'manual', NULL, NULL), ('Friends', '', 'manual', NULL, NULL),
    ('Newcomers', '', 'new_customers', 30, NULL), ('Regulars', '', 'frequent_visitors', 90, 3);
INSERT INTO customers_in_segment (segment_id, customer_id)
SELECT segment.id, customer.id FROM customers_customer customer JOIN customers_segment segment
    ON segment.name = 'Founders' AND customer.id %% 10 = 0
    OR segment.name = 'Friends' AND customer.id %% 25 = 0;
INSERT INTO bookings_bookingwindow (segment_id, class_type_id, opens_before, unit)
SELECT segment.id, NULL, 17, 'days' FROM customers_segment segment
UNION ALL
SELECT segment.id, kind.id, 400, 'hours' FROM customers_segment segment, classes_classtype kind
WHERE segment.name = 'Founders' AND kind.id %% 4 = 0
UNION ALL
SELECT NULL, kind.id, 15, 'days' FROM classes_classtype kind WHERE kind.id %% 7 = 0
"""


def migrate(address: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=production(address), check=True)


def fill(address: str, size: Size) -> None:
    """Make the tables and their rows. Their times hang on the present day."""
    migrate(address)
    days = -(-size.sessions // SESSIONS_A_DAY)
    values = {
        **size._asdict(),
        "class_types": CLASS_TYPES,
        "capacity": CAPACITY,
        "a_day": SESSIONS_A_DAY,
        "days_past": days - max(18, days // 5),
        "most": MOST_BOOKINGS,
    }
    with cursor_of(address) as cursor:
        for statement in (CUSTOMERS, CLASS_TYPES_ROWS, SESSIONS, BOOKINGS, COUNTERS, SEGMENTS):
            cursor.execute(statement, values)


def tidy(address: str) -> None:
    """Leave no work for later: statistics are fresh and nothing waits to be vacuumed."""
    with cursor_of(address) as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def copy(address: str, name: str) -> str:
    """Copy a database that nobody is connected to; give the copy's address."""
    server, _, original = address.rpartition("/")
    with cursor_of(f"{server}/template1") as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    return f"{server}/{name}"


def rows_of(address: str, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with cursor_of(address) as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def cursor_of(address: str) -> Iterator[Any]:
    connection = psycopg2.connect(address)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            yield cursor
    finally:
        connection.close()
