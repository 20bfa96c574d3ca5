"""
Benefits: the three reports beside what one would write first, at three numbers of uses of the
same 200 days; the same reports over HTTP, recording a use, and loading history.
"""

import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from statistics import median
from typing import NamedTuple

from benchmarks import benefit_filling, benefit_import, report
from benchmarks.asking import Asked, answering
from benchmarks.filling import cursor_of, tidy
from benchmarks.load import Request
from benchmarks.measuring import Rival, measure, say
from benchmarks.servers import Server, serving
from benchmarks.statements import counted

APPLICATION = "gymtastic.wsgi:application"
HEADINGS = (
    "path",
    "who",
    "uses",
    "ms",
    "of it SQL",
    "rounds",
    "rival's ms",
    "× faster",
    "× the fewest",
    "target",
)
CLOSING = ("path", "uses", "slots", "seconds", "ms a slot", "report 1 before, ms")
REQUESTS = 100
# Each takes as long as many rounds of the others.
IMPORTS = 2
LATE = "100 days late"

# A recurrence is 30 days at most: nothing stands in the way of these, however often it is tried.
RECORDABLE = """
SELECT customer.id, benefit.id FROM (
    SELECT row_number() OVER (ORDER BY id %% 997, id) AS turn, id FROM customers_customer
    ORDER BY 1 LIMIT 3 * %(number)s) customer
JOIN (SELECT row_number() OVER (ORDER BY id %% 97, id) - 1 AS turn, id FROM benefits_benefit)
    benefit ON benefit.turn = customer.turn %% %(benefits)s
WHERE NOT EXISTS (
    SELECT FROM benefits_benefitusage
    WHERE person_id = customer.id AND benefit_id = benefit.id)
ORDER BY customer.turn LIMIT %(number)s
"""


class Figures(NamedTuple):
    """A report's medians at one number of uses."""

    sql_ms: float
    # 0 where there is no rival.
    times_faster: float
    times_the_fewest: float


class Demand(NamedTuple):
    sentence: str
    is_met: Callable[[Figures], bool]


class Goal(NamedTuple):
    """What is asked of a report where there are most uses."""

    path: str
    rival: str
    demands: Sequence[Demand]


GOALS = {
    "top": Goal(
        "1: top of every venue",
        "beside the window query",
        [
            Demand("≥ 30 × faster", lambda its: its.times_faster >= 30),
            Demand("≤ 2 × the fewest", lambda its: its.times_the_fewest <= 2),
        ],
    ),
    "available": Goal(
        "2: available to a person", "", [Demand("≤ 1 ms of SQL", lambda its: its.sql_ms <= 1)]
    ),
    "inactive": Goal(
        "3: inactivity, busiest venue",
        "beside lag()",
        [
            Demand("≥ 300 × faster", lambda its: its.times_faster >= 300),
            Demand("≤ 1.5 × the fewest", lambda its: its.times_the_fewest <= 1.5),
        ],
    ),
}


class Reporter(Asked):
    """Asks the reports of one database in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        super().__init__(process)
        self.rounds: list[dict[str, dict[str, float]]] = []

    def milliseconds(self, report_name: str, who: str) -> list[float]:
        return [each[report_name][who] for each in self.rounds]


def run(
    server: str, postmaster: int, sizes: Sequence[int], imported: int, rounds: int
) -> Iterator[report.Table]:
    """Fill a database for each number of uses, from few to many, and measure on each."""
    at = datetime.now(UTC)
    unused = benefit_filling.catalogue(server)
    addresses = {}
    for uses in sizes:
        say(f"Filling {uses:,} uses")
        addresses[uses] = benefit_filling.used(unused, uses, at)

    with ExitStack() as stack:
        reporters = {
            uses: stack.enter_context(_reporting(address, at))
            for uses, address in addresses.items()
        }
        yield _closed(reporters)
        for address in addresses.values():
            tidy(address)
        yield _reported(reporters, rounds)
        busiest = reporters[sizes[-1]].do("busiest")

    yield from _served(addresses[sizes[-1]], sizes[-1], busiest, rounds, postmaster)
    middle = addresses[sizes[len(sizes) // 2]]
    yield benefit_import.run(middle, imported, at, min(rounds, IMPORTS))


@contextmanager
def _reporting(address: str, at: datetime) -> Iterator[Reporter]:
    with answering(address, "benchmarks.benefit_reports", at.isoformat()) as process:
        yield Reporter(process)


# --- The reports --------------------------------------------------------------------------------


def _closed(reporters: Mapping[int, Reporter]) -> report.Table:
    say("Closing the slots of the summary")
    rows: list[list[str]] = []
    for uses, reporter in reporters.items():
        unsummed = reporter.do("top")
        done = reporter.do("close")
        path = "" if rows else "closing slots of 6 hours"
        seconds, slots = done["seconds"], done["slots"]
        per_slot = f"{1000 * seconds / slots:.1f}"
        rows.append([path, f"{uses:,}", f"{slots}", f"{seconds:.1f}", per_slot, f"{unsummed:.0f}"])
    return report.Table(CLOSING, rows)


def _reported(reporters: Mapping[int, Reporter], rounds: int) -> report.Table:
    say("Reports on benefits")
    for uses, reporter in reporters.items():
        lengths = reporter.do("compare")
        say(f"    {uses:,}: alike, rows {lengths}")
    waiting = list(reporters.values())
    for number in range(rounds + 1):
        shift = number % len(waiting)
        for reporter in (*waiting[shift:], *waiting[:shift]):
            cost = reporter.do("round")
            if number:
                reporter.rounds.append(cost)
        say(f"    round {number} of {rounds}" if number else "    warmed up")
    rows = [row for name, goal in GOALS.items() for row in _rows(name, goal, reporters)]
    return report.Table(HEADINGS, rows)


def _rows(name: str, goal: Goal, reporters: Mapping[int, Reporter]) -> list[list[str]]:
    fewest, most = min(reporters), max(reporters)
    rows: list[list[str]] = []
    for uses, reporter in reporters.items():
        own = reporter.milliseconds(name, "own")
        rival = reporter.milliseconds(name, "rival") if goal.rival else []
        figures = Figures(
            median(reporter.milliseconds(name, "sql")),
            _ratio(rival, own) if rival else 0,
            _ratio(own, reporters[fewest].milliseconds(name, "own")),
        )
        row = [
            "" if rows else goal.path,
            "" if rows else goal.rival,
            f"{uses:,}",
            f"{median(own):.2f}",
            f"{figures.sql_ms:.2f}",
            f"{min(own):.2f}–{max(own):.2f}",
            f"{median(rival):.1f}" if rival else "",
            f"{figures.times_faster:.0f}" if rival else "",
            f"{figures.times_the_fewest:.2f}",
        ]
        rows.append([*row, _verdict(goal, figures) if uses == most else ""])
    return rows


def _ratio(numerators: list[float], denominators: list[float]) -> float:
    return median(one / other for one, other in zip(numerators, denominators, strict=True))


def _verdict(goal: Goal, figures: Figures) -> str:
    words = {True: "met", False: "MISSED"}
    return "; ".join(f"{each.sentence}: {words[each.is_met(figures)]}" for each in goal.demands)


# --- Over HTTP ----------------------------------------------------------------------------------


def _served(
    address: str, uses: int, busiest: Mapping[str, int], rounds: int, postmaster: int
) -> Iterator[report.Table]:
    say("Reports over HTTP, and recording")
    # So many of each kind for each round, to count statements and to warm up.
    sizes = {"number": 2 * REQUESTS * (rounds + 2), "benefits": benefit_filling.BENEFITS}
    with cursor_of(address) as cursor:
        cursor.execute(RECORDABLE, sizes)
        pairs = iter(cursor.fetchall())
    rows: list[list[str]] = []
    with serving({"Gymtastic": (APPLICATION, address)}) as servers:
        server = servers["Gymtastic"]
        for path, rivals, targets in (
            (f"reports, {uses:,} uses", _asking(server, busiest), {}),
            ("recording a use", _recording(server, pairs), {LATE: report.times_the_first()}),
        ):
            statements = counted(address, [rival.requests(0)[0] for rival in rivals])
            measure(rivals, rounds, postmaster)
            its = report.rows_for(path, rivals, targets)
            for row, number in zip(its, statements, strict=True):
                row[1] += f": {number} statements"
            rows += its
    yield report.Table(report.HEADINGS, rows)


def _asking(server: Server, busiest: Mapping[str, int]) -> list[Rival]:
    venue, person = busiest["venue"], busiest["person"]
    paths = {
        "top": "top",
        "available": f"available?personId={person}&venueId={venue}",
        "inactivity_periods": f"inactivity_periods?venueId={venue}",
    }
    return [Rival(name, server, _again(f"/api/benefits/{path}")) for name, path in paths.items()]


def _again(path: str) -> Callable[[int], list[Request]]:
    return lambda _: [Request("GET", path)] * REQUESTS


def _recording(server: Server, pairs: Iterator[tuple[int, int]]) -> list[Rival]:
    late = (datetime.now(UTC) - timedelta(days=100)).isoformat()

    def uses(**when: str) -> list[Request]:
        return [
            Request("POST", "/api/benefit_usages", {"person": person, "benefit": benefit, **when})
            for person, benefit in islice(pairs, REQUESTS)
        ]

    return [
        Rival("of this moment", server, lambda _: uses(), status=201),
        Rival(LATE, server, lambda _: uses(used_at=late), status=201),
    ]
