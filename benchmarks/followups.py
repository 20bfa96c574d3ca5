"""
Follow-ups of a million customers: proving everybody's, reading one, a page and the summary, and
what a change costs with the status being kept and without.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from statistics import median

from benchmarks import booking, crowds, report
from benchmarks.asking import Asked, answering
from benchmarks.filling import Size, copy, cursor_of, fill, rows_of, tidy
from benchmarks.follow_up_filling import fill_agreements
from benchmarks.follow_up_questions import QUESTIONS
from benchmarks.load import Request, ask_once
from benchmarks.measuring import Rival, measure, say
from benchmarks.processor_time import seconds_of_family
from benchmarks.servers import ROOT, Server, production, serving
from benchmarks.statements import counted

APPLICATION = "gymtastic.wsgi:application"
LIMIT = "benchmarks.limit:application"
WITHOUT = "benchmarks.without_follow_ups"
PROVEN = ("path", "who", "customers", "seconds", "customers/s", "CPU s of the app", "database")
ASKED = ("path", "who", "people", "SQL ms", "rounds", "by CASE, ms", "× faster", "target")
PATHS = {
    "frequent": ("a page of 100 of a frequent status", 100),
    "rare": ("a page of 100 of a rare status", 100),
    "summary": ("the summary", 3),
}
LEAST_PER_SECOND = 300
# Each request of a round, and each change, is about another customer.
READS = 500
PAGES = 100
CHANGES = 40

# Behind the application's back.
ONE_IN_A_HUNDRED = """
UPDATE followups_followup
SET status = CASE status WHEN 'lead' THEN 'referral' ELSE 'lead' END WHERE customer_id %% 100 = 50
"""
ROOM = """
UPDATE classes_classsession session SET capacity = 5000 FROM classes_classtype kind
WHERE kind.id = class_type_id AND NOT is_premium AND status = 'scheduled'
  AND starts_at >= current_date + 1 AND starts_at < current_date + 13 RETURNING session.id
"""
BOOKERS = """
SELECT customer_id FROM followups_followup WHERE watches_bookings = %s AND customer_id NOT IN (
    SELECT customer_id FROM bookings_booking WHERE occupied_day >= current_date)
ORDER BY customer_id %% 997, customer_id LIMIT %s
"""
UNSEEN = """
SELECT booking.id FROM bookings_booking booking
JOIN followups_followup follow_up USING (customer_id)
JOIN classes_classsession session ON session.id = class_session_id
WHERE booking.status = 'booked' AND starts_at < now() AND watches_bookings = %s
ORDER BY booking.id %% 997, booking.id LIMIT %s
"""
UNOWING = """
SELECT id FROM followups_agreement
WHERE NOT is_trial AND status = 'active' AND past_due_balance = 0
ORDER BY id %% 997, id LIMIT %s
"""
NOBODY_ELSE = "somebody with agreements"
PROSPECT = "a prospect with a trial"


def run(server: str, postmaster: int, size: Size, rounds: int) -> Iterator[report.Table]:
    say(f"Filling {size.customers:,} customers with agreements")
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE followed_up")
    address = f"{server.rpartition('/')[0]}/followed_up"
    fill(address, size)
    fill_agreements(address)
    tidy(address)

    yield _proven(address, size.customers, postmaster)
    changes = _changes(address, rounds)
    tidy(address)
    unkept = copy(address, "unkept")
    yield _asked(address, rounds)
    with serving({"Gymtastic": (APPLICATION, address), "limit": (LIMIT, address)}) as servers:
        yield report.Table(report.HEADINGS, _read(servers, address, rounds, postmaster))
    yield report.Table(report.HEADINGS, _changed(address, unkept, changes, rounds, postmaster))
    yield crowds.run(address)
    _check(address)
    say("Every status is right after all changes")


# --- Proving ------------------------------------------------------------------------------------


def _proven(address: str, customers: int, postmaster: int) -> report.Table:
    say("Proving everybody")
    rows = [_timed(address, customers, postmaster, "everybody without a status: --repair", True)]
    tidy(address)
    rows.append(_timed(address, customers, postmaster, "every status is right", False))
    with cursor_of(address) as cursor:
        cursor.execute(ONE_IN_A_HUNDRED, {})
    rows.append(_timed(address, customers, postmaster, "1 % are wrong: --repair", True))
    rows[0][0] = "check_follow_ups"
    return report.Table(PROVEN, rows)


def _timed(address: str, customers: int, postmaster: int, who: str, repair: bool) -> list[str]:
    own, database, begun = _of_children(), seconds_of_family(postmaster), time.perf_counter()
    _check(address, repair=repair)
    seconds = time.perf_counter() - begun
    own, database = _of_children() - own, seconds_of_family(postmaster) - database
    say(f"    {who}: {seconds:.1f} s")
    figures = [f"{customers:,}", f"{seconds:.1f}", f"{customers / seconds:,.0f}"]
    return ["", who, *figures, f"{own:.1f}", f"{database:.1f}"]


def _check(address: str, *, repair: bool = False) -> None:
    command = [sys.executable, "manage.py", "check_follow_ups", *(["--repair"] if repair else [])]
    subprocess.run(
        command, cwd=ROOT, env=production(address), stdout=subprocess.DEVNULL, check=True
    )


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- Asking -------------------------------------------------------------------------------------


def _asked(address: str, rounds: int) -> report.Table:
    say("A page and the summary, beside CASE over everybody")
    with answering(address, "benchmarks.follow_up_questions") as process:
        questions = Asked(process)
        people = questions.do("compare")
        questions.do("round")
        costs = [questions.do("round") for _ in range(rounds)]
    rows = []
    for name, (path, least) in PATHS.items():
        own = [cost[name]["sql"] for cost in costs]
        case = [cost[name]["case"] for cost in costs]
        ratio = median(its / ours for its, ours in zip(case, own, strict=True))
        verdict = "met" if ratio >= least else "MISSED"
        rows.append(
            [
                path,
                "its statements",
                f"{people[name]:,}",
                f"{median(own):.2f}",
                f"{min(own):.2f}–{max(own):.2f}",
                f"{median(case):.0f}",
                f"{ratio:,.0f}",
                f"≥ {least} ×{'; better 500' if name == 'summary' else ''}: {verdict}",
            ]
        )
    return report.Table(ASKED, rows)


# --- Reading over HTTP --------------------------------------------------------------------------


def _read(
    servers: Mapping[str, Server], address: str, rounds: int, postmaster: int
) -> list[list[str]]:
    say("Reading over HTTP")
    customers = rows_of(
        address, "SELECT id FROM customers_customer ORDER BY id %% 997, id LIMIT %s", READS
    )
    one = [Request("GET", f"/api/follow_ups/{customer}") for (customer,) in customers]
    for request in one[:20]:
        answers = {name: ask_once(server.port, request) for name, server in servers.items()}
        own, its = answers["Gymtastic"], answers["limit"]
        assert json.loads(own.body) == json.loads(its.body), "The limit answers another follow-up."
    rivals = [Rival(name, server, lambda _: one) for name, server in servers.items()]
    measure(rivals, rounds, postmaster)
    rows = report.rows_for("one follow-up", rivals, {"limit": report.of_the_limit(0.45)})
    per_second = rivals[0].middle(lambda each: each.per_second)
    met = "met" if per_second >= LEAST_PER_SECOND else "MISSED"
    rows[0][-1] = f"≥ {LEAST_PER_SECOND} requests/s: {met}"

    pages = [
        Rival(PATHS[name][0], servers["Gymtastic"], _again(path))
        for name, path in QUESTIONS.items()
    ]
    measure(pages, rounds, postmaster)
    return rows + report.rows_for("many follow-ups", pages, {})


def _again(path: str) -> Callable[[int], list[Request]]:
    return lambda _: [Request("GET", path)] * PAGES


# --- Changing -----------------------------------------------------------------------------------


def _changes(address: str, rounds: int) -> dict[str, list[list[Request]]]:
    """Choose what is changed in each round, and once more to count the statements."""
    number = CHANGES * (rounds + 2)
    sessions = [session for (session,) in rows_of(address, ROOM)]

    def some(query: str, *values: object) -> list[int]:
        found = [pk for (pk,) in rows_of(address, query, *values, number)]
        assert len(found) == number, f"There are only {len(found)} of {query}"
        return found

    def bookings(is_prospect: bool) -> list[Request]:
        return [
            Request(
                "POST",
                booking.PATH,
                {"customer": customer, "class_session": sessions[place * 7 % len(sessions)]},
            )
            for place, customer in enumerate(some(BOOKERS, is_prospect))
        ]

    def check_ins(is_prospect: bool) -> list[Request]:
        return [
            Request("PATCH", f"{booking.PATH}/{pk}", {"status": "attended"})
            for pk in some(UNSEEN, is_prospect)
        ]

    edits = [
        Request("PATCH", f"/api/agreements/{pk}", {"past_due_balance": "19.90"})
        for pk in some(UNOWING)
    ]
    kinds = {
        "an agreement edited: the status changes": edits,
        f"a booking of {NOBODY_ELSE}": bookings(False),
        f"a booking of {PROSPECT}": bookings(True),
        f"a check-in of {NOBODY_ELSE}": check_ins(False),
        f"a check-in of {PROSPECT}": check_ins(True),
    }
    return {
        kind: [
            list(islice(turns, CHANGES)) for turns in [iter(requests)] for _ in range(rounds + 2)
        ]
        for kind, requests in kinds.items()
    }


def _changed(
    address: str,
    unkept: str,
    changes: Mapping[str, list[list[Request]]],
    rounds: int,
    postmaster: int,
) -> list[list[str]]:
    rows: list[list[str]] = []
    applications = {
        "with its status": (APPLICATION, address),
        "without": (f"{WITHOUT}:application", unkept),
    }
    with serving(applications) as servers:
        for kind, turns in changes.items():
            say(kind.capitalize())
            statements = [
                counted(its, turns[-1][:1], application.partition(":")[0])[0]
                for application, its in applications.values()
            ]
            status = 201 if turns[0][0].method == "POST" else 200
            rivals = [
                Rival(name, server, turns.__getitem__, status=status)
                for name, server in servers.items()
            ]
            measure(rivals, rounds, postmaster)
            its = report.rows_for(kind, rivals, {"without": report.times_the_first()})
            for row, rival, number in zip(its, rivals, statements, strict=True):
                row[1] = f"{rival.name}: {number} statements"
            rows += its
    return rows
