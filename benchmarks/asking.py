"""
Asking the application in a process of its own, on a database of its own: a line says what to do,
and one gives the answer. And what such a process measures: statements, alone and with the rest.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import IO, Any

from benchmarks.servers import ROOT, production

# Of each rival in each round: what is quick is asked again and again.
SECONDS_OF_A_RIVAL = 0.25

Statements = Sequence[tuple[str, Any]]


class Asked:
    """A process that answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._ask: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout

    def do(self, what: str) -> Any:
        self._ask.write(f"{what}\n")
        self._ask.flush()
        answer = self._answers.readline()
        if not answer:
            raise RuntimeError(f"It could not {what}; it says why above.")
        return json.loads(answer)


@contextmanager
def answering(address: str, *module: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a module that calls `answer` beside this process, on the database at `address`."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env={**production(address), "DJANGO_SETTINGS_MODULE": "gymtastic.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process


def answer(does: Mapping[str, Callable[[], Any]]) -> None:
    """Do what each line says, until there are no more."""
    for line in sys.stdin:
        print(json.dumps(does[line.strip()]()), flush=True)


def sent_by(ask: Callable[[], Any], connection: Any) -> list[tuple[str, Any]]:
    """Give the statements that a call sends."""
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    return sent


def rows_of(statements: Statements, connection: Any) -> list[tuple[Any, ...]]:
    """Ask the driver itself; give the rows of the last statement."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def milliseconds(ask: Callable[[], Any]) -> float:
    times: list[float] = []
    while sum(times) < SECONDS_OF_A_RIVAL:
        begun = time.perf_counter()
        ask()
        times.append(time.perf_counter() - begun)
    return 1000 * median(times)
