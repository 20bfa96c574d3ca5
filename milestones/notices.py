"""What this app tells customers, in words that each milestone brings with it."""

from datetime import date, datetime, tzinfo
from typing import Any

from core.intervals import told
from customers.models import Customer
from notifications import wording
from notifications.kinds import Kind, register

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


def values_of(
    milestone: Any, customer: Customer, number: int, window: tuple[datetime, datetime], tz: tzinfo
) -> dict[str, Any]:
    start, end = (moment.astimezone(tz).date() for moment in window)
    return {
        "customer.first_name": customer.first_name,
        "customer.last_name": customer.last_name,
        "customer.email": customer.email,
        "milestone.name": milestone.name,
        "session_count": milestone.session_count,
        "interval": told(milestone.interval_count, milestone.interval_unit),
        "interval_count": milestone.interval_count,
        "interval_unit": milestone.interval_unit,
        "award_number": number,
        "window_start": start,
        "window_end": end,
    }
