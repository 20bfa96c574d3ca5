"""Every way in which using a benefit can be refused."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Refusal


@dataclass(eq=False)
class BenefitNotAvailable(Refusal):
    """the person has used the benefit so close to that time that it is not available then."""

    code = "benefit_not_available"
    # The use that is in the way. Where it is a later one, nobody can say from when on.
    last_used_at: datetime
    available_at: datetime | None

    def __str__(self) -> str:
        if self.available_at is None:
            return "The benefit was used again too soon after that time."
        return "The benefit was used, and cannot be used again yet."
