"""The project's own processes, started by tests on the database of the run."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_WAIT = 60


def environment(*, mail_port: int = 9, redis: str = "") -> dict[str, str]:
    """Give a process the database of the run and a mail server, and nothing of the tests."""
    ours = {
        "DATABASE_URL": database_url(),
        "DEBUG": "true",
        "API_OPEN": "true",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "REDIS_URL": redis,
        "TIME_ZONE": "UTC",
    }
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    return {**inherited, **ours}


def database_url() -> str:
    with_ = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{with_['NAME']}"
    user, password = quote(with_["USER"], safe=""), quote(with_["PASSWORD"], safe="")
    return f"postgres://{user}:{password}@{with_['HOST']}:{with_['PORT']}/{with_['NAME']}"


def module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", name, *arguments]


WORKER = [sys.executable, "manage.py", "worker"]
WORKER_ONCE = [*WORKER, "--once"]


@contextmanager
def running(command: list[str], env: Mapping[str, str], **pipes: Any) -> Iterator[Any]:
    """Run a process for the length of the block; it is killed at the end where it still runs."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **pipes}
    process = subprocess.Popen(command, cwd=ROOT, env=env, **quiet)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def run(command: list[str], env: Mapping[str, str]) -> int:
    """Run a process to its end and give its exit code."""
    with running(command, env) as process:
        return process.wait(SECONDS_TO_WAIT)


def wait_until(happened: Any, what: str) -> None:
    until = time.monotonic() + SECONDS_TO_WAIT
    while not happened():
        assert time.monotonic() < until, f"In vain for a minute: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
