"""What this app tells customers, in words that each milestone brings with it."""

from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any

from core.intervals import told
from customers.models import Customer
from notifications import wording
from notifications.kinds import Kind, register
from notifications.services import Message

if TYPE_CHECKING:
    from milestones.models import Milestone, MilestoneAward

MILESTONE_AWARD = register(
    Kind(
        name="milestone_award",
        label="Milestone reached",
        mails=True,
        variables={
            "customer.first_name": "Anna",
            "customer.last_name": "Schmidt",
            "customer.email": "anna@example.org",
            "milestone.name": "Ten in a month",
            "session_count": 10,
            "interval": "1 month",
            "interval_count": 1,
            "interval_unit": "month",
            "award_number": 1,
            "window_start": date(2030, 4, 20),
            "window_end": date(2030, 5, 20),
        },
    )
)


def check_wording(text: str) -> None:
    """
    Prove that the text can be sent to whoever reaches a milestone.

    :raises ValidationError: `invalid_template` or `unknown_variable`.
    """
    wording.check(text, MILESTONE_AWARD.variables)


def congratulation(award: "MilestoneAward", *, tz: tzinfo) -> Message:
    """Write the message about an award whose milestone and customer are loaded."""
    milestone = award.milestone
    values = _values(award, award.customer, tz)
    return Message(
        customer_id=award.customer_id,
        kind=MILESTONE_AWARD,
        key=f"{MILESTONE_AWARD.name}:{award.pk}",
        title=wording.subject_from(milestone.email_subject, values),
        body=wording.body_from(milestone.email_body, values),
        data={"award": award.pk, "milestone": milestone.pk, "booking": award.booking_id},
    )


def _values(award: "MilestoneAward", customer: Customer, tz: tzinfo) -> dict[str, Any]:
    return {
        "customer.first_name": customer.first_name,
        "customer.last_name": customer.last_name,
        "customer.email": customer.email,
        **what_is_reached(award.milestone),
        "award_number": award.number,
        "window_start": award.window_start.astimezone(tz).date(),
        "window_end": award.window_end.astimezone(tz).date(),
    }


def what_is_reached(milestone: "Milestone") -> dict[str, Any]:
    """Give the variables that are the same in every congratulation on the milestone."""
    return {
        "milestone.name": milestone.name,
        "session_count": milestone.session_count,
        "interval": told(milestone.interval_count, milestone.interval_unit),
        "interval_count": milestone.interval_count,
        "interval_unit": milestone.interval_unit,
    }
