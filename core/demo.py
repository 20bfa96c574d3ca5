"""
What the apps' modules `demo.py` share. Each offers `generate(plan, progress)`, which adds
the app's part of the demo data; `manage.py genfixtures` calls them from the lowest app up,
in one transaction.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import islice
from random import Random
from typing import Protocol, TypeVar

from django.db.models import Model

T = TypeVar("T")

ROWS_AT_ONCE = 2000


class Progress(Protocol):
    """Hands the steps on, one by one, and shows how far they are."""

    def __call__(self, steps: Sequence[T], label: str) -> Iterable[T]: ...


@dataclass(frozen=True)
class DemoPlan:
    """
    How much demo data there shall be, around which moment, and what this run has added.

    A larger scale contains every smaller one. `reached` is the scale of earlier runs, 0 where
    there was none: what was added then is left as staff made it, so a run adds only what lies
    between the two scales and the days that have come since.
    """

    at: datetime
    tz: tzinfo
    seed: int
    scale: int
    reached: int
    added: "dict[type[Model], array[int]]" = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.at.astimezone(self.tz).date()

    def random(self, *key: object) -> Random:
        """Give random numbers that are always the same for what `key` names."""
        return Random("/".join(map(str, (self.seed, *key))))  # noqa: S311

    def add(self, model: type[Model], rows: Iterable[Model]) -> None:
        """Write the rows, in batches as they come, and note their ids."""
        ids = self.added.setdefault(model, array("q"))
        coming = iter(rows)
        while batch := list(islice(coming, ROWS_AT_ONCE)):
            ids.extend(row.pk for row in model._default_manager.bulk_create(batch))
