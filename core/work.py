"""
What is done outside of requests: each app registers a job that does whatever of it is due.

What is due stands in the database, so a job needs nobody to remind it: `manage.py worker` runs
all jobs again and again. Where there is a Redis, Celery's beat and workers run them instead, and
a request that makes work wakes one of them; if that fails, the beat finds the work.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import Error, transaction

from core.errors import Busy

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# Given the clock and a way to ask whether to stop, it does what is due and says whether all went
# well. It can be run by several processes at once. One that stopped because it was told to is run
# again, after the others.
Job = Callable[[Clock, Callable[[], bool]], bool]

TASK = "gymtastic.work"
# Nobody needs to be woken for work that the beat has found meanwhile.
WAKING_EXPIRES = 10
# Of many bookings in one moment, one waking is enough.
BETWEEN_WAKINGS = 0.1
# Seconds after which a job that asks whether to stop is told to let the others do theirs.
LONGEST_TURN = 5.0

JOBS: dict[str, Job] = {}


def register(name: str, job: Job) -> None:
    JOBS[name] = job


class Turn:
    """A job's time until the others have theirs: thousands of mails keep nobody waiting."""

    def __init__(self, is_stopping: Callable[[], bool]) -> None:
        self._is_stopping = is_stopping
        self._end = time.monotonic() + LONGEST_TURN
        self.was_cut = False

    def is_over(self) -> bool:
        if self._is_stopping():
            return True
        self.was_cut = time.monotonic() >= self._end
        return self.was_cut


def do_what_is_due(clock: Clock, is_stopping: Callable[[], bool]) -> dict[str, bool]:
    """
    Run every job, in turns of a few seconds until all are done, and say of each whether it went
    well.

    One that the database stops keeps none of the others from their work.
    """
    done: dict[str, bool] = {}
    was_cut = True
    while was_cut:
        was_cut = False
        for name, job in JOBS.items():
            if is_stopping():
                return done
            turn = Turn(is_stopping)
            done[name] = _is_done(name, job, clock, turn.is_over)
            was_cut |= turn.was_cut
    return done


def _is_done(name: str, job: Job, clock: Clock, is_stopping: Callable[[], bool]) -> bool:
    try:
        return job(clock, is_stopping)
    except (Error, Busy):
        # It may be restarting. What is due will be due in the next round, too.
        logger.exception("The database stopped %s; trying again.", name)
        return False


def wake_after_commit() -> None:
    """Let a Celery worker look for work as soon as the transaction is committed."""
    if settings.REDIS_URL:
        transaction.on_commit(_waker.wake, robust=True)


class Waker:
    """
    Sends the waking from a thread of its own.

    A request waits for no Redis, be it slow, full or gone.
    """

    def __init__(self) -> None:
        self._wanted, self._starting = Event(), Lock()
        self._thread: Thread | None = None

    def wake(self) -> None:
        self._wanted.set()
        with self._starting:
            # A process that was forked has the object and not the thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, daemon=True, name="waker")
                self._thread.start()

    def _run(self) -> None:
        # Whoever has no Redis is spared the import.
        from celery import current_app  # noqa: PLC0415
        from kombu.exceptions import OperationalError  # noqa: PLC0415

        while self._wanted.wait():
            self._wanted.clear()
            try:
                current_app.send_task(TASK, ignore_result=True, retry=False, expires=WAKING_EXPIRES)
            except (OperationalError, OSError) as error:
                logger.warning("No worker could be woken: %s", error)
            time.sleep(BETWEEN_WAKINGS)


_waker = Waker()
