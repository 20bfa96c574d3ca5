"""What gunicorn reads whatever it is started with: how its processes log and count together."""

import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from core.logs import formatter


class InOneShape(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in logging.getLogger("gunicorn.error").handlers:
            handler.setFormatter(formatter(is_readable=False))


logger_class = InOneShape


def on_starting(server: Any) -> None:
    # Counters are per process; those who write them into one folder are added up. It is made
    # for each start, so nothing is left in it from the last.
    server.counted = tempfile.mkdtemp(prefix="gymtastic-counted-")


def post_fork(server: Any, worker: Any) -> None:
    # Only here: a successor that the master starts (SIGUSR2) must make a folder of its own.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = server.counted
    # Whoever clears the place for temporary files may have come by.
    Path(server.counted).mkdir(exist_ok=True)


def on_exit(server: Any) -> None:
    shutil.rmtree(server.counted, ignore_errors=True)
