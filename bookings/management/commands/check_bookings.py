from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from bookings import checks
from classes.models import ClassSession


class Command(BaseCommand):
    help = (
        "Proves every session's counters and the day of every booking against the rows, and "
        "names what differs (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Repair what differs; exit code 1 only if something cannot be.",
        )

    def handle(self, *, repair: bool, **options: Any) -> None:
        tz = timezone.get_default_timezone()
        total = ClassSession.objects.count()
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        checked = tqdm(checks.differences(tz=tz), "Sessions", total=total, disable=None)
        found = [one for of_a_session in checked for one in of_a_session]
        for one in found:
            self.stdout.write(str(one))
        if found and not repair:
            raise CommandError(f"Differences: {len(found):,}. --repair puts them right.")
        remaining = 0
        for done in checks.repair(found, tz=tz):
            self.stdout.write(done.sentence)
            remaining += not done.is_done
        if remaining:
            raise CommandError(f"Not repaired: {remaining:,}. See above what is in the way.")
        self.stdout.write(f"{total:,} sessions checked: every counter and every day is right.")
