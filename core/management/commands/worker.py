import logging
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, reset_queries
from django.utils import timezone

from core.work import JOBS, do_what_is_due

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_ROUNDS = 1.0


class Command(BaseCommand):
    help = (
        "Does what requests leave to be done, such as delivering mail. Several may run at once; "
        "SIGTERM stops one after what it is at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="Do what is due and end. What cannot be done now is said and stays due.",
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        if once:
            done = do_what_is_due(timezone.now, lambda: False)
            undone = [name for name, is_well in done.items() if not is_well]
            if undone:
                self.stderr.write(f"Not everything could be done now: {', '.join(undone)}.")
            return
        stopping = Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stopping.set())
        logger.info("Working on %s.", ", ".join(JOBS))
        if not settings.DEBUG and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
            logger.warning("EMAIL_URL is not set: e-mails are printed here, not sent.")
        while not stopping.wait(SECONDS_BETWEEN_ROUNDS):
            self._round(stopping)

    def _round(self, stopping: Event) -> None:
        close_old_connections()
        reset_queries()
        do_what_is_due(timezone.now, stopping.is_set)
