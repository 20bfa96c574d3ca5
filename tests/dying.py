"""
Commands that are killed (SIGKILL) before their n-th step, as real processes.

A step is a statement, a commit, or whatever else a command counts among them.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.management import CommandError
from django.db import connection

Step = tuple[Any, str]


def die_in_turn(command: Callable[[], Any], further_steps: Iterable[Step] = ()) -> None:
    """
    Read one n a line, run the command in a process of its own for each, write its exit code.

    `further_steps` are functions, each given by where it is and its name.
    """
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _run_until_killed(command, int(line), further_steps)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run_until_killed(command: Callable[[], Any], last: int, further_steps: Iterable[Step]) -> None:
    steps = 0

    def before(function):
        def step(*args, **kwargs):
            nonlocal steps
            steps += 1
            if steps == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)

        return step

    connection.execute_wrappers.append(lambda execute, *args: before(execute)(*args))
    for where, name in ((connection, "_commit"), *further_steps):
        setattr(where, name, before(getattr(where, name)))
    try:
        command()
    except CommandError:
        os._exit(1)
    os._exit(0)
