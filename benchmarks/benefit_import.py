"""
Loading history: the application's command beside a bare COPY of the same rows into the same
table with the same indexes, each into a database of its own.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.benefit_filling import LAST_FILLED, write_csv
from benchmarks.filling import copy, cursor_of, rows_of
from benchmarks.measuring import say
from benchmarks.report import Table
from benchmarks.servers import ROOT, production

HEADINGS = (
    "path",
    "who",
    "rows",
    "seconds",
    "of it loading",
    "adding up",
    "rounds",
    "rows/s loading",
    "of the limit's speed",
    "MB at most",
)
LIMIT = "limit: bare COPY"
SECONDS_BETWEEN_LOOKS = 0.1
BARE = """
COPY benefits_benefitusage (external_id, person_id, benefit_id, used_at)
FROM STDIN WITH (FORMAT csv, HEADER)
"""
WRITTEN = """
SELECT count(*), count(external_id), sum(external_id), sum(person_id), sum(benefit_id),
       sum(extract(epoch FROM used_at))
FROM benefits_benefitusage
"""
LOADED = "SELECT FROM benefits_benefitusage WHERE external_id = %s"


class Load(NamedTuple):
    seconds: float
    # Until the last row was there. The totals come after that.
    loading: float
    # Of the process that loads, at most.
    megabytes: float


def run(original: str, rows: int, at: datetime, rounds: int) -> Table:
    """Import into copies of a database that nobody is connected to."""
    say(f"Importing {rows:,} uses")
    kept: dict[str, list[Load]] = {"import_benefit_usages": [], LIMIT: []}
    with tempfile.TemporaryDirectory(prefix="gymtastic-history-") as name:
        path = Path(name, "history.csv")
        with path.open("w") as file:
            write_csv(original, rows, at, file)
        for number in range(1, rounds + 1):
            written = []
            for who, load in (("import_benefit_usages", _import), (LIMIT, _copy)):
                address = copy(original, "loaded")
                kept[who].append(load(address, path, rows))
                written.append(rows_of(address, WRITTEN))
                with cursor_of(original) as cursor:
                    cursor.execute("DROP DATABASE loaded")
            assert written[0] == written[1], f"The import wrote other rows: {written}."
            say(f"    round {number} of {rounds}")
    return Table(HEADINGS, [_row(who, kept, rows) for who in kept])


def _import(address: str, path: Path, rows: int) -> Load:
    command = [sys.executable, "manage.py", "import_benefit_usages", str(path)]
    begun = time.perf_counter()
    loading = 0.0
    with tempfile.TemporaryFile("w+") as log, cursor_of(address) as cursor:
        process = subprocess.Popen(
            command, cwd=ROOT, env=production(address), stdout=log, stderr=log
        )
        # Unlike `wait` it tells how much memory the process has had.
        while not (done := os.wait4(process.pid, os.WNOHANG))[0]:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if not loading:
                cursor.execute(LOADED, [LAST_FILLED + rows])
                loading = (time.perf_counter() - begun) * cursor.rowcount
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(done[1])
        log.seek(0)
        assert process.returncode == 0, f"The import failed:\n{log.read()}"
    return Load(seconds, loading or seconds, done[2].ru_maxrss / 1024)


def _copy(address: str, path: Path, rows: int) -> Load:
    begun = time.perf_counter()
    with cursor_of(address) as cursor, path.open() as file:
        cursor.copy_expert(BARE, file)
        assert cursor.rowcount == rows
    seconds = time.perf_counter() - begun
    return Load(seconds, seconds, 0)


def _row(who: str, kept: dict[str, list[Load]], rows: int) -> list[str]:
    loads = kept[who]
    seconds = [each.seconds for each in loads]
    loading = median(each.loading for each in loads)
    row = [
        "" if who == LIMIT else "loading history",
        who,
        f"{rows:,}",
        f"{median(seconds):.1f}",
        f"{loading:.1f}",
        "" if who == LIMIT else f"{median(each.seconds - each.loading for each in loads):.1f}",
        f"{min(seconds):.1f}–{max(seconds):.1f}",
        f"{rows / loading:,.0f}",
    ]
    if who == LIMIT:
        return [*row, "", ""]
    pairs = zip(loads, kept[LIMIT], strict=True)
    speed = median(limit.loading / own.loading for own, limit in pairs)
    return [*row, f"{speed:.2f}", f"{max(each.megabytes for each in loads):.0f}"]
