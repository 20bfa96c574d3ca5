"""
Imports of uses that are killed (SIGKILL) before their n-th step.

A step is a statement or a commit. Reads one n a line, runs `import_benefit_usages` on the file
that it was given in a process of its own for each, a few rows at a time, and writes that
process's exit code. n = 0 kills nobody.
"""

import os
import signal
import sys
from io import StringIO

import django
from django.core.management import CommandError, call_command
from django.db import connection


def main() -> None:
    django.setup()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            import_until_killed(sys.argv[1], int(line))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def import_until_killed(path: str, last: int) -> None:
    from benefits import importing  # noqa: PLC0415 (there are no models before `setup`)

    importing.STAGED_AT_ONCE = importing.LOADED_AT_ONCE = 4
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
    for where, name in ((connection, "_commit"),):
        setattr(where, name, before(getattr(where, name)))
    try:
        call_command("import_benefit_usages", path, "--skip-bad", stdout=StringIO())
    except CommandError:
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
