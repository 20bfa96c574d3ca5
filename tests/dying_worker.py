"""
Workers that are killed (SIGKILL) before their n-th step.

A step is a statement, a commit, or a word to or from the mail server.
"""

from functools import partial
from smtplib import SMTP

import django
from django.core.management import call_command

from tests.dying import die_in_turn

if __name__ == "__main__":
    django.setup()
    die_in_turn(partial(call_command, "worker", "--once"), [(SMTP, "send"), (SMTP, "getreply")])
