"""Proves what an entry repeats of its workout: whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery

from workouts.models import Entry, Workout


@dataclass(frozen=True)
class WrongCustomer:
    """An entry is kept under another customer than its workout."""

    entry_id: int
    stored: int
    right: int

    def __str__(self) -> str:
        return f"Entry {self.entry_id}: customer {self.stored}, its workout's is {self.right}."


WRONG = Entry.objects.exclude(customer=F("workout__customer"))


def differences() -> Iterator[WrongCustomer]:
    rows = WRONG.order_by("pk").values_list("pk", "customer_id", "workout__customer_id")
    for row in rows.iterator():
        yield WrongCustomer(*row)


def repair() -> int:
    """Give every such entry its workout's customer. Nobody changes that, so no lock is needed."""
    owner = Workout.objects.filter(pk=OuterRef("workout")).values("customer")
    return Entry.objects.filter(pk__in=WRONG.values("pk")).update(customer=Subquery(owner))
