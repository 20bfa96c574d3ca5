"""Every way in which a promotion, a reservation or a price can be refused."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.errors import Refusal


@dataclass(eq=False)
class PromoOverlaps(Refusal):
    """another active promotion of the product runs at some of that time."""

    code = "promo_overlaps"
    promo: int

    def __str__(self) -> str:
        return "Another active promotion of this product runs at some of that time."


@dataclass(eq=False)
class PriceBelowPromo(Refusal):
    """a running or coming promotion of the product would be no cheaper than its price."""

    code = "price_below_promo"
    promo: int
    promo_price: Decimal

    def __str__(self) -> str:
        return f"A promotion of this product sells it at {self.promo_price}."


@dataclass(eq=False)
class QuantityBelowTaken(Refusal):
    """more units are sold or on hold than there would be."""

    code = "quantity_below_taken"
    quantity: int
    sold: int
    held: int

    def __str__(self) -> str:
        return f"{self.sold} are sold and {self.held} on hold: {self.quantity} are too few."


@dataclass(eq=False)
class PromoSoldOut(Refusal):
    """every unit is sold."""

    code = "promo_sold_out"

    def __str__(self) -> str:
        return "This promotion is sold out."


@dataclass(eq=False)
class PromoNotRunning(Refusal):
    """the promotion has not begun, is over, or was stopped."""

    code = "promo_not_running"
    is_active: bool
    starts_at: datetime
    ends_at: datetime

    def __str__(self) -> str:
        return "This promotion is not running."


@dataclass(eq=False)
class NotEligible(Refusal):
    """the customer is in none of the promotion's segments, or too far from the venue."""

    code = "not_eligible"
    in_segment: bool
    # Nothing where the customer or the venue has no known position.
    distance_km: float | None
    max_distance_km: float

    def __str__(self) -> str:
        if not self.in_segment:
            return "This promotion is for others."
        if self.distance_km is None:
            return "Nobody knows how far the customer is from the venue."
        return "The customer is too far from the venue."


@dataclass(eq=False)
class AlreadyPurchased(Refusal):
    """the customer has bought the one unit that everybody may buy."""

    code = "already_purchased"
    reservation: int

    def __str__(self) -> str:
        return "The customer has bought this already."


@dataclass(eq=False)
class PromoOnHold(Refusal):
    """every unit that is left is on hold for others."""

    code = "promo_on_hold"
    # When the first of these holds runs out, unless it is completed.
    retry_at: datetime

    def __str__(self) -> str:
        return "Others are deciding. If one of them does not buy, it can be had in a moment."


@dataclass(eq=False)
class ReservationExpired(Refusal):
    """the minute to decide was over."""

    code = "reservation_expired"
    expires_at: datetime

    def __str__(self) -> str:
        return "The minute to decide was over."


@dataclass(eq=False)
class ReservationEnded(Refusal):
    """it was released or bought already, and does not end a second time in another way."""

    code = "reservation_ended"
    status: str

    def __str__(self) -> str:
        return f"This reservation is {self.status} already."
