"""Proves the totals of benefits against the uses themselves, slot by slot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from benefits.models import UsageSummary, UsageTotal
from benefits.summary import closed_slots, slot_before, stray_totals, totals_at


@dataclass(frozen=True)
class WrongTotal:
    """Between two totals lie another number of uses than the totals say."""

    benefit_id: int
    since: datetime
    until: datetime
    stored: int
    counted: int

    def __str__(self) -> str:
        return (
            f"Benefit {self.benefit_id}, {self.since:%Y-%m-%d %H:%M} to {self.until:%H:%M} UTC: "
            f"the total there is {self.stored}, by its uses it should be {self.counted}."
        )


def wrong_totals(since: datetime, until: datetime) -> Iterator[WrongTotal]:
    """
    Compare each benefit's total at a slot's end with the one before plus the slot's uses.

    One statement, so what is written meanwhile is in all three or in none. A slot that was
    reopened or forgotten meanwhile has no totals, and nothing to compare.
    """
    is_closed = Exists(UsageSummary.objects.filter(opened_at__lte=since, closed_at__gte=until))
    stored = UsageTotal.objects.filter(benefit=OuterRef("pk"), until=until).values("uses")
    rows = totals_at(since, until, Coalesce(Subquery(stored), 0)).filter(is_closed)
    for _, benefit_id, counted, its in rows:
        if its != counted:
            yield WrongTotal(benefit_id, since, until, its, counted)


def differences() -> Iterator[WrongTotal]:
    """Check every closed slot, in their order."""
    for since, until in closed_slots():
        yield from wrong_totals(since, until)


def is_cut_elsewhere() -> bool:
    """Say whether the summary begins or ends where no slot does."""
    ends = UsageSummary.objects.values_list("opened_at", "closed_at").first() or ()
    return any(each is not None and each != slot_before(each) for each in ends)


def number_of_strays() -> int:
    """Count the totals that belong to no closed slot."""
    summary = UsageSummary.objects.first()
    if summary is None or summary.opened_at is None or summary.closed_at is None:
        return UsageTotal.objects.count()
    return sum(each.count() for each in stray_totals(summary.opened_at, summary.closed_at))
