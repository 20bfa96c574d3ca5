"""
Imports of uses that are killed (SIGKILL) before their n-th step, a few rows at a time.

Runs `import_benefit_usages` on the file that it is given.
"""

import sys
from io import StringIO

import django
from django.core.management import call_command

from tests.dying import die_in_turn


def import_uses() -> None:
    from benefits import importing  # noqa: PLC0415 (there are no models before `setup`)

    importing.STAGED_AT_ONCE = importing.LOADED_AT_ONCE = 4
    call_command("import_benefit_usages", sys.argv[1], "--skip-bad", stdout=StringIO())


if __name__ == "__main__":
    django.setup()
    die_in_turn(import_uses)
