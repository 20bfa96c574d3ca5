"""
Workouts: records, stats, progress, a page and the writing of one, of a customer with five years of
training among everybody else's, each beside bare SQL that answers the same.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from benchmarks import report
from benchmarks.filling import Size, copy, cursor_of, fill, rows_of, tidy
from benchmarks.load import Request, ask_once
from benchmarks.measuring import Rival, measure, say
from benchmarks.servers import Server, serving
from benchmarks.statements import counted
from benchmarks.workout_filling import fill_workouts

APPLICATION = "gymtastic.wsgi:application"
LIMIT = "benchmarks.workouts_limit:application"
BESIDE = report.of_the_limit(0)._replace(sentence="")
WORKOUTS = "/api/workouts"
# Of each in a round: what reads every set takes as long as several of the others.
READS, LONG_READS = 40, 12
POSTED = 20

NUMBERS = """
SELECT (SELECT count(*) FROM workouts_workout), (SELECT count(*) FROM workouts_set)
"""
FEW = """
SELECT customer_id FROM workouts_workout
GROUP BY customer_id HAVING count(*) = 3 ORDER BY customer_id LIMIT 1
"""
LAST = """
SELECT exercise_id, kind, type, reps, weight_grams, duration_seconds, distance_millimetres, calories
FROM workouts_entry entry JOIN workouts_exercise exercise ON exercise.id = exercise_id
JOIN workouts_set ON entry_id = entry.id
WHERE workout_id = (SELECT id FROM workouts_workout WHERE customer_id = %s
                    ORDER BY started_at DESC LIMIT 1)
ORDER BY entry.position, workouts_set.position
"""


class Question(NamedTuple):
    path: str
    request: Request
    number: int


def run(server: str, postmaster: int, size: Size, rounds: int) -> Iterator[report.Table]:
    say(f"Filling the workouts of {size.customers:,} customers")
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE trained")
    address = f"{server.rpartition('/')[0]}/trained"
    fill(address, size)
    diligent = fill_workouts(address)
    tidy(address)
    [(workouts, sets)] = rows_of(address, NUMBERS)
    say(f"{workouts:,} workouts, {sets:,} sets")
    addresses = {"Gymtastic": address, "limit": copy(address, "trained_limit")}
    applications = {
        "Gymtastic": (APPLICATION, addresses["Gymtastic"]),
        "limit": (LIMIT, addresses["limit"]),
    }
    with serving(applications) as servers:
        rows = _read(servers, addresses, _questions(address, diligent), rounds, postmaster)
        rows += _posted(servers, addresses, diligent, rounds, postmaster)
    yield report.Table(report.HEADINGS, rows)


# --- Reading ------------------------------------------------------------------------------------


def _questions(address: str, diligent: int) -> list[Question]:
    [(few,)] = rows_of(address, FEW)
    lifted = next(exercise for exercise, kind, *_ in rows_of(address, LAST, diligent))
    since = datetime.now(UTC).date() - timedelta(weeks=12)
    stats = f"/api/customers/{diligent}/workout_stats"
    page = f"{WORKOUTS}?customer={diligent}&page_size=50"
    addresses = {
        "records, 26,000 sets": f"/api/customers/{diligent}/records",
        "records, three workouts": f"/api/customers/{few}/records",
        "workout_stats, 26,000 sets": stats,
        "workout_stats, twelve weeks": f"{stats}?from={since}",
        "progress in an exercise": f"/api/exercises/{lifted}/progress?customer={diligent}",
        "workouts, a page of 50": page,
    }
    return [
        Question(path, Request("GET", its), LONG_READS if "26,000" in path else READS)
        for path, its in addresses.items()
    ]


def _read(
    servers: Mapping[str, Server],
    addresses: Mapping[str, str],
    questions: Sequence[Question],
    rounds: int,
    postmaster: int,
) -> list[list[str]]:
    statements = counted(addresses["Gymtastic"], [each.request for each in questions])
    rows: list[list[str]] = []
    for (path, request, number), own in zip(questions, statements, strict=True):
        say(path.capitalize())
        _must_be_alike(servers, request)
        again = partial(_again, [request] * number)
        rivals = [Rival(name, server, again) for name, server in servers.items()]
        measure(rivals, rounds, postmaster)
        rows += _rows_of(path, rivals, own)
    return rows


def _rows_of(path: str, rivals: Sequence[Rival], statements: int) -> list[list[str]]:
    rows = report.rows_for(path, rivals, {"limit": BESIDE})
    rows[0][1] += f": {statements} statements"
    rows[1][1] += ": 1 statement"
    return rows


def _again(requests: list[Request], _: int) -> list[Request]:
    return requests


def _must_be_alike(servers: Mapping[str, Server], request: Request) -> None:
    own, its = (_body(server, request) for server in servers.values())
    assert own == its, f"{request.path} is answered in two ways:\n{own}\n{its}"


def _body(server: Server, request: Request) -> Any:
    answer = ask_once(server.port, request)
    assert answer.status in {200, 201}, answer.body
    return json.loads(answer.body)


# --- Writing ------------------------------------------------------------------------------------


def _posted(
    servers: Mapping[str, Server],
    addresses: Mapping[str, str],
    diligent: int,
    rounds: int,
    postmaster: int,
) -> list[list[str]]:
    posts = iter(_posts(addresses["Gymtastic"], diligent, POSTED * (rounds + 1) + 2))
    probe, single = next(posts), next(posts)
    # First posted, and then again.
    for _ in range(2):
        _must_be_alike(servers, probe)
    turns = [[next(posts) for _ in range(POSTED)] for _ in range(rounds + 1)]
    statements = counted(addresses["Gymtastic"], [single, single])
    rows: list[list[str]] = []
    for path, status, own in (
        ("a workout of 25 sets, first", 201, statements[0]),
        ("the same again", 200, statements[1]),
    ):
        say(path.capitalize())
        rivals = [
            Rival(name, server, turns.__getitem__, status=status)
            for name, server in servers.items()
        ]
        measure(rivals, rounds, postmaster)
        rows += _rows_of(path, rivals, own)
    _body(servers["limit"], single)
    stats = Request("GET", f"/api/customers/{diligent}/workout_stats")
    _must_be_alike(servers, stats)
    return rows


def _posts(address: str, diligent: int, number: int) -> list[Request]:
    """Train the same as last time, each time a little more."""
    last = rows_of(address, LAST, diligent)
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        Request("POST", WORKOUTS, _workout(diligent, last, more, now - timedelta(minutes=more)))
        for more in range(number)
    ]


def _workout(
    diligent: int, last: Sequence[tuple[Any, ...]], more: int, at: datetime
) -> dict[str, Any]:
    entries: dict[int, dict[str, Any]] = {}
    for exercise, _kind, type_, reps, grams, seconds, millimetres, calories in last:
        entry = entries.setdefault(exercise, {"exercise": exercise, "note": "", "sets": []})
        entry["sets"].append(
            {
                "type": type_,
                "reps": reps,
                "weight_kg": None if grams is None else (grams + 500 * more) / 1000,
                "duration_seconds": seconds,
                "distance_m": None if millimetres is None else (millimetres + more) / 1000,
                "calories": calories,
                "rpe": 7.5,
            }
        )
    return {
        "client_id": str(uuid.uuid4()),
        "customer": diligent,
        "started_at": f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        "ended_at": f"{at - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}",
        "note": "",
        "entries": list(entries.values()),
    }
