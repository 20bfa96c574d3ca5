"""
Milestones: what they add to a booking, and what a customer's progress costs.

Every rival is Gymtastic, on a copy that has more active milestones than the one before.
"""

from collections.abc import Mapping

from benchmarks import booking, report
from benchmarks.filling import copy, cursor_of, rows_of, tidy
from benchmarks.load import Request
from benchmarks.measuring import Rival, measure, say
from benchmarks.servers import serving
from benchmarks.statements import counted

APPLICATION = "gymtastic.wsgi:application"
PROGRESSES = 300

# By rival: how many milestones that nobody reaches, and how many that each booking reaches.
VARIANTS = {
    "no milestone": (0, 0),
    "1 active": (1, 0),
    "20 active": (20, 0),
    "20, one reached": (19, 1),
}
ASKED_FOR_PROGRESS = ("no milestone", "1 active", "20 active")

# The n-th is over n months, so that the longest looks back more than a year and a half.
OUT_OF_REACH = """
INSERT INTO milestones_milestone
    (name, session_count, interval_count, interval_unit, counts, is_active,
     email_subject, email_body)
SELECT 'Milestone ' || i, 1000, i, 'month', 'booked', true, 'Congratulations', 'Well done!'
FROM generate_series(1, %s) i
"""
REACHED_BY_EACH = """
INSERT INTO milestones_milestone
    (name, session_count, interval_count, interval_unit, counts, is_active,
     email_subject, email_body)
SELECT 'Every time', 1, 1, 'day', 'booked', true,
       '{{ milestone.name }}: congratulations, {{ customer.first_name }}!',
       'Hello {{ customer.first_name }}, {{ session_count }} session within {{ interval }}.'
FROM generate_series(1, %s)
"""
# Each of those who will book has come every other day for 200 days.
VISITS = """
INSERT INTO bookings_booking
    (customer_id, class_session_id, status, occupied_day, cutoff_at, created_at, updated_at,
     cancelled_by, forgiven_by, forgiven_reason)
SELECT customer, session.id, 'attended', day, starts_at, starts_at, starts_at, '', '', ''
FROM unnest(%s) customer, (
    SELECT DISTINCT ON (starts_at::date) id, starts_at, starts_at::date AS day
    FROM classes_classsession
    WHERE starts_at BETWEEN now() - interval '200 days' AND now() - interval '1 day'
      AND status = 'scheduled' ORDER BY starts_at::date, id) session
WHERE (day - date '2000-01-01') %% 2 = 0
ON CONFLICT DO NOTHING
"""
SOMEBODY_LOYAL = """
INSERT INTO customers_customer (first_name, last_name, email, origin, created_at)
VALUES ('Loyal', 'Customer', 'loyal@gym.example', 'web', now() - interval '3 years') RETURNING id
"""
# 400 visits in two years, and ten bookings to come.
TWO_YEARS = """
WITH made AS (
    INSERT INTO classes_classsession
        (class_type_id, starts_at, duration_minutes, capacity, booked_count, waitlist_count,
         status, cancellation_reason)
    SELECT (SELECT min(id) FROM classes_classtype),
           date_trunc('hour', now()) - i * interval '1 day' - i * interval '19 hours', 60, 20, 1,
           0, 'scheduled', ''
    FROM generate_series(-10, 400) i WHERE i <> 0 RETURNING id, starts_at
)
INSERT INTO bookings_booking
    (customer_id, class_session_id, status, occupied_day, cutoff_at, created_at, updated_at,
     cancelled_by, forgiven_by, forgiven_reason)
SELECT %s, id, CASE WHEN starts_at < now() THEN 'attended' ELSE 'booked' END, starts_at::date,
       starts_at, starts_at, starts_at, '', '', ''
FROM made
"""


def run(original: str, plan: booking.Plan, rounds: int, postmaster: int) -> report.Table:
    """Fill a copy for each rival from one that nobody is connected to."""
    say("Milestones")
    visited, loyal = _visited(original, plan.spread)
    progress = Request("GET", f"/api/customers/{loyal}/milestone_progress")
    addresses, statements = {}, {}
    for name, (unreached, reached) in VARIANTS.items():
        addresses[name] = copy(visited, name)
        with cursor_of(addresses[name]) as cursor:
            cursor.execute(OUT_OF_REACH, [unreached])
            cursor.execute(REACHED_BY_EACH, [reached])
        statements[name] = counted(addresses[name], [plan.probe, progress])
        tidy(addresses[name])

    rows = []
    applications = {name: (APPLICATION, address) for name, address in addresses.items()}
    with serving(applications) as servers:
        rivals = booking.rivals(servers, plan.spread)
        measure(rivals, rounds, postmaster)
        rows += _rows("booking, customers with 100 visits", rivals, statements, 0)
        few = {name: servers[name] for name in ASKED_FOR_PROGRESS}
        rivals = [
            Rival(name, each, lambda _: [progress] * PROGRESSES) for name, each in few.items()
        ]
        measure(rivals, rounds, postmaster)
        rows += _rows("milestone_progress, 410 bookings", rivals, statements, 1)
    return report.Table(report.HEADINGS, rows)


def _visited(original: str, spread: list[list[Request]]) -> tuple[str, int]:
    """Copy the gym and give those who will book a past; give the copy and its loyal customer."""
    regulars = [request.body["customer"] for each in spread for request in each if request.body]
    visited = copy(original, "visited")
    rows_of(visited, f"{VISITS} RETURNING id", regulars)
    [(loyal,)] = rows_of(visited, SOMEBODY_LOYAL)
    rows_of(visited, f"{TWO_YEARS} RETURNING id", loyal)
    return visited, loyal


def _rows(
    path: str, rivals: list[Rival], statements: Mapping[str, list[int]], place: int
) -> list[list[str]]:
    targets = {rival.name: report.times_the_first() for rival in rivals[1:]}
    rows = report.rows_for(path, rivals, targets)
    for row, rival in zip(rows, rivals, strict=True):
        row[1] = f"{rival.name}: {statements[rival.name][place]} statements"
    return rows
