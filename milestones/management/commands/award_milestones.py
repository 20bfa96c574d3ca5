from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from bookings.models import Booking
from milestones.models import Milestone
from milestones.services import award_the_past
from milestones.states import COUNTED, Counts

CUSTOMERS_AT_ONCE = 500


class Command(BaseCommand):
    help = (
        "Awards a milestone to everybody who has reached it by now, such as before it was made. "
        "Done again it awards nothing twice, and after a break-off it goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--milestone", type=int, required=True, metavar="ID")
        parser.add_argument(
            "--notify", action="store_true", help="Congratulate, too; else nobody is told."
        )

    def handle(self, *, milestone: int, notify: bool, **options: Any) -> None:
        found = Milestone.objects.filter(pk=milestone).first()
        if found is None:
            raise CommandError(f"There is no milestone {milestone}.")
        if not found.is_active:
            raise CommandError(f"{found} is not active.")
        at = timezone.now()
        counted = Booking.objects.filter(status__in=COUNTED[Counts(found.counts)])
        customers = counted.order_by("customer_id").values_list("customer_id", flat=True).distinct()
        # All of them before the first is awarded: on SQLite a question that is still open keeps
        # its connection from writing as soon as somebody else has written.
        ids = list(customers)
        awards = 0
        # `disable=None` shows a bar on a terminal and nothing elsewhere.
        with tqdm(desc="Customers", total=len(ids), disable=None) as bar:
            for first in range(0, len(ids), CUSTOMERS_AT_ONCE):
                batch = ids[first : first + CUSTOMERS_AT_ONCE]
                awards += len(
                    award_the_past(milestone=found, customer_ids=batch, is_told=notify, at=at)
                )
                bar.update(len(batch))
        told = "each with a congratulation" if notify else "without telling anybody"
        self.stdout.write(f"{found}: {awards:,} awarded, {told}.")
