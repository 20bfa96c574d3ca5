"""Bad rows of plans and memberships, each with the rule that it breaks."""

from datetime import date

from core.intervals import LONGEST, IntervalUnit
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory
from tests.bad_rows.cases import bad

CASES = [
    bad(
        "membership_plan_interval_is_possible",
        "a plan for no days",
        MembershipPlanFactory,
        interval_count=0,
    ),
    bad(
        "membership_plan_interval_is_possible",
        "a plan for more than a hundred years",
        MembershipPlanFactory,
        interval_count=LONGEST[IntervalUnit.MONTH] + 1,
    ),
    bad(
        "membership_plan_interval_is_possible",
        "a plan with a count alone",
        MembershipPlanFactory,
        interval_unit=None,
    ),
    bad(
        "membership_plan_interval_is_possible",
        "a plan with a unit alone",
        MembershipPlanFactory,
        interval_count=None,
    ),
    bad(
        "membership_plan_interval_is_possible",
        "a plan with an unknown unit",
        MembershipPlanFactory,
        interval_unit="quarter",
    ),
    bad(
        "membership_interval_is_possible",
        "a membership for no days",
        MembershipFactory,
        interval_count=0,
        ends_on=date(2030, 5, 31),
    ),
    bad(
        "membership_interval_is_possible",
        "a membership with a count alone",
        MembershipFactory,
        interval_unit=None,
        ends_on=date(2030, 5, 31),
    ),
    bad(
        "membership_ends_iff_it_has_an_interval",
        "a month that does not end",
        MembershipFactory,
        ends_on=None,
    ),
    bad(
        "membership_ends_iff_it_has_an_interval",
        "an open end that has come",
        MembershipFactory,
        plan__open_ended=True,
        ends_on=date(2030, 5, 31),
    ),
    bad(
        "membership_ends_iff_it_has_an_interval",
        "a membership that ends before it starts",
        MembershipFactory,
        ends_on=date(2030, 4, 30),
    ),
    bad(
        "membership_is_cancelled_within_its_days",
        "a membership cancelled before it starts",
        MembershipFactory,
        cancelled_on=date(2030, 4, 30),
    ),
    bad(
        "membership_is_cancelled_within_its_days",
        "a membership cancelled after it ended",
        MembershipFactory,
        cancelled_on=date(2030, 6, 1),
    ),
    bad(
        "membership_is_cancelled_within_its_days",
        "a reason to cancel what nobody cancelled",
        MembershipFactory,
        cancellation_reason="moved away",
    ),
]
