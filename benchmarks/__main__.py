"""
Gymtastic beside what is possible and what is usual, on a private PostgreSQL.

    python -m benchmarks [--quick] [--markdown] [--rounds N] [PATH ...]
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from benchmarks import (
    benefits,
    booking,
    followups,
    mail,
    milestones,
    promotions,
    report,
    schedule,
    workouts,
)
from benchmarks.filling import Size, copy, cursor_of, fill, tidy
from benchmarks.measuring import measure, say
from benchmarks.processor_time import stat_of
from benchmarks.servers import THREADS, Server, serving
from tests.throwaway_postgres import throwaway_postgres

# The defaults of a server that has this machine for itself. Vacuuming is done before, so that
# no rival pays for it.
POSTGRES = {
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "autovacuum": "off",
}
APPLICATIONS = {
    "Gymtastic": "gymtastic.wsgi:application",
    "limit": "benchmarks.limit:application",
    "plain": "benchmarks.plain.wsgi:application",
}
PATHS = (
    "schedule",
    "booking",
    "milestones",
    "mail",
    "benefits",
    "followups",
    "promotions",
    "workouts",
)
# Each takes as long as many rounds of the others.
MAIL_ROUNDS = 3


class Effort(NamedTuple):
    size: Size
    rounds: int
    # Of each rival, in each round.
    pages: int
    bookings: int
    mails: int
    # Of venues' benefits, from few to many, and how many more are imported.
    uses: tuple[int, ...]
    imported: int
    # Of those who are followed up with.
    followed_up: Size
    # Of those who live near venues with flash promotions.
    nearby: Size
    # Of those among whom somebody has trained for five years.
    trained: Size


FULL = Effort(
    Size(sessions=50_000, bookings=500_000, customers=100_000),
    rounds=7,
    pages=300,
    bookings=300,
    mails=10_000,
    uses=(90_000, 900_000, 9_000_000),
    imported=1_000_000,
    followed_up=Size(sessions=50_000, bookings=500_000, customers=1_000_000),
    nearby=Size(sessions=50_000, bookings=500_000, customers=100_000),
    trained=Size(sessions=1_000, bookings=5_000, customers=100_000),
)
QUICK = Effort(
    Size(sessions=5_000, bookings=50_000, customers=50_000),
    rounds=3,
    pages=40,
    bookings=40,
    mails=1_000,
    uses=(9_000, 90_000, 900_000),
    imported=100_000,
    followed_up=Size(sessions=5_000, bookings=50_000, customers=50_000),
    nearby=Size(sessions=5_000, bookings=50_000, customers=60_000),
    trained=Size(sessions=1_000, bookings=5_000, customers=5_000),
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./gym bench")
    parser.add_argument("paths", nargs="*", metavar="PATH", help=f"of {', '.join(PATHS)}")
    parser.add_argument("--quick", action="store_true", help="try the benchmarks out, small")
    parser.add_argument("--markdown", action="store_true", help="a table for the documentation")
    parser.add_argument("--rounds", type=int, help=f"default: {FULL.rounds}")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.paths) - set(PATHS):
        parser.error(f"There is no path {', '.join(sorted(unknown))}.")
    if not sys.platform.startswith("linux"):
        sys.exit("The benchmarks read the processes' CPU from /proc: they need Linux.")
    effort = QUICK if asked.quick else FULL
    if asked.rounds:
        effort = effort._replace(rounds=asked.rounds)

    as_table = report.as_markdown if asked.markdown else report.as_text
    print(_setting(effort))
    with throwaway_postgres(durable=True, settings=POSTGRES) as address:
        for table in run(address, effort, asked.paths or PATHS):
            print(f"\n{as_table(table)}", flush=True)


def run(server: str, effort: Effort, paths: Sequence[str]) -> Iterator[report.Table]:
    postmaster = _postmaster(server)
    if set(paths) & {"schedule", "booking", "milestones"}:
        yield from _in_a_gym(server, effort, paths, postmaster)
    if "mail" in paths:
        yield mail.run(server, postmaster, effort.mails, min(effort.rounds, MAIL_ROUNDS))
    if "benefits" in paths:
        yield from benefits.run(server, postmaster, effort.uses, effort.imported, effort.rounds)
    if "followups" in paths:
        yield from followups.run(server, postmaster, effort.followed_up, effort.rounds)
    if "promotions" in paths:
        yield from promotions.run(server, postmaster, effort.nearby, effort.rounds)
    if "workouts" in paths:
        yield from workouts.run(server, postmaster, effort.trained, effort.rounds)


def _in_a_gym(
    server: str, effort: Effort, paths: Sequence[str], postmaster: int
) -> Iterator[report.Table]:
    say(f"Filling {effort.size.bookings:,} bookings")
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE gym")
    original = f"{server.rpartition('/')[0]}/gym"
    fill(original, effort.size)
    plan = booking.plan(original, effort.rounds, effort.bookings)
    tidy(original)

    if set(paths) & {"schedule", "booking"}:
        yield _beside_rivals(original, plan, effort, paths, postmaster)
    if "milestones" in paths:
        yield milestones.run(original, plan, effort.rounds, postmaster)


def _beside_rivals(
    original: str, plan: booking.Plan, effort: Effort, paths: Sequence[str], postmaster: int
) -> report.Table:
    addresses = {name: copy(original, name) for name in APPLICATIONS}
    rows = []
    applications = {name: (APPLICATIONS[name], addresses[name]) for name in APPLICATIONS}
    with serving(applications) as servers:
        if "schedule" in paths:
            rows += _schedule(servers, addresses["Gymtastic"], effort, postmaster)
        if "booking" in paths:
            rows += _booking(servers, addresses, plan, effort, postmaster)
    return report.Table(report.HEADINGS, rows)


def _schedule(
    servers: Mapping[str, Server], address: str, effort: Effort, postmaster: int
) -> list[list[str]]:
    say("Schedule")
    rivals = schedule.rivals(servers, address, effort.pages)
    measure(rivals, effort.rounds, postmaster)
    targets = {
        "limit": report.of_the_limit(0.35, better="; better 0.5"),
        "plain": report.times_the_plain(7),
        "for_customer": report.times_the_page(2),
    }
    return report.rows_for("schedule, a week's page of 100", rivals, targets)


def _booking(
    servers: Mapping[str, Server],
    addresses: Mapping[str, str],
    plan: booking.Plan,
    effort: Effort,
    postmaster: int,
) -> list[list[str]]:
    booking.must_answer_alike(servers, plan.probe)
    targets = {
        "limit": report.of_the_limit(0.18),
        "plain": report.times_the_plain(4, better="; better 5"),
    }
    rows = []
    for path, requests in (
        ("booking, spread", plan.spread),
        ("booking, all at one session", plan.at_one),
    ):
        say(path.capitalize())
        rivals = booking.rivals(servers, requests)
        measure(rivals, effort.rounds, postmaster)
        rows += report.rows_for(path, rivals, targets)
    booking.must_have_written_alike(addresses, plan)
    refused = booking.rush(servers, addresses, plan)
    booking.must_not_be_overbooked(addresses)
    say(f"Same rows from all; nothing overbooked, {refused} refused in the rush")
    return rows


def _postmaster(address: str) -> int:
    with cursor_of(address) as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return stat_of(cursor.fetchone()[0]).parent


def _setting(effort: Effort) -> str:
    size = effort.size
    settings = ", ".join(f"{name} {value}" for name, value in POSTGRES.items())
    return (
        f"{size.sessions:,} sessions, {size.bookings:,} bookings, {size.customers:,} customers, "
        f"{effort.mails:,} mails, up to {effort.uses[-1]:,} uses of benefits,\n"
        f"follow-ups of {effort.followed_up.customers:,} customers, "
        f"flash promotions near {effort.nearby.customers:,}, "
        f"workouts of {effort.trained.customers:,};\n"
        f"medians of {effort.rounds} alternated rounds, {THREADS} connections;\n"
        f"gunicorn with 1 process and {THREADS} threads; PostgreSQL with {settings}."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
