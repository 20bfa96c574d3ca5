"""
Workers that are killed (SIGKILL) before their n-th step while they tell of promotions.

A step is a statement or a commit. They tell two customers at once, so that there are several
transactions to be killed in.
"""

import django
from django.utils import timezone

from tests.dying import die_in_turn


def announce():
    # Its models need the settings.
    from promotions.services import announcing  # noqa: PLC0415

    announcing.TOLD_AT_ONCE = 2
    announcing.announce_due(timezone.now, lambda: False)


if __name__ == "__main__":
    django.setup()
    die_in_turn(announce)
