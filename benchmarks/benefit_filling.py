"""
Fills databases that differ in nothing but the number of uses: 200 days of them, of the same
benefits by the same customers.
"""

from datetime import datetime
from typing import IO, Any

from benchmarks.filling import CUSTOMERS, copy, cursor_of, migrate, tidy

CUSTOMERS_OF_VENUES = 100_000
VENUES = 200
BENEFITS = 2_000
DAYS = 200
# Imported uses have numbers above this, which no other has.
LAST_FILLED = 1_000_000_000

CATALOGUE = """
INSERT INTO venues_venue (name) SELECT 'Venue ' || i FROM generate_series(1, %(venues)s) i;
INSERT INTO benefits_benefit (venue_id, title, recurrence)
SELECT (SELECT min(id) FROM venues_venue) + i / (%(benefits)s / %(venues)s), 'Benefit ' || i,
       (ARRAY['day', 'week', 'month'])[i %% 3 + 1]
FROM generate_series(0, %(benefits)s - 1) i;
"""

# In the order of time, as they come. Half of all uses are those of every eighth benefit, a sixth
# those of the first venue, 8 in 100 those of one benefit. One benefit in 40 is never used, one in
# five had no use for 40 days.
USES = """
SELECT first_customer + floor(random() * %(customers)s)::bigint AS person_id,
       first_benefit + rank AS benefit_id,
       %(at)s - %(days)s * interval '24 hours' * CASE
           WHEN rank %% 5 = 2 AND age BETWEEN 0.4 AND 0.6 THEN age - 0.2 ELSE age END AS used_at,
       i AS external_id
FROM (
    SELECT i, (%(uses)s - i + random()) / %(uses)s AS age,
           CASE WHEN place %% 40 = 39 THEN place - 1 ELSE place END AS rank
    FROM (SELECT i, floor(%(benefits)s * random() ^ 3)::int AS place
          FROM generate_series(1, %(uses)s) i) chosen
) placed, (SELECT min(id) AS first_customer FROM customers_customer) customer,
(SELECT min(id) AS first_benefit FROM benefits_benefit) benefit
"""
INSERT = f"""
INSERT INTO benefits_benefitusage (person_id, benefit_id, used_at, external_id) {USES}
"""
CSV = f"""
COPY (SELECT external_id + %(first)s AS id, person_id AS "personId", benefit_id AS "benefitId",
             to_char(used_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "usageTimestamp"
      FROM ({USES}) made) TO STDOUT WITH (FORMAT csv, HEADER)
"""
# Those that stand for no constraint.
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = 'benefits_benefitusage'
  AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def catalogue(server: str) -> str:
    """Make the customers, venues and benefits without any use; give the database's address."""
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE unused")
    address = f"{server.rpartition('/')[0]}/unused"
    migrate(address)
    sizes = {"customers": CUSTOMERS_OF_VENUES, "venues": VENUES, "benefits": BENEFITS}
    with cursor_of(address) as cursor:
        cursor.execute(CUSTOMERS, sizes)
        cursor.execute(CATALOGUE, sizes)
    tidy(address)
    return address


def used(unused: str, uses: int, at: datetime) -> str:
    """Copy the catalogue and use it so often until that moment; give the copy's address."""
    address = copy(unused, f"used_{uses}")
    with cursor_of(address) as cursor:
        # Foreign keys are right by construction; checking them row by row takes longer than all
        # else.
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(INDEXES)
        indexes: list[tuple[str, str]] = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(INSERT, _values(uses, at))
        for _, definition in indexes:
            cursor.execute(definition)
    tidy(address)
    return address


def write_csv(address: str, uses: int, at: datetime, file: IO[str]) -> None:
    """Write further uses of the same days, as a file that the application can import."""
    with cursor_of(address) as cursor:
        cursor.execute("SELECT setseed(0.25)")
        cursor.copy_expert(cursor.mogrify(CSV, _values(uses, at)), file)


def _values(uses: int, at: datetime) -> dict[str, Any]:
    return {
        "uses": uses,
        "at": at,
        "days": DAYS,
        "benefits": BENEFITS,
        "customers": CUSTOMERS_OF_VENUES,
        "first": LAST_FILLED,
    }
