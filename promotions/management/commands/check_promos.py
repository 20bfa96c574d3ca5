from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from promotions import checks
from promotions.models import FlashPromo


class Command(BaseCommand):
    help = (
        "Proves how many units of every flash promotion are sold and on hold against its "
        "reservations, and names what differs (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="Repair what differs; exit code 1 only if something cannot be.",
        )

    def handle(self, *, repair: bool, **options: Any) -> None:
        total = FlashPromo.objects.count()
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        checked = tqdm(checks.differences(), "Promotions", total=total, disable=None)
        found = [one for of_a_promo in checked for one in of_a_promo]
        for one in found:
            self.stdout.write(str(one))
        if found and not repair:
            raise CommandError(f"Differences: {len(found):,}. --repair puts them right.")
        remaining = 0
        for done in checks.repair(found):
            self.stdout.write(done.sentence)
            remaining += not done.is_done
        if remaining:
            raise CommandError(f"Not repaired: {remaining:,}. See above what is in the way.")
        self.stdout.write(f"{total:,} promotions checked: every counter is right.")
