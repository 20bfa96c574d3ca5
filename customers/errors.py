from dataclasses import dataclass

from core.errors import Refusal


@dataclass(eq=False)
class SegmentHasCustomers(Refusal):
    """customers were put into this segment by hand, so it cannot be given a rule."""

    code = "segment_has_customers"
    customers: int

    def __str__(self) -> str:
        return (
            f"Somebody was put into this segment by hand ({self.customers}). "
            "Take them out before a rule decides who belongs to it."
        )
