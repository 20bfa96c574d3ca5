"""
How many people have each status: the one writer of `FollowUpTally`.
"""

from collections import Counter
from collections.abc import Mapping

from django.db.models import Sum

from core.transactions import in_transaction
from followups.models import FollowUpTally
from followups.states import FollowUpStatus

AT_ONCE = 10_000


def count(changes: Mapping[str, int]) -> None:
    """Add to the numbers of people, in the transaction of whatever changed them."""
    FollowUpTally.objects.bulk_create(
        FollowUpTally(status=status, people=people)
        for status, people in sorted(changes.items())
        if people
    )


@in_transaction
def add_up() -> None:
    """Put the rows of each status together into one."""
    rows = FollowUpTally.objects.select_for_update(skip_locked=True).order_by("pk")
    some = list(rows[:AT_ONCE])
    if len(some) <= len(FollowUpStatus):
        return
    FollowUpTally.objects.filter(pk__in=[one.pk for one in some]).delete()
    sums: Counter[str] = Counter()
    for one in some:
        sums[one.status] += one.people
    count(sums)


def people_by_status() -> dict[str, int]:
    """Give how many have each status, those that nobody has included."""
    rows = FollowUpTally.objects.order_by().values_list("status").annotate(Sum("people"))
    return dict.fromkeys(FollowUpStatus.values, 0) | dict(rows)
