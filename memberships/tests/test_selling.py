"""Selling: which days a membership has, and when it is refused."""

from datetime import UTC, date, datetime

import pytest

from core.errors import Invalid
from customers.tests.factories import CustomerFactory
from memberships import services
from memberships.errors import MembershipOverlaps, PlanRetired
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 4, 25, 10, tzinfo=UTC)


def sell(customer, plan, starts_on):
    return services.sell_membership(
        customer_id=customer.pk, plan_id=plan.pk, starts_on=starts_on, at=NOW
    )


def sold():
    return Membership.objects.count()


@pytest.mark.parametrize(
    ("count", "unit", "starts_on", "ends_on"),
    [
        pytest.param(1, "day", date(2030, 5, 14), date(2030, 5, 14), id="one day is that day"),
        pytest.param(10, "day", date(2030, 12, 25), date(2031, 1, 3), id="ten days over new year"),
        pytest.param(2, "week", date(2030, 5, 14), date(2030, 5, 27), id="two weeks"),
        pytest.param(1, "month", date(2030, 5, 1), date(2030, 5, 31), id="a whole month"),
        pytest.param(1, "month", date(2030, 5, 14), date(2030, 6, 13), id="from within a month"),
        pytest.param(1, "month", date(2030, 1, 31), date(2030, 2, 27), id="from 31 January"),
        pytest.param(
            1, "month", date(2032, 1, 31), date(2032, 2, 28), id="from 31 January of a leap year"
        ),
        pytest.param(2, "month", date(2030, 1, 31), date(2030, 3, 30), id="two months at once"),
        pytest.param(1, "month", date(2030, 2, 28), date(2030, 3, 27), id="from 28 February"),
        pytest.param(1, "year", date(2030, 5, 14), date(2031, 5, 13), id="a year"),
        pytest.param(1, "year", date(2032, 2, 29), date(2033, 2, 27), id="a year from a leap day"),
        pytest.param(
            4, "year", date(2032, 2, 29), date(2036, 2, 28), id="from leap day to leap day"
        ),
    ],
)
def test_a_membership_ends_by_the_calendar(count, unit, starts_on, ends_on):
    plan = MembershipPlanFactory(interval_count=count, interval_unit=unit)

    membership = sell(CustomerFactory(), plan, starts_on)

    membership.refresh_from_db()
    assert (membership.starts_on, membership.ends_on) == (starts_on, ends_on)
    assert membership.sold_at == NOW


def test_a_membership_of_an_open_ended_plan_does_not_end():
    membership = sell(CustomerFactory(), MembershipPlanFactory(open_ended=True), date(2030, 5, 1))

    membership.refresh_from_db()
    assert membership.ends_on is None
    assert membership.grants_on(date(2199, 12, 31))


def test_a_later_change_of_the_plan_changes_no_membership_sold():
    plan = MembershipPlanFactory(interval_count=1, interval_unit="month")
    membership = sell(CustomerFactory(), plan, date(2030, 5, 1))

    plan.interval_count, plan.interval_unit = 2, "year"
    plan.save()
    later = sell(CustomerFactory(), plan, date(2030, 5, 1))

    membership.refresh_from_db()
    assert (membership.interval_count, membership.interval_unit) == (1, "month")
    assert membership.ends_on == date(2030, 5, 31)
    assert (later.interval_count, later.interval_unit) == (2, "year")
    assert later.ends_on == date(2032, 4, 30)


def test_a_retired_plan_is_not_sold():
    plan = MembershipPlanFactory(is_active=False)

    with pytest.raises(PlanRetired) as refused:
        sell(CustomerFactory(), plan, date(2030, 5, 1))

    assert refused.value.facts == {"plan": plan.pk}
    assert sold() == 0


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [
        pytest.param(date(2030, 4, 1), False, id="ends the day before"),
        pytest.param(date(2030, 4, 2), True, id="ends on its first day"),
        pytest.param(date(2030, 5, 1), True, id="the same days"),
        pytest.param(date(2030, 5, 31), True, id="starts on its last day"),
        pytest.param(date(2030, 6, 1), False, id="starts the day after"),
    ],
)
def test_two_memberships_of_one_plan_share_no_day(starts_on, is_refused):
    held = MembershipFactory(starts_on=date(2030, 5, 1))

    if is_refused:
        with pytest.raises(MembershipOverlaps) as refused:
            sell(held.customer, held.plan, starts_on)
        assert refused.value.facts == {"membership": held.pk}
    else:
        sell(held.customer, held.plan, starts_on)

    assert sold() == (1 if is_refused else 2)


def test_a_membership_within_a_longer_one_overlaps():
    plan = MembershipPlanFactory(interval_count=1, interval_unit="day")
    held = MembershipFactory(
        plan=plan, interval_count=1, interval_unit="year", ends_on=date(2031, 4, 30)
    )

    with pytest.raises(MembershipOverlaps):
        sell(held.customer, plan, date(2030, 8, 1))
    assert sold() == 1


def test_a_membership_around_a_shorter_one_overlaps():
    plan = MembershipPlanFactory(interval_count=1, interval_unit="year")
    held = MembershipFactory(
        plan=plan, interval_count=1, interval_unit="day", ends_on=date(2030, 5, 1)
    )

    with pytest.raises(MembershipOverlaps):
        sell(held.customer, plan, date(2030, 1, 1))
    assert sold() == 1


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [
        pytest.param(date(2030, 4, 1), False, id="ends the day before"),
        pytest.param(date(2030, 4, 2), True, id="ends on its first day"),
        pytest.param(date(2190, 1, 1), True, id="lifetimes later"),
    ],
)
def test_an_open_ended_membership_has_every_day_from_its_first_on(starts_on, is_refused):
    plan = MembershipPlanFactory()
    held = MembershipFactory(
        plan=plan, interval_count=None, interval_unit=None, starts_on=date(2030, 5, 1)
    )

    if is_refused:
        with pytest.raises(MembershipOverlaps) as refused:
            sell(held.customer, plan, starts_on)
        assert refused.value.facts == {"membership": held.pk}
    else:
        sell(held.customer, plan, starts_on)

    assert sold() == (1 if is_refused else 2)


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [
        pytest.param(date(2030, 4, 30), False, id="it ended the day before"),
        pytest.param(date(2030, 6, 1), True, id="it begins a month later"),
    ],
)
def test_an_open_ended_membership_is_refused_by_whatever_comes_later(starts_on, is_refused):
    plan = MembershipPlanFactory(open_ended=True)
    held = MembershipFactory(
        plan=plan,
        interval_count=1,
        interval_unit="day",
        starts_on=starts_on,
        ends_on=starts_on,
    )

    if is_refused:
        with pytest.raises(MembershipOverlaps):
            sell(held.customer, plan, date(2030, 5, 1))
    else:
        sell(held.customer, plan, date(2030, 5, 1))

    assert sold() == (1 if is_refused else 2)


@pytest.mark.parametrize(
    ("cancelled_on", "starts_on", "is_refused"),
    [
        pytest.param(date(2030, 5, 10), date(2030, 5, 9), True, id="its last day of grants"),
        pytest.param(date(2030, 5, 10), date(2030, 5, 10), False, id="the day of the cancellation"),
        pytest.param(date(2030, 5, 1), date(2030, 5, 1), False, id="cancelled on its first day"),
        pytest.param(date(2030, 5, 1), date(2030, 4, 15), False, id="around one that never was"),
    ],
)
def test_a_cancelled_membership_has_its_days_until_the_day_before(
    cancelled_on, starts_on, is_refused
):
    held = MembershipFactory(starts_on=date(2030, 5, 1), cancelled_on=cancelled_on)

    if is_refused:
        with pytest.raises(MembershipOverlaps) as refused:
            sell(held.customer, held.plan, starts_on)
        assert refused.value.facts == {"membership": held.pk}
    else:
        sell(held.customer, held.plan, starts_on)

    assert sold() == (1 if is_refused else 2)


def test_of_several_that_overlap_the_one_that_starts_first_is_named():
    plan = MembershipPlanFactory(interval_count=1, interval_unit="year")
    customer = CustomerFactory()
    month = {"plan": plan, "customer": customer, "interval_count": 1, "interval_unit": "month"}
    MembershipFactory(starts_on=date(2030, 9, 1), **month)
    first = MembershipFactory(starts_on=date(2030, 5, 1), **month)

    with pytest.raises(MembershipOverlaps) as refused:
        sell(customer, plan, date(2030, 1, 1))

    assert refused.value.facts == {"membership": first.pk}


def test_another_plan_and_another_customer_are_no_overlap():
    held = MembershipFactory()

    sell(held.customer, MembershipPlanFactory(), held.starts_on)
    sell(CustomerFactory(), held.plan, held.starts_on)

    assert sold() == 3


@pytest.mark.parametrize(
    ("starts_on", "is_refused"),
    [
        pytest.param(date(2199, 12, 1), False, id="ends on the last day of 2199"),
        pytest.param(date(2199, 12, 2), True, id="ends a day later"),
    ],
)
def test_a_membership_ends_in_2199_at_the_latest(starts_on, is_refused):
    customer, plan = CustomerFactory(), MembershipPlanFactory()

    if is_refused:
        with pytest.raises(Invalid) as refused:
            sell(customer, plan, starts_on)
        assert (refused.value.attr, refused.value.code) == ("starts_on", "max_value")
    else:
        sell(customer, plan, starts_on)

    assert sold() == (0 if is_refused else 1)
