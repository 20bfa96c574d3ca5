"""
Loads history of uses, as it is: the recurrence refuses none of it.

The rows are copied beside the uses first, where statements check all of them at once. Then they
are loaded in batches, each in a transaction. Whatever ends an import, the batches before stay, and
the same file again adds the others: each use keeps the file's id in `external_id`.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import StringIO
from itertools import islice
from typing import Any, NamedTuple

from django.db import Error, IntegrityError, connection

from benefits import summary
from benefits.models import Benefit, BenefitUsage
from benefits.usage_csv import BadRow, Use
from core import sql
from core.constraints import FOREIGN_KEY, broken_rule
from core.transactions import in_transaction
from customers.models import Customer

# Rows that are in memory at once.
STAGED_AT_ONCE = 10_000
# So that who deletes a use, or closes a slot, waits for a second and not for the whole file.
LOADED_AT_ONCE = 20_000


class Stopped(Exception):
    """What had been checked is not so any more; what was loaded by then stays."""


class Batch(NamedTuple):
    rows: int
    added: int


# --- Copied beside the uses ---------------------------------------------------------------------

# Named like no table that is there for good.
STAGED, REPEATED_IDS = "benefits_staged_use", "benefits_repeated_id"
# Only this connection sees it, and it ends at the latest with the connection. `cells` is for the
# rows that could not be read: what they hold, as a line of CSV.
CREATE = """
CREATE TEMPORARY TABLE {staged} (
    line BIGINT NOT NULL, external_id BIGINT, person_id BIGINT, benefit_id BIGINT,
    used_at {time}, reason TEXT, cells TEXT
)
"""


@contextmanager
def staging() -> Iterator[None]:
    """Have a table for the rows of one file for the length of the block."""
    _write("DROP TABLE IF EXISTS {staged}")
    _write(CREATE)
    try:
        yield
    finally:
        # A broken connection has taken the table along.
        with suppress(Error):
            _write("DROP TABLE IF EXISTS {staged}")


def stage(rows: Iterable[Use | BadRow]) -> Iterator[int]:
    """Copy the rows beside the uses, some at a time; give how many each time."""
    waiting = iter(rows)
    while some := list(islice(waiting, STAGED_AT_ONCE)):
        uses = [row for row in some if isinstance(row, Use)]
        bad = [
            (row.line, row.reason, _joined(row.cells)) for row in some if isinstance(row, BadRow)
        ]
        _copy(("line", "external_id", "person_id", "benefit_id", "used_at"), uses)
        if bad:
            _copy(("line", "reason", "cells"), bad)
        yield len(some)
    _write("CREATE INDEX benefits_staged_use_by_line ON {staged} (line)")
    _write("ANALYZE {staged}")


def _copy(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows in the way in which each database does it fastest."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = StringIO()
            csv.writer(text).writerows(rows)
            text.seek(0)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {STAGED} ({names}) FROM STDIN (FORMAT csv)", text)
            return
        marks = ", ".join("%s" for _ in columns)
        insert = f"INSERT INTO {STAGED} ({names}) VALUES ({marks})"  # noqa: S608 (names of ours)
        with _together():
            cursor.executemany(insert, [list(map(sql.stored, row)) for row in rows])


@contextmanager
def _together() -> Iterator[None]:
    """Write into a table of one's own on SQLite, where each row would be a transaction."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        # 2 to 15 times faster. A deferred one takes no lock on anything that others see.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
            cursor.execute("COMMIT")
        except BaseException:
            # Some errors have ended it already.
            with suppress(Error):
                cursor.execute("ROLLBACK")
            raise


# --- Checked ------------------------------------------------------------------------------------

UNKNOWN_PERSON = """
UPDATE {staged} SET reason = 'personId: There is no customer ' || person_id || '.'
WHERE reason IS NULL AND NOT EXISTS (SELECT 1 FROM {customer} WHERE id = {staged}.person_id)
"""
UNKNOWN_BENEFIT = """
UPDATE {staged} SET reason = 'benefitId: There is no benefit ' || benefit_id || '.'
WHERE reason IS NULL AND NOT EXISTS (SELECT 1 FROM {benefit} WHERE id = {staged}.benefit_id)
"""
IMPORTED_OTHERWISE = """EXISTS (
    SELECT 1 FROM {usage} other WHERE other.external_id = {staged}.external_id AND {differs}
)"""
DIFFERS = """(
    {staged}.person_id <> other.person_id OR {staged}.benefit_id <> other.benefit_id
    OR {staged}.used_at <> other.used_at
)"""
KNOWN_OTHERWISE = """
UPDATE {staged} SET reason = 'id: ' || external_id || ' was imported before with other values.'
WHERE reason IS NULL AND {imported_otherwise}
"""
REPEATED = """
CREATE TEMPORARY TABLE {repeated} AS
SELECT external_id, MIN(line) AS line FROM {staged} WHERE reason IS NULL
GROUP BY external_id HAVING COUNT(*) > 1
"""
# Equal rows are harmless: only the first of them is added.
REPEATED_OTHERWISE = """
UPDATE {staged} SET reason = 'id: ' || external_id || ' has other values in line '
    || (SELECT line FROM {repeated} WHERE {repeated}.external_id = {staged}.external_id) || '.'
WHERE reason IS NULL AND EXISTS (
    SELECT 1 FROM {repeated} JOIN {staged} other ON other.line = {repeated}.line
    WHERE {repeated}.external_id = {staged}.external_id AND {differs}
)
"""


def check() -> int:
    """Find the rows that do not fit what is in the database; give how many are bad by now."""
    for statement in (UNKNOWN_PERSON, UNKNOWN_BENEFIT, KNOWN_OTHERWISE):
        _write(statement)
    _write("DROP TABLE IF EXISTS {repeated}")
    _write(REPEATED)
    _write("CREATE INDEX benefits_repeated_id_by_id ON {repeated} (external_id)")
    _write("ANALYZE {repeated}")
    _write(REPEATED_OTHERWISE)
    _write("DROP TABLE {repeated}")
    [(number,)] = _read("SELECT COUNT(*) FROM {staged} WHERE reason IS NOT NULL")
    return int(number)


def bad_rows() -> Iterator[BadRow]:
    """Give the bad rows in their order."""
    line = 0
    while rows := _read(
        "SELECT line, reason, cells, external_id, person_id, benefit_id, used_at FROM {staged}"
        " WHERE reason IS NOT NULL AND line > %(line)s ORDER BY line LIMIT %(most)s",
        line=line,
        most=STAGED_AT_ONCE,
    ):
        for number, reason, text, *ids, used_at in rows:
            if text is None:
                cells = [*map(str, ids), sql.instant(used_at).isoformat()]
            else:
                [cells] = csv.reader([text])
            yield BadRow(number, reason, cells)
        line = rows[-1][0]


# --- Loaded -------------------------------------------------------------------------------------

# Somebody else may be importing the same.
LOAD = """
INSERT INTO {usage} (external_id, person_id, benefit_id, used_at)
SELECT external_id, person_id, benefit_id, used_at FROM {staged} WHERE {in_batch} ORDER BY line
ON CONFLICT (external_id) DO NOTHING
RETURNING used_at
"""


def number_of_good_rows() -> int:
    [(number,)] = _read("SELECT COUNT(*) FROM {staged} WHERE reason IS NULL")
    return int(number)


def load(*, at: datetime) -> Iterator[Batch]:
    """
    Add the good rows to the uses, batch by batch in their order; give each once it is committed.

    `at` is when that is, in UTC.

    :raises Stopped: when a row cannot be loaded although it was checked.
    """
    [(first, last)] = _read("SELECT MIN(line), MAX(line) FROM {staged} WHERE reason IS NULL")
    if first is None:
        return
    for line in range(first, last + 1, LOADED_AT_ONCE):
        try:
            yield _load(line, line + LOADED_AT_ONCE - 1, at)
        except IntegrityError as error:
            if broken_rule(error) != FOREIGN_KEY:
                raise
            raise Stopped("A customer or a benefit was deleted during the import.") from error


@in_transaction
def _load(first: int, last: int, at: datetime) -> Batch:
    batch = {"first": first, "last": last}
    [(rows,)] = _read("SELECT COUNT(*) FROM {staged} WHERE {in_batch}", **batch)
    added = [sql.instant(used_at) for (used_at,) in _read(LOAD, **batch)]
    goes_back_to = summary.goes_back_to(at=at)
    summed = [used_at for used_at in added if used_at >= goes_back_to]
    if summed:
        # Like whoever records one use: written first, so that others wait only for the rest.
        summary.reopen(since=min(summed))
    if len(added) < rows:
        otherwise = "SELECT 1 FROM {staged} WHERE {in_batch} AND {imported_otherwise} LIMIT 1"
        if _read(otherwise, **batch):
            raise Stopped("Somebody else imported other values under the same ids meanwhile.")
    return Batch(rows, len(added))


# --- Statements ---------------------------------------------------------------------------------

# In this order: what stands for a part can have others in it.
PARTS = {
    "{imported_otherwise}": IMPORTED_OTHERWISE,
    "{differs}": DIFFERS,
    "{in_batch}": "line BETWEEN %(first)s AND %(last)s AND reason IS NULL",
    "{staged}": STAGED,
    "{repeated}": REPEATED_IDS,
}
TABLES = {"{usage}": BenefitUsage, "{benefit}": Benefit, "{customer}": Customer}


def _write(statement: str, **values: int) -> int:
    return sql.change(_with_parts(statement), TABLES, **values)


def _read(statement: str, **values: int) -> list[tuple[Any, ...]]:
    return sql.rows(_with_parts(statement), TABLES, **values)


def _with_parts(statement: str) -> str:
    for name, part in PARTS.items():
        statement = statement.replace(name, part)
    time_type = BenefitUsage._meta.get_field("used_at").db_type(connection)
    return statement.replace("{time}", str(time_type))


def _joined(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
