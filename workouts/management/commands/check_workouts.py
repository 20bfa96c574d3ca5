from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workouts import checks
from workouts.models import Entry


class Command(BaseCommand):
    help = (
        "Proves the customer that every entry of a workout repeats, and names what differs "
        "(exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Repair what differs.")

    def handle(self, *, repair: bool, **options: Any) -> None:
        number = 0
        for number, one in enumerate(checks.differences(), start=1):  # noqa: B007
            self.stdout.write(str(one))
        if number and not repair:
            raise CommandError(f"Differences: {number:,}. --repair puts them right.")
        if number:
            self.stdout.write(f"Repaired: {checks.repair():,}.")
        self.stdout.write(f"{Entry.objects.count():,} entries checked: every customer is right.")
