from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from customers.models import Customer
from followups import checks
from followups.services import settle

NAMED = 100


class Command(BaseCommand):
    help = (
        "Proves everybody's follow-up status, and how many have each, against the facts, and "
        "names what differs (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Repair what differs.")

    def handle(self, *, repair: bool, **options: Any) -> None:
        found = 0
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        for first, end in tqdm(checks.spans(), "Customers", disable=None):
            settle(at=timezone.now())
            differing = list(checks.wrong_statuses(first, end, at=timezone.now()))
            wrong = checks.confirmed(differing, at=timezone.now())
            for one in wrong[: max(0, NAMED - found)]:
                self.stdout.write(str(one))
            found += len(wrong)
            if repair:
                checks.repair(wrong, at=timezone.now())
        if found > NAMED:
            self.stdout.write(f"… and {found - NAMED:,} more.")
        wrong_tallies = checks.wrong_tallies()
        for each in wrong_tallies:
            self.stdout.write(str(each))
        if repair:
            checks.repair_tallies(wrong_tallies)
        self._conclude(found + len(wrong_tallies), repair)

    def _conclude(self, found: int, repair: bool) -> None:
        if not found:
            total = Customer.objects.count()
            self.stdout.write(f"{total:,} customers checked: every status is right.")
        elif repair:
            self.stdout.write(f"Repaired: {found:,}.")
        else:
            raise CommandError(f"Differences: {found:,}. --repair puts them right.")
