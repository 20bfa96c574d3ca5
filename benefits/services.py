"""Everything that writes a single use of a benefit. `benefits.importing` loads history."""

from datetime import UTC, datetime

from django.db.models import Max, Min, Q

from benefits import summary
from benefits.errors import BenefitNotAvailable
from benefits.models import Benefit, BenefitUsage
from benefits.states import Recurrence
from core.errors import Invalid
from core.keeping import keep
from core.transactions import in_transaction
from customers.models import Customer


@in_transaction
def record_use(
    *, person_id: int, benefit_id: int, used_at: datetime | None = None, at: datetime
) -> BenefitUsage:
    """
    Record that a person used a benefit, just now unless `used_at` says when.

    :raises Invalid: when person or benefit do not exist, or `used_at` is in the future.
    :raises BenefitNotAvailable: when another use lies closer than the benefit's recurrence.
    """
    if used_at is not None and used_at > at:
        raise Invalid("used_at", "max_value", "This lies in the future.")
    # No portable constraint knows about rolling times. The same person's other phone waits here,
    # and then finds this use.
    if not Customer.objects.select_for_update(no_key=True).filter(pk=person_id).exists():
        raise Invalid("person", "does_not_exist", f"There is no customer {person_id}.")
    found = keep(Benefit.objects.filter(pk=benefit_id))
    if not found:
        raise Invalid("benefit", "does_not_exist", f"There is no benefit {benefit_id}.")
    if used_at is None:
        used_at = _just_now(person_id, benefit_id, at)
    # In a zone with summer time Python adds hours of the wall clock.
    used_at = used_at.astimezone(UTC)
    _refuse_if_too_close(person_id, found[0], used_at)
    usage = BenefitUsage.objects.create(person_id=person_id, benefit=found[0], used_at=used_at)
    summary.note(benefit_id=benefit_id, used_at=used_at, change=1)
    return usage


def _just_now(person_id: int, benefit_id: int, at: datetime) -> datetime:
    """Give the moment of the request, or of the other phone's for which this one had to wait."""
    uses = BenefitUsage.objects.filter(person=person_id, benefit=benefit_id, used_at__gt=at)
    return uses.aggregate(last=Max("used_at", default=at))["last"]


def _refuse_if_too_close(person_id: int, benefit: Benefit, used_at: datetime) -> None:
    pause = Recurrence(benefit.recurrence).pause
    uses = BenefitUsage.objects.filter(person=person_id, benefit=benefit)
    # At exactly the end of the pause it is available again, on both sides.
    near = uses.filter(used_at__gt=used_at - pause, used_at__lt=used_at + pause).aggregate(
        before=Max("used_at", filter=Q(used_at__lte=used_at)),
        after=Min("used_at", filter=Q(used_at__gt=used_at)),
    )
    if near["before"] is not None:
        raise BenefitNotAvailable(near["before"], available_at=near["before"] + pause)
    if near["after"] is not None:
        raise BenefitNotAvailable(near["after"], available_at=None)


@in_transaction
def delete_use(usage: BenefitUsage) -> None:
    """
    Delete a use, as if it had never been.

    :raises BenefitUsage.DoesNotExist: when somebody else has deleted it.
    """
    deleted, _ = BenefitUsage.objects.filter(pk=usage.pk).delete()
    if not deleted:
        raise BenefitUsage.DoesNotExist
    summary.note(benefit_id=usage.benefit_id, used_at=usage.used_at, change=-1)
