"""Runs the rivals in alternated rounds and keeps what each round cost."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

from benchmarks.load import Request
from benchmarks.processor_time import seconds_of_family, stat_of
from benchmarks.servers import ROOT, THREADS, Server

# What the last answers leave behind (a closed connection, a written log) belongs to them.
SECONDS_TO_SETTLE = 0.15


class Round(NamedTuple):
    """What one rival's requests of one round cost, each."""

    app_ms: float
    database_ms: float
    per_second: float
    latency_ms: float

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


@dataclass
class Rival:
    name: str
    server: Server
    # Gives the requests of a round; the rounds count from 0, which warms up and is not kept.
    requests: Callable[[int], list[Request]]
    status: int = 200
    rounds: list[Round] = field(default_factory=list)

    def middle(self, figure: Callable[[Round], float]) -> float:
        return median(figure(each) for each in self.rounds)


def measure(rivals: Sequence[Rival], rounds: int, postmaster: int) -> None:
    """Let every rival go once in each round, each time in another order."""
    for number in range(rounds + 1):
        shift = number % len(rivals)
        for rival in (*rivals[shift:], *rivals[:shift]):
            cost = one_round(rival, number, postmaster)
            if number:
                rival.rounds.append(cost)
        say(f"    round {number} of {rounds}" if number else "    warmed up")


def one_round(rival: Rival, number: int, postmaster: int) -> Round:
    requests = rival.requests(number)
    app, database = stat_of(rival.server.worker).own, seconds_of_family(postmaster)
    answers = send(rival.server, requests)
    time.sleep(SECONDS_TO_SETTLE)
    app = stat_of(rival.server.worker).own - app
    database = seconds_of_family(postmaster) - database

    statuses = answers["statuses"]
    if statuses != {str(rival.status): len(requests)}:
        raise AssertionError(f"{rival.name} answered {statuses} instead of {rival.status} alone.")
    return Round(
        app_ms=1000 * app / len(requests),
        database_ms=1000 * database / len(requests),
        per_second=len(requests) / answers["seconds"],
        latency_ms=1000 * median(answers["latencies"]),
    )


def send(server: Server, requests: list[Request], connections: int = THREADS) -> dict[str, Any]:
    load = [sys.executable, "-m", "benchmarks.load", str(server.port), str(connections)]
    done = subprocess.run(
        load, cwd=ROOT, input=json.dumps(requests), stdout=subprocess.PIPE, text=True, check=True
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
