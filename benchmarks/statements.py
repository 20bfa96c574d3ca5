"""
How many statements does a request send to the database? Those that only begin or end a
transaction are not counted.

    python -m benchmarks.statements MODULE < requests.json > counts.json
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence

from benchmarks.load import HOST, Request
from benchmarks.servers import ROOT, production

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def counted(address: str, requests: Sequence[Request], module: str = "gymtastic.wsgi") -> list[int]:
    """Send the requests to Gymtastic, as a module serves it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.statements", module],
        cwd=ROOT,
        env={**production(address), "DJANGO_SETTINGS_MODULE": "gymtastic.settings"},
        input=json.dumps(requests),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    counts: list[int] = json.loads(done.stdout)
    return counts


def main() -> None:
    importlib.import_module(sys.argv[1])
    # Django asks for its settings when these are imported, and the benchmarks have none.
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client = Client(SERVER_NAME=HOST)
    counts = []
    for method, path, body in json.load(sys.stdin):
        with CaptureQueriesContext(connection) as queries:
            answer = client.generic(method, path, json.dumps(body), "application/json")
        assert answer.status_code in {200, 201}, answer.content
        asked = [query["sql"] for query in queries if not query["sql"].startswith(NOT_COUNTED)]
        counts.append(len(asked))
    json.dump(counts, sys.stdout)


if __name__ == "__main__":
    assert os.environ["DJANGO_SETTINGS_MODULE"]
    main()
