"""
Workers that are killed (SIGKILL) before their n-th step.

A step is a statement, a commit, or a word to or from the mail server. Reads one n a line, runs
`worker --once` in a process of its own for each, and writes that process's exit code. n = 0
kills nobody.
"""

import os
import signal
import sys
from smtplib import SMTP

import django
from django.core.management import CommandError, call_command
from django.db import connection


def main() -> None:
    django.setup()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            work_until_killed(int(line))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def work_until_killed(last: int) -> None:
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
    for where, name in ((connection, "_commit"), (SMTP, "send"), (SMTP, "getreply")):
        setattr(where, name, before(getattr(where, name)))
    try:
        call_command("worker", "--once")
    except CommandError:
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
