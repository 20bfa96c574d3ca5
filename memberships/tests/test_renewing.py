"""Renewing: the same plan again, from the day after the end."""

from datetime import UTC, date, datetime

import pytest

from core.errors import Invalid
from memberships import services
from memberships.errors import MembershipOverlaps, PlanRetired
from memberships.models import Membership
from memberships.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 4, 25, 10, tzinfo=UTC)


def renew(membership):
    return services.renew_membership(membership=membership, at=NOW)


def sold():
    return Membership.objects.count()


def test_a_renewal_begins_the_day_after_the_end():
    held = MembershipFactory(starts_on=date(2030, 5, 1))

    renewed = renew(held)

    assert (renewed.customer, renewed.plan) == (held.customer, held.plan)
    assert (renewed.starts_on, renewed.ends_on) == (date(2030, 6, 1), date(2030, 6, 30))


def test_a_renewal_is_of_the_plan_as_it_is_by_then():
    held = MembershipFactory(starts_on=date(2030, 5, 1))
    held.plan.interval_count, held.plan.interval_unit = 2, "week"
    held.plan.save()

    renewed = renew(held)

    assert (renewed.starts_on, renewed.ends_on) == (date(2030, 6, 1), date(2030, 6, 14))


def test_a_second_renewal_is_refused_and_names_the_first():
    held = MembershipFactory()
    renewed = renew(held)

    with pytest.raises(MembershipOverlaps) as refused:
        renew(held)

    assert refused.value.facts == {"membership": renewed.pk}
    assert sold() == 2


def test_what_was_renewed_can_be_renewed_in_turn():
    third = renew(renew(MembershipFactory(starts_on=date(2030, 5, 1))))

    assert (third.starts_on, third.ends_on) == (date(2030, 7, 1), date(2030, 7, 31))


def test_what_does_not_end_is_not_renewed():
    held = MembershipFactory(plan__open_ended=True)

    with pytest.raises(MembershipOverlaps) as refused:
        renew(held)

    assert refused.value.facts == {"membership": held.pk}
    assert sold() == 1


@pytest.mark.parametrize(
    "cancelled_on",
    [
        pytest.param(date(2030, 5, 10), id="in the middle"),
        pytest.param(date(2030, 5, 1), id="on its first day"),
    ],
)
@pytest.mark.parametrize("open_ended", [False, True], ids=["a month", "open-ended"])
def test_what_was_cancelled_is_renewed_from_the_day_of_its_cancellation(cancelled_on, open_ended):
    held = MembershipFactory(
        plan__open_ended=open_ended, starts_on=date(2030, 5, 1), cancelled_on=cancelled_on
    )

    renewed = renew(held)

    assert renewed.starts_on == cancelled_on
    assert renewed.cancelled_on is None


def test_a_membership_of_a_retired_plan_is_not_renewed():
    held = MembershipFactory(plan__is_active=False)

    with pytest.raises(PlanRetired) as refused:
        renew(held)

    assert refused.value.facts == {"plan": held.plan.pk}
    assert sold() == 1


@pytest.mark.parametrize("open_ended", [False, True], ids=["for a month", "for good"])
def test_nothing_is_renewed_after_2199(open_ended):
    held = MembershipFactory(starts_on=date(2199, 12, 1))
    if open_ended:
        held.plan.interval_count = held.plan.interval_unit = None
        held.plan.save()

    with pytest.raises(Invalid):
        renew(held)

    assert sold() == 1
