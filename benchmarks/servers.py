"""Each rival behind the same app server: gunicorn, one worker process, a few threads."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import HOST
from benchmarks.processor_time import children_of

ROOT = Path(__file__).resolve().parent.parent
THREADS = 4
SECONDS_TO_START = 30
LONGEST_LOG = 10_000
GUNICORN = (
    "--worker-class=gthread",
    "--workers=1",
    "--keep-alive=75",
    "--no-control-socket",
    "--log-level=warning",
)


@dataclass(frozen=True)
class Server:
    port: int
    worker: int


def production(address: str) -> dict[str, str]:
    """Give the environment of a production server on this database, its API open."""
    return {
        **os.environ,
        "DATABASE_URL": address,
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "API_OPEN": "true",
        "TIME_ZONE": "UTC",
        "PYTHONWARNINGS": "ignore",
    }


@contextmanager
def serving(
    applications: Mapping[str, tuple[str, str]], threads: int = THREADS
) -> Iterator[dict[str, Server]]:
    """
    Serve WSGI applications for the length of the block.

    :param applications: for each name, the application (`module:name`) and its database.
    """
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(_serving(application, address, threads))
            for name, (application, address) in applications.items()
        }


@contextmanager
def _serving(application: str, address: str, threads: int) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    env = production(address)
    # Django takes the settings of whatever started the benchmarks for those of every rival.
    env.pop("DJANGO_SETTINGS_MODULE", None)
    options = (*GUNICORN, f"--threads={threads}", f"--bind=127.0.0.1:{port}")
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *options, application],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=log,
        )
        try:
            yield Server(port, _worker_of(process, port))
        except BaseException:
            said = os.pread(log.fileno(), LONGEST_LOG, 0).decode(errors="replace")
            if said:
                print(f"{application} said:\n{said}", file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _worker_of(master: subprocess.Popen[bytes], port: int) -> int:
    until = time.monotonic() + SECONDS_TO_START
    while master.poll() is None and time.monotonic() < until:
        workers = children_of(master.pid)
        if workers and _listens(port):
            return workers[0].pid
        time.sleep(0.05)
    raise RuntimeError("A server does not start.")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
