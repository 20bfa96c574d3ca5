"""
A page of follow-ups and the summary: the statements that the API sends, and the same worked out for
everybody by CASE. A line comes in for each thing to do, and one goes out.

    python -m benchmarks.follow_up_questions < things-to-do > answers
"""

import os
from typing import Any

from benchmarks.asking import Statements, answer, milliseconds, rows_of, sent_by
from benchmarks.load import HOST

PAGE = "/api/follow_ups?follow_up_status={status}&page_size=100"
QUESTIONS = {
    "frequent": PAGE.format(status="active_customer"),
    "rare": PAGE.format(status="collections_customer"),
    "summary": "/api/follow_ups/summary",
}
# The rules are the application's own expressions. Each agreement is read once, and the bookings
# of those alone who have bought nothing: faster than the subqueries for everybody.
EVERYBODY = """
WITH everybody AS MATERIALIZED (
    (SELECT DISTINCT ON (customer_id) customer_id, gives AS status FROM ({bought}) bought
     ORDER BY customer_id, rank, purchased_on DESC, id DESC)
    UNION ALL
    SELECT id, expected_status FROM ({prospects}) prospect
)
"""
CASE_PAGE = """, page AS MATERIALIZED (
    SELECT customer_id, status, count(*) OVER () AS number FROM everybody
    WHERE status = '{status}' ORDER BY customer_id LIMIT 100
)
SELECT customer_id, first_name, last_name, email, status, number
FROM page JOIN customers_customer ON id = customer_id ORDER BY customer_id
"""
CASE_SUMMARY = "SELECT status, count(*) FROM everybody GROUP BY status"


class Questions:
    """The application, on the database and with the settings of the environment."""

    def __init__(self) -> None:
        # Django asks for its settings when these are imported, and the benchmarks have none.
        from django.db import connection  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        self._connection, self._client = connection, Client(SERVER_NAME=HOST)
        connection.ensure_connection()
        with connection.cursor() as cursor:
            # Compiling would add seconds to what takes one.
            cursor.execute("SET jit = off")
        everybody, self._values = self._everybody()
        self._rivals = {
            "frequent": everybody + CASE_PAGE.format(status="active_customer"),
            "rare": everybody + CASE_PAGE.format(status="collections_customer"),
            "summary": everybody + CASE_SUMMARY,
        }

    def round(self) -> dict[str, dict[str, float]]:
        """Give the milliseconds of each question, by rival."""
        return {name: self._round_of(name) for name in QUESTIONS}

    def compare(self) -> dict[str, int]:
        """Make sure that the rivals answer the same; give how many people each is about."""
        numbers = {}
        for name in ("frequent", "rare"):
            rows = self._asked([(self._rivals[name], self._values)])
            answer = self._client.get(QUESTIONS[name]).json()
            own = [row["customer"] for row in answer["results"]]
            assert (own, answer["count"]) == ([row[0] for row in rows], rows[0][-1]), name
            numbers[name] = answer["count"]
        people = self._client.get(QUESTIONS["summary"]).json()
        case = dict(self._asked([(self._rivals["summary"], self._values)]))
        assert people == case, f"The summary is {people}, by CASE {case}."
        return {**numbers, "summary": sum(people.values())}

    def _everybody(self) -> tuple[str, tuple[Any, ...]]:
        from django.db.models import Exists, OuterRef  # noqa: PLC0415
        from django.utils import timezone  # noqa: PLC0415

        from customers.models import Customer  # noqa: PLC0415
        from followups.models import Agreement  # noqa: PLC0415
        from followups.querysets import with_expected_status  # noqa: PLC0415

        bought: Any = Agreement.objects.filter(is_trial=False).with_follow_up_status()
        has_bought = Exists(bought.filter(customer=OuterRef("pk")))
        prospects: Any = with_expected_status(
            Customer.objects.exclude(has_bought), Agreement.objects.all(), at=timezone.now()
        )
        parts = {
            "bought": bought.values("customer_id", "gives", "rank", "purchased_on", "id"),
            "prospects": prospects.values("id", "expected_status"),
        }
        compiled = {name: part.query.sql_with_params() for name, part in parts.items()}
        sql = EVERYBODY.format(**{name: sql for name, (sql, _) in compiled.items()})
        return sql, tuple(value for _, values in compiled.values() for value in values)

    def _round_of(self, name: str) -> dict[str, float]:
        statements = sent_by(lambda: self._get(QUESTIONS[name]), self._connection)
        case = [(self._rivals[name], self._values)]
        return {
            "sql": milliseconds(lambda: self._asked(statements)),
            "case": milliseconds(lambda: self._asked(case)),
        }

    def _get(self, address: str) -> None:
        assert self._client.get(address).status_code == 200

    def _asked(self, statements: Statements) -> list[tuple[Any, ...]]:
        return rows_of(statements, self._connection)


def main() -> None:
    import django  # noqa: PLC0415

    django.setup()
    questions = Questions()
    answer({"compare": questions.compare, "round": questions.round})


if __name__ == "__main__":
    assert os.environ["DJANGO_SETTINGS_MODULE"]
    main()
