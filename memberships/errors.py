"""Every way in which selling a membership can be refused."""

from dataclasses import dataclass

from core.errors import Refusal


@dataclass(eq=False)
class PlanRetired(Refusal):
    """the plan is not sold any more."""

    code = "plan_retired"
    plan: int

    def __str__(self) -> str:
        return "This plan is not sold any more."


@dataclass(eq=False)
class MembershipOverlaps(Refusal):
    """the customer has a membership of this plan on some of the days."""

    code = "membership_overlaps"
    membership: int

    def __str__(self) -> str:
        return "The customer has a membership of this plan on some of these days already."
