from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from benefits import checks, summary

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Proves the totals of benefits in every closed slot against the uses themselves, and "
        "names what differs (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild",
            "--repair",
            dest="rebuild",
            action="store_true",
            help="Forget every total after that, and count again.",
        )

    def handle(self, *, rebuild: bool, **options: Any) -> None:
        number = self._check()
        if rebuild:
            self._rebuild()
            said = "counted again"
        elif number:
            raise CommandError(f"Differences: {number:,}. --rebuild counts all of it again.")
        else:
            said = "checked: every total is right"
        slots = summary.closed_slots()
        if not slots:
            self.stdout.write("No slot is closed: the reports count every use one by one.")
            return
        since, until = (f"{one:%Y-%m-%d %H:%M}" for one in (slots[0][0], slots[-1][1]))
        self.stdout.write(f"{len(slots):,} slots {said}, from {since} to {until} UTC.")

    def _check(self) -> int:
        """Name the first that differ, and count all."""
        number = 0
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        for since, until in tqdm(summary.closed_slots(), "Slots", disable=None):
            for one in checks.wrong_totals(since, until):
                number += 1
                if number <= SHOWN:
                    self.stdout.write(str(one))
        if number > SHOWN:
            self.stdout.write(f"… and {number - SHOWN:,} more.")
        strays = checks.number_of_strays()
        if strays:
            self.stdout.write(f"Totals that belong to no closed slot: {strays:,}.")
        is_cut_elsewhere = checks.is_cut_elsewhere()
        if is_cut_elsewhere:
            self.stdout.write("The summary begins or ends where no slot does.")
        return number + strays + is_cut_elsewhere

    def _rebuild(self) -> None:
        summary.start_over()
        at = timezone.now()
        total = summary.slots_left(at=at)
        for _ in tqdm(summary.close(at=at), "Adding up", total=total, disable=None):
            pass
