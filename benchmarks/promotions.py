"""
Flash promotions: what is near a customer and whom to tell, beside haversine over all rows; pages
of what is running; a crowd that wants units; telling ten thousand, and of 500 promotions at once.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from statistics import median
from typing import Any

from benchmarks import crowds, report
from benchmarks.asking import Asked, answering
from benchmarks.filling import Size, copy, cursor_of, fill, rows_of, tidy
from benchmarks.load import Request, ask_once
from benchmarks.measuring import Rival, measure, say, send
from benchmarks.promotion_filling import fill_promotions, gather_a_crowd
from benchmarks.promotion_questions import ASKED_ABOUT, CUSTOMERS, PLACES
from benchmarks.promotions_told import told
from benchmarks.servers import Server, serving
from benchmarks.statements import counted

APPLICATION = "gymtastic.wsgi:application"
LIMIT = "benchmarks.limit:application"
HAVERSINE = "benchmarks.promotions_by_haversine"
ASKED = ("path", "who", "found", "CPU ms", "its SQL", "rounds", "haversine", "× faster", "target")
RUNNING = "/api/flash_promos/running?page_size=100"
RESERVATIONS = "/api/promo_reservations"
LEAST_TIMES = 20
PAGES = 100
HOLDS = 50
# Of a crowd of so many everybody wants a unit once.
CROWD = 10_000
WANTING = 320
UNITS = 100
# Each takes as long as many rounds of the others.
TELLING_ROUNDS = 2

REACHING = "UPDATE promotions_flashpromo SET max_distance_km = %s RETURNING id"
MEMBERS = """
SELECT customer_id FROM customers_in_segment
WHERE segment_id = (SELECT id FROM customers_segment WHERE name = 'Crowd')
ORDER BY customer_id %% 997, customer_id
"""
MISCOUNTED = """
SELECT count(*) FILTER (WHERE sold_count + held_count > quantity),
       count(*) FILTER (WHERE sold_count <> sold OR held_count <> held)
FROM promotions_flashpromo promo, LATERAL (
    SELECT count(*) FILTER (WHERE status = 'completed') AS sold,
           count(*) FILTER (WHERE status = 'held') AS held
    FROM promotions_promoreservation WHERE promo_id = promo.id) counted
"""


def run(server: str, postmaster: int, size: Size, rounds: int) -> Iterator[report.Table]:
    say(f"Filling {size.customers:,} customers and their flash promotions")
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE promotions")
    address = f"{server.rpartition('/')[0]}/promotions"
    fill(address, size)
    fill_promotions(address)
    tidy(address)
    addresses = {"as they reach": address}
    for reach in (2, 10, 500):
        addresses[f"all reach {reach} km"] = copy(address, f"reaching_{reach}")
        rows_of(addresses[f"all reach {reach} km"], REACHING, reach)
        tidy(addresses[f"all reach {reach} km"])
    crowded = copy(address, "crowded")

    yield _asked(addresses, rounds)
    yield report.Table(report.HEADINGS, _served(address, rounds, postmaster))
    yield from _reserved(crowded, rounds, postmaster)
    yield told(crowded, CROWD, min(rounds, TELLING_ROUNDS), postmaster)


# --- Asking -------------------------------------------------------------------------------------


def _asked(addresses: Mapping[str, str], rounds: int) -> report.Table:
    say("What is near, and whom to tell, beside haversine over all rows")
    rows = []
    with ExitStack() as stack:
        processes = {
            who: Asked(stack.enter_context(answering(address, "benchmarks.promotion_questions")))
            for who, address in addresses.items()
        }
        first = next(iter(processes.values()))
        for who, process in processes.items():
            found = process.do("compare_eligible")
            costs = _rounds(partial(process.do, "eligible"), rounds)
            path = f"eligible: promotions {who}"
            rows += _compared(path, found, costs, is_the_target="2 km" in who)
        found = first.do("compare_audience")
        costs = _rounds(partial(first.do, "audience"), rounds)
        rows += _compared("whom to tell, in the city", found, costs, is_the_target=None)
    return report.Table(ASKED, rows)


Costs = Sequence[Mapping[str, Mapping[str, float]]]


def _rounds(ask: Callable[[], Mapping[str, Mapping[str, float]]], rounds: int) -> Costs:
    ask()
    return [ask() for _ in range(rounds)]


def _compared(
    path: str, found: Mapping[str, Sequence[int]], costs: Costs, *, is_the_target: bool | None
) -> list[list[str]]:
    rows: list[list[str]] = []
    for name, numbers in found.items():
        own = [cost[name]["own"] for cost in costs]
        sql = [cost[name]["sql"] for cost in costs]
        rival = [cost[name]["rival"] for cost in costs]
        ratio = median(its / ours for its, ours in zip(rival, sql, strict=True))
        met = "met" if ratio >= LEAST_TIMES else "MISSED"
        is_asked = name.endswith(", 2 km") if is_the_target is None else is_the_target
        rows.append(
            [
                "" if rows else path,
                name,
                f"{min(numbers):,}–{max(numbers):,}",
                f"{median(own):.2f}",
                f"{median(sql):.2f}",
                f"{min(sql):.2f}–{max(sql):.2f}",
                f"{median(rival):.1f}",
                f"{ratio:.1f}",
                f"≥ {LEAST_TIMES} ×: {met}" if is_asked else "",
            ]
        )
    return rows


# --- Over HTTP ----------------------------------------------------------------------------------


def _served(address: str, rounds: int, postmaster: int) -> list[list[str]]:
    say("Eligible and running over HTTP")
    applications = {
        "Gymtastic": (APPLICATION, address),
        "by haversine": (f"{HAVERSINE}:application", address),
        "limit": (LIMIT, address),
    }
    rows: list[list[str]] = []
    with serving(applications) as servers:
        limit = servers.pop("limit")
        for place, where in PLACES.items():
            sql = CUSTOMERS.format(place=where, number=PAGES)
            requests = [
                Request("GET", f"/api/flash_promos/eligible?customer={pk}&page_size=100")
                for (pk,) in rows_of(address, sql)
            ]
            _must_be_alike(servers, requests[:ASKED_ABOUT])
            rivals = [Rival(name, its, partial(_again, requests)) for name, its in servers.items()]
            measure(rivals, rounds, postmaster)
            own = counted(address, requests[:1])[0]
            targets = {"by haversine": report.times_the_plain(1)}
            its = report.rows_for(f"eligible, {place}", rivals, targets)
            its[0][1] += f": {own} statements"
            its[1][-1] = ""
            rows += its
        asked = [Request("GET", RUNNING)]
        both = {"Gymtastic": servers["Gymtastic"], "limit": limit}
        _must_be_alike(both, asked)
        rivals = [Rival(name, its, lambda _: asked * PAGES) for name, its in both.items()]
        measure(rivals, rounds, postmaster)
        its = report.rows_for("running, a page of 100", rivals, {"limit": report.of_the_limit(0)})
        its[0][1] += f": {counted(address, asked)[0]} statements"
        its[1][-1] = ""
    return rows + its


def _again(requests: list[Request], _: int) -> list[Request]:
    return requests


def _must_be_alike(servers: Mapping[str, Server], requests: Sequence[Request]) -> None:
    for request in requests:
        own, its = (_body(ask_once(server.port, request).body) for server in servers.values())
        assert own == its, f"{request.path} is answered in two ways."


def _body(text: bytes) -> Any:
    # Of a distance the two agree on everything but the last digit.
    return json.loads(text, parse_float=lambda number: round(float(number), 9))


# --- A crowd ------------------------------------------------------------------------------------


def _reserved(address: str, rounds: int, postmaster: int) -> Iterator[report.Table]:
    say("A crowd that wants units")
    spread = [20 * (rounds + 2)] * HOLDS
    promos = gather_a_crowd(address, CROWD, [*spread, CROWD, CROWD, UNITS, UNITS])
    tidy(address)
    *others, roomy, one, few, last = promos
    members = iter([pk for (pk,) in rows_of(address, MEMBERS)])

    def hold(promo: int) -> Request:
        return Request("POST", RESERVATIONS, {"promo": promo, "customer": next(members)})

    spread_out = [[hold(promo) for promo in others] for _ in range(rounds + 2)]
    at_one = [[hold(roomy) for _ in range(HOLDS)] for _ in range(rounds + 1)]
    rows: list[list[str]] = []
    with serving({"Gymtastic": (APPLICATION, address)}) as servers:
        for who, turns in (("spread over promotions", spread_out), ("all of one", at_one)):
            rival = Rival(who, servers["Gymtastic"], turns.__getitem__, status=201)
            measure([rival], rounds, postmaster)
            rows += report.rows_for("" if rows else "reservation", [rival], {})
    rows[0][1] += f": {counted(address, spread_out[-1][:1])[0]} statements"
    yield report.Table(report.HEADINGS, rows)

    # Everybody wants one of each: a promotion's rules know nothing of another's.
    pool = [pk for (pk,) in rows_of(address, MEMBERS)][-WANTING:]
    wanted = {
        "reservations, spread over promotions": [others[i % HOLDS] for i in range(WANTING)],
        "reservations, all of one with units for all": [one] * WANTING,
        f"reservations, all of one with {UNITS} units": [few] * WANTING,
        f"again, of another with {UNITS} units": [last] * WANTING,
    }
    crowd = []
    with serving({"Gymtastic": (APPLICATION, address)}, threads=crowds.CONNECTIONS) as servers:
        server = servers["Gymtastic"]
        # Each thread connects to the database on its first request.
        send(server, [Request("GET", RUNNING)] * 4 * crowds.CONNECTIONS, crowds.CONNECTIONS)
        for path, its in wanted.items():
            requests = [
                Request("POST", RESERVATIONS, {"promo": promo, "customer": customer})
                for promo, customer in zip(its, pool, strict=True)
            ]
            crowd.append(crowds.row_of(path, server, requests))
        crowd.append(crowds.row_of("completions of those", server, _completions(address, last)))
    _must_be_right(address, [few, last])
    yield report.Table(crowds.HEADINGS, crowd)


def _completions(address: str, promo: int) -> list[Request]:
    held = rows_of(
        address,
        "SELECT id, customer_id FROM promotions_promoreservation WHERE promo_id = %s",
        promo,
    )
    return [
        Request("POST", f"{RESERVATIONS}/{pk}/complete", {"customer": customer})
        for pk, customer in held
    ]


def _must_be_right(address: str, wanted: Sequence[int]) -> None:
    [(oversold, miscounted)] = rows_of(address, MISCOUNTED)
    assert (oversold, miscounted) == (0, 0), f"{oversold} oversold, {miscounted} miscounted."
    left = rows_of(
        address,
        "SELECT quantity - sold_count - held_count FROM promotions_flashpromo WHERE id = ANY(%s)",
        list(wanted),
    )
    assert left == [(0,)] * len(wanted), f"{left} units are left of what all wanted."
    say("Nothing oversold, and every counter equals the rows")
