from argparse import ArgumentTypeError
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser
from django.db import reset_queries, transaction
from django.utils import timezone
from tqdm import tqdm

import benefits.demo
import bookings.demo
import classes.demo
import customers.demo
import followups.demo
import memberships.demo
import milestones.demo
import promotions.demo
import venues.demo
import workouts.demo
from core.demo import DemoPlan

T = TypeVar("T")

# From the lowest app up: each builds on what those before it have added.
APPS = (
    *(customers.demo, venues.demo, classes.demo, memberships.demo, benefits.demo),
    *(bookings.demo, followups.demo, milestones.demo, promotions.demo, workouts.demo),
)
DEMO = "demo"
CURL = (
    "  curl -X POST {}/api/bookings -H 'Content-Type: application/json'"
    """ -d '{{"customer": {}, "class_session": {}}}'"""
)


class Command(BaseCommand):
    help = (
        "Adds believable demo data around today: customers, segments, venues, their benefits and "
        "who used them, a timetable, memberships, bookings, waiting lists, agreements, whom to "
        "follow up with, awards of milestones, flash promotions, their reservations, messages and "
        "workouts. Running it again adds nothing twice and leaves alone what was edited; days "
        "later it carries the timetable, the uses of benefits and of agreements and the workouts "
        "on, and has a promotion running."
    )
    # Not for the command line: the moment that the data lies around.
    stealth_options = ("at",)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            type=_positive,
            default=1,
            help="How much: 1 (default) makes 100 customers, 6 of whom train by themselves, 50 "
            "sessions, about 500 bookings and about 1,000 uses of benefits, 1000 makes a thousand "
            "times as many. There are 6 venues with 21 benefits, and from 98 on 200 with 2,000.",
        )
        parser.add_argument("--seed", type=int, default=1, help="Another seed, another story.")
        parser.add_argument(
            "--site",
            default="http://localhost:8000",
            help="Where the app will be served, for the examples to try.",
        )

    def handle(
        self, *, scale: int, seed: int, site: str, at: datetime | None = None, **options: Any
    ) -> None:
        at = at or timezone.now()
        # All or nothing, so that the next run finds no half of it.
        with transaction.atomic():
            plan = DemoPlan(
                at=at,
                tz=timezone.get_default_timezone(),
                seed=seed,
                scale=scale,
                reached=customers.demo.scale_reached(),
            )
            for app in APPS:
                app.generate(plan, _progress)
        self._tell_what_was_added(plan)
        self._offer_a_login()
        self._offer_a_booking(site, at)

    def _tell_what_was_added(self, plan: DemoPlan) -> None:
        added = [
            f"{len(ids):,} {model._meta.verbose_name_plural}"
            for model, ids in plan.added.items()
            if ids
        ]
        if added:
            self.stdout.write(f"Added around {plan.today:%d %B %Y}: {', '.join(added)}.")
        else:
            self.stdout.write("The demo data is there already; nothing was added.")

    def _offer_a_login(self) -> None:
        if not settings.DEBUG:
            self.stdout.write("No demo login: that is only for DEBUG. See `createsuperuser`.")
            return
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists() or users.filter(username=DEMO).exists():
            return
        users.create_superuser(username=DEMO, password=DEMO)
        self.stdout.write(f"Log in to /admin as {DEMO} with the password {DEMO}.")

    def _offer_a_booking(self, site: str, at: datetime) -> None:
        found = bookings.demo.showcase(at=at)
        if found is None:
            self.stdout.write("The first demo customer has booked all that can be booked now.")
            return
        self.stdout.write(
            "\nA first booking, once the app is running:\n"
            f"{CURL.format(site, found.customer_id, found.first_id)}\n"
            "A second one on the same day, which the gym refuses:\n"
            f"{CURL.format(site, found.customer_id, found.second_id)}"
        )


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on.")
    return number


def _progress(steps: Sequence[T], label: str) -> Iterable[T]:
    # `disable=None` shows a bar on a terminal and nothing elsewhere.
    for step in tqdm(steps, desc=label, disable=None):
        yield step
        # With DEBUG Django remembers each statement, and here each is long.
        reset_queries()
