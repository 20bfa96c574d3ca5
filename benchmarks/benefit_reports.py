"""
The reports on benefits as the application gives them, their SQL alone, and what one would write
first. One size of one database; a line comes in for each thing to do, and one goes out.

    python -m benchmarks.benefit_reports MOMENT < things-to-do > answers
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from benchmarks.asking import Statements, answer, milliseconds, rows_of, sent_by

WINDOW = timedelta(hours=24) * 180

BUSIEST = """
SELECT benefit.venue_id, usage.person_id
FROM benefits_benefitusage usage JOIN benefits_benefit benefit ON benefit.id = benefit_id
WHERE benefit.venue_id = (
    SELECT venue_id FROM benefits_benefitusage usage
    JOIN benefits_benefit benefit ON benefit.id = benefit_id
    GROUP BY venue_id ORDER BY count(*) DESC LIMIT 1)
GROUP BY 1, 2 ORDER BY count(*) DESC, 2 LIMIT 1
"""
# The covering index is that on the time and the benefit.
TOP = """
WITH counted AS (
    SELECT benefit_id, count(*) AS number FROM benefits_benefitusage
    WHERE used_at >= %(since)s AND used_at <= %(until)s GROUP BY benefit_id
), ranked AS (
    SELECT venue_id, id, number,
           row_number() OVER (PARTITION BY venue_id ORDER BY number DESC, id) AS place
    FROM counted JOIN benefits_benefit ON id = benefit_id
)
SELECT venue_id, id, number FROM ranked WHERE place <= 3 ORDER BY venue_id, place
"""
INACTIVE = """
WITH benefit AS (
    SELECT id, CASE recurrence WHEN 'day' THEN 14 WHEN 'week' THEN 21 ELSE 30 END
               * interval '24 hours' AS pause
    FROM benefits_benefit WHERE venue_id = %(venue)s
), gap AS (
    SELECT benefit.id, pause, used_at AS until,
           lag(used_at, 1, %(since)s) OVER (PARTITION BY benefit.id ORDER BY used_at) AS since
    FROM benefit JOIN benefits_benefitusage ON benefit_id = benefit.id
    WHERE used_at >= %(since)s AND used_at <= %(until)s
    UNION ALL
    SELECT id, pause, %(until)s, COALESCE((
        SELECT max(used_at) FROM benefits_benefitusage WHERE benefit_id = benefit.id
        AND used_at >= %(since)s AND used_at <= %(until)s), %(since)s)
    FROM benefit
)
SELECT id, since, until FROM gap WHERE until - since >= pause ORDER BY id, since
"""


class Reports:
    """The application, on the database and with the settings of the environment."""

    def __init__(self, at: datetime) -> None:
        # Django asks for its settings when these are imported, and the benchmarks have none.
        from django.db import connection  # noqa: PLC0415

        from benefits import reports, summary  # noqa: PLC0415

        self._connection, self._summary, self._at = connection, summary, at
        [(venue, person)] = self._asked([(BUSIEST, {})])
        self.busiest = {"venue": venue, "person": person}
        moments = {"since": at - WINDOW, "until": at}
        self._own: dict[str, Callable[[], Any]] = {
            "top": lambda: reports.top_benefits(at=at),
            "available": lambda: list(
                reports.available_benefits(person_id=person, venue_id=venue, at=at)
            ),
            "inactive": lambda: reports.inactive_stretches(venue_id=venue, at=at),
        }
        self._rivals: dict[str, tuple[str, Any]] = {
            "top": (TOP, moments),
            "inactive": (INACTIVE, {**moments, "venue": venue}),
        }

    def close(self) -> dict[str, Any]:
        """Close every slot that is over; give their number and the seconds."""
        begun = time.perf_counter()
        slots = sum(1 for _ in self._summary.close(at=self._at))
        return {"slots": slots, "seconds": time.perf_counter() - begun}

    def round(self) -> dict[str, dict[str, float]]:
        """Give the milliseconds of each report, by rival."""
        return {name: self._round_of(name) for name in self._own}

    def top(self) -> float:
        return milliseconds(self._own["top"])

    def compare(self) -> dict[str, int]:
        """Make sure that the rivals answer the same; give the length of the answers."""
        top, inactive = self._own["top"](), self._own["inactive"]()
        assert _by_first(self._asked([self._rivals["top"]])) == {
            venue: [tuple(each) for each in uses] for venue, uses in top.items() if uses
        }, "The window query answers something else."
        assert _by_first(self._asked([self._rivals["inactive"]])) == {
            benefit: [(each.since, each.until) for each in its] for benefit, its in inactive.items()
        }, "lag() answers something else."
        return {
            "top": sum(map(len, top.values())),
            "available": len(self._own["available"]()),
            "inactive": sum(map(len, inactive.values())),
        }

    def _round_of(self, name: str) -> dict[str, float]:
        own = self._own[name]
        statements = sent_by(own, self._connection)
        rivals = {"own": own, "sql": lambda: self._asked(statements)}
        if name in self._rivals:
            rivals["rival"] = lambda: self._asked([self._rivals[name]])
        return {who: milliseconds(ask) for who, ask in rivals.items()}

    def _asked(self, statements: Statements) -> list[tuple[Any, ...]]:
        return rows_of(statements, self._connection)


def _by_first(rows: list[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    return {first: [row[1:] for row in its] for first, its in groupby(rows, key=lambda row: row[0])}


def main(moment: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    reports = Reports(datetime.fromisoformat(moment))
    does: dict[str, Callable[[], Any]] = {
        "busiest": lambda: reports.busiest,
        "close": reports.close,
        "compare": reports.compare,
        "round": reports.round,
        "top": reports.top,
    }
    answer(does)


if __name__ == "__main__":
    assert os.environ["DJANGO_SETTINGS_MODULE"]
    main(sys.argv[1])
