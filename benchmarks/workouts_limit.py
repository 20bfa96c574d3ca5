"""
What workouts would cost with nothing in between: bare WSGI, one statement of plain psycopg2 for
each request, orjson. It refuses nothing: a yardstick, not a program.
"""

import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
import psycopg2  # type: ignore[import-untyped]

from benchmarks.workout_statements import ALL_TIME, LOG, PAGE, PROGRESS, RECORDS, SINCE
from core.instants import monday_of
from workouts.rules import epley, pace, pace_of, streaks, thousandths

Environ = dict[str, Any]

MINUTE = timedelta(minutes=1)
HEADER = ("id", "client_id", "customer", "started_at", "ended_at", "note")
BESTS: Mapping[str, Mapping[str, Callable[[Any], float]]] = {
    "strength": {
        "heaviest_weight_kg": lambda grams: grams / 1000,
        "most_reps": int,
        "best_estimated_1rm_kg": lambda thirtieths: thousandths(thirtieths, 30_000),
        "best_set_volume_kg": lambda grams: grams / 1000,
    },
    "cardio": {
        "longest_distance_m": lambda millimetres: millimetres / 1000,
        "longest_duration_seconds": int,
        "fastest_pace_seconds_per_km": pace_of,
    },
}
_local = threading.local()


def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    query = dict(parse_qsl(environ["QUERY_STRING"]))
    body: Any
    if environ["REQUEST_METHOD"] == "POST":
        status, body = log(orjson.loads(environ["wsgi.input"].read()))
    else:
        status, body = "200 OK", read(environ, path, query)
    text = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    start_response(
        status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
    )
    return [text]


def read(environ: Environ, path: str, query: Mapping[str, str]) -> Any:
    if path == "/api/workouts":
        return page(environ, query)
    [number] = re.findall(r"\d+", path)
    of_one: dict[str, Callable[[int, Mapping[str, str]], Any]] = {
        "records": records,
        "workout_stats": stats,
        "progress": progress,
    }
    return of_one[path.rpartition("/")[2]](int(number), query)


def records(customer: int, query: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for exercise, kind, *columns in _rows(RECORDS, {"customer": customer}):
        names = BESTS[kind]
        offset = 0 if kind == "strength" else 3 * len(BESTS["strength"])
        held: dict[str, Any] = {"exercise": exercise}
        for place, (name, told) in enumerate(names.items()):
            value, workout, at = columns[offset + 3 * place : offset + 3 * place + 3]
            held[name] = None
            if value is not None:
                held[name] = {"value": told(value), "workout": workout, "date": at.date()}
        found.append(held)
    return found


def stats(customer: int, query: Mapping[str, str]) -> dict[str, Any]:
    weeks = _rows(SINCE if "from" in query else ALL_TIME, {"customer": customer, **query})
    streak = streaks((week[0] for week in weeks), monday_of(datetime.now(UTC).date()))
    trained = [week for week in weeks if week[1]]
    totals = [sum(column, type(column[0])()) for column in list(zip(*trained, strict=True))[1:]]
    return {
        **_added_up(totals),
        "current_streak_weeks": streak.current,
        "longest_streak_weeks": streak.longest,
        "weeks": [
            {"week": f"{monday:%G-W%V}", "starts_on": monday, **_added_up(week)}
            for monday, *week in trained
        ],
    }


def _added_up(week: Sequence[Any]) -> dict[str, Any]:
    workouts, days, lasted, sets, volume, distance = week
    return {
        "workouts": workouts,
        "active_days": days,
        "minutes": lasted // MINUTE,
        "sets": sets,
        "volume_kg": volume / 1000,
        "distance_m": distance / 1000,
    }


def progress(exercise: int, query: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    values = {"exercise": exercise, "customer": query["customer"]}
    for workout, started_at, kind, *columns in _rows(PROGRESS, values):
        weight, estimate, volume, distance, duration, measured = columns
        told: dict[str, Any] = {
            "workout": workout,
            "date": started_at.date(),
            "started_at": started_at,
        }
        if kind == "strength":
            told["best_weight_kg"] = None if weight is None else weight / 1000
            told["best_estimated_1rm_kg"] = estimate and thousandths(estimate, 30_000)
            told["volume_kg"] = volume / 1000
        else:
            told["distance_m"] = distance and distance / 1000
            told["duration_seconds"] = duration
            told["pace_seconds_per_km"] = distance and pace(seconds=measured, millimetres=distance)
        found.append(told)
    return found


def page(environ: Environ, query: Mapping[str, str]) -> dict[str, Any]:
    size = int(query["page_size"])
    rows = _rows(PAGE, {"customer": query["customer"], "size": size})
    number = rows[0][0] if rows else 0
    link = urlencode(sorted({**query, "page": "2"}.items()))
    return {
        "count": number,
        "next": f"http://{environ['HTTP_HOST']}/api/workouts?{link}" if size < number else None,
        "previous": None,
        "results": [
            dict(zip(HEADER, header, strict=True)) | {"entries": _entries(list(its))}
            for header, its in groupby(rows, key=itemgetter(slice(1, 7)))
        ],
    }


def _entries(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {
            "exercise": exercise,
            "position": position,
            "note": note,
            "sets": [_set(*row[10:]) for row in its],
        }
        for (position, exercise, note), its in groupby(rows, key=itemgetter(slice(7, 10)))
    ]


def _set(
    position: int,
    type_: str,
    reps: int | None,
    grams: int | None,
    seconds: int | None,
    millimetres: int | None,
    calories: int | None,
    halves: int | None,
) -> dict[str, Any]:
    return {
        "position": position,
        "type": type_,
        "reps": reps,
        "weight_kg": None if grams is None else grams / 1000,
        "duration_seconds": seconds,
        "distance_m": None if millimetres is None else millimetres / 1000,
        "calories": calories,
        "rpe": None if halves is None else halves / 2,
    }


def log(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    entries = body["entries"]
    values = {
        **{name: body[name] for name in HEADER[1:]},
        "customer": body["customer"],
        "fingerprint": sha256(orjson.dumps(body)).hexdigest(),
        "exercises": sorted({entry["exercise"] for entry in entries}),
        "sets": orjson.dumps(
            [
                {
                    "place": place,
                    "exercise": entry["exercise"],
                    "note": entry["note"],
                    **each,
                    "position": position,
                    "grams": each["weight_kg"] and round(1000 * each["weight_kg"]),
                    "seconds": each["duration_seconds"],
                    "millimetres": each["distance_m"] and round(1000 * each["distance_m"]),
                    "halves": each["rpe"] and round(2 * each["rpe"]),
                }
                for place, entry in enumerate(entries, start=1)
                for position, each in enumerate(entry["sets"], start=1)
            ]
        ).decode(),
    }
    rows = _rows(LOG, values)
    workout, fingerprint, is_new, *_ = rows[0]
    if fingerprint != values["fingerprint"]:
        return "409 Conflict", {}
    answer = {
        "id": workout,
        **{name: body[name] for name in HEADER[1:]},
        "entries": [
            {**entry, "position": place, "sets": _numbered(entry["sets"])}
            for place, entry in enumerate(entries, start=1)
        ],
        "new_records": [record for row in rows for record in _new_records(entries, *row[3:])],
    }
    return "201 Created" if is_new else "200 OK", answer


def _numbered(sets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": position, **each} for position, each in enumerate(sets, start=1)]


def _new_records(
    entries: Sequence[dict[str, Any]], exercise: int, kind: str, _: int | None, *previous: Any
) -> list[dict[str, Any]]:
    counted = [
        each
        for entry in entries
        if entry["exercise"] == exercise
        for each in entry["sets"]
        if each["type"] != "warmup"
    ]
    strength = len(BESTS["strength"])
    befores = previous[:strength] if kind == "strength" else previous[strength:]
    own = zip(*map(_bests_of, counted, [kind] * len(counted)), strict=True)
    found = []
    for (name, told), values, before in zip(BESTS[kind].items(), own, befores, strict=True):
        value = max((value for value in values if value is not None), default=None)
        if value is not None and (before is None or value > before):
            previous_told = None if before is None else told(before)
            record = {"exercise": exercise, "record": name, "value": told(value)}
            found.append({**record, "previous": previous_told})
    return found


def _bests_of(each: Mapping[str, Any], kind: str) -> tuple[Any, ...]:
    if kind == "strength":
        reps, grams = each["reps"], round(1000 * each["weight_kg"])
        estimate = 30 * grams if reps == 1 else epley(grams, reps) if reps <= 12 else None
        return grams, reps, estimate, grams * reps
    seconds, metres = each["duration_seconds"], each["distance_m"]
    millimetres = metres and round(1000 * metres)
    speed = millimetres / seconds if millimetres and millimetres >= 1_000_000 else None
    return millimetres, seconds, speed


def _rows(statement: str, values: Mapping[str, Any]) -> list[Any]:
    if not hasattr(_local, "cursor"):
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        connection.autocommit = True
        _local.cursor = connection.cursor()
        _local.cursor.execute("SET TIME ZONE 'UTC'")
    _local.cursor.execute(statement, values)
    rows: list[Any] = _local.cursor.fetchall()
    return rows
