"""
Everything that sells a membership. Cancelling one is in `bookings.services`, because it takes
bookings along.
"""

from datetime import date, datetime, timedelta

from core.errors import Invalid
from core.instants import LATEST
from core.intervals import last_day
from core.transactions import in_transaction
from customers.models import Customer
from memberships.errors import MembershipOverlaps, PlanRetired
from memberships.models import Membership, MembershipPlan


@in_transaction
def sell_membership(*, customer_id: int, plan_id: int, starts_on: date, at: datetime) -> Membership:
    """
    Sell a membership of the plan, as the plan is now, from the day `starts_on` on.

    :raises Invalid: when customer or plan do not exist, or it would reach past the year 2199.
    :raises PlanRetired: when the plan is not sold any more.
    :raises MembershipOverlaps: when the customer has one of this plan on some of the days.
    """
    # No portable constraint knows about days that overlap. Whoever sells to this customer at the
    # same time waits here, and then finds the other's membership.
    if not Customer.objects.select_for_update(no_key=True).filter(pk=customer_id).exists():
        raise Invalid("customer", "does_not_exist", f"There is no customer {customer_id}.")
    plan = MembershipPlan.objects.filter(pk=plan_id).first()
    if plan is None:
        raise Invalid("plan", "does_not_exist", f"There is no plan {plan_id}.")
    if not plan.is_active:
        raise PlanRetired(plan=plan.pk)
    ends_on = _end_of(plan, starts_on)
    others = Membership.objects.granting_between(starts_on, ends_on)
    overlapping = others.filter(customer=customer_id, plan=plan).order_by("starts_on", "pk").first()
    if overlapping is not None:
        raise MembershipOverlaps(membership=overlapping.pk)
    return Membership.objects.create(
        customer_id=customer_id,
        plan=plan,
        starts_on=starts_on,
        ends_on=ends_on,
        interval_count=plan.interval_count,
        interval_unit=plan.interval_unit,
        sold_at=at,
    )


@in_transaction
def renew_membership(*, membership: Membership, at: datetime) -> Membership:
    """
    Sell the same plan again, from the day after the membership ends.

    :raises Invalid: when it would reach past the year 2199.
    :raises PlanRetired: when the plan is not sold any more.
    :raises MembershipOverlaps: when it never ends, or was renewed already.
    """
    membership = Membership.objects.get(pk=membership.pk)
    if membership.last_day is None:
        raise MembershipOverlaps(membership=membership.pk)
    return sell_membership(
        customer_id=membership.customer_id,
        plan_id=membership.plan_id,
        starts_on=membership.last_day + timedelta(days=1),
        at=at,
    )


def _end_of(plan: MembershipPlan, starts_on: date) -> date | None:
    ends_on = None
    if plan.interval_count is not None and plan.interval_unit is not None:
        ends_on = last_day(starts_on, plan.interval_count, plan.interval_unit)
    if (ends_on or starts_on) >= LATEST.date():
        raise Invalid("starts_on", "max_value", "It would reach past the year 2199.")
    return ends_on
