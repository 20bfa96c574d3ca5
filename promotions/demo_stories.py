"""What demo venues sell, and what became of what they had on offer."""

from datetime import time
from typing import NamedTuple

from customers.demo import FOUNDING_MEMBERS, TRIAL_MEMBERS
from promotions.states import ReservationStatus
from venues.demo import BOWLS, BURGERS, CAFE, KIOSK, SAUNA, SPORTS

PRODUCTS = {
    BURGERS: ("Double cheeseburger", "9.90"),
    CAFE: ("Brunch for two", "29.00"),
    SAUNA: ("Day ticket", "24.00"),
    BOWLS: ("Salmon bowl", "13.50"),
    SPORTS: ("Running shoes", "119.00"),
    KIOSK: ("Cherry soda", "2.20"),
}
# What venues number 7 and on sell, by the last of their words.
MORE_PRODUCTS = {
    "Bakery": ("Sourdough loaf", "5.20"),
    "Noodles": ("Noodle soup", "11.00"),
    "Juice Bar": ("Green juice", "5.90"),
    "Cinema": ("Double feature", "16.00"),
    "Bookshop": ("Novel of the month", "22.00"),
    "Bicycles": ("Spring check", "69.00"),
    "Florist": ("Bunch of tulips", "12.00"),
    "Pizza": ("Pizza for two", "23.00"),
    "Tea House": ("Afternoon tea", "18.50"),
    "Climbing": ("Ten visits", "99.00"),
    "Massage": ("Half an hour", "45.00"),
    "Ice Cream": ("Three scoops", "4.80"),
    "Barbers": ("Haircut", "28.00"),
    "Pool": ("Hour of swimming", "6.50"),
}


def sold_at(venue: str) -> tuple[str, str]:
    if venue in PRODUCTS:
        return PRODUCTS[venue]
    return next(sold for word, sold in MORE_PRODUCTS.items() if venue.endswith(word))


REGULARS, NEWCOMERS = "Regulars", "Newcomers"
COMPLETED, RELEASED = ReservationStatus.COMPLETED, ReservationStatus.RELEASED
EXPIRED = ReservationStatus.EXPIRED


class Story(NamedTuple):
    """What was on offer, and what became of it."""

    days_ago: int
    starts: time
    segments: tuple[str, ...]
    max_distance_km: float
    # None for as many as were bought.
    quantity: int | None
    # What those who came did, one after the other.
    acts: tuple[ReservationStatus, ...]
    is_stopped: bool = False
    # Otherwise it was stopped before its start.
    is_told: bool = True


STORIES = (
    Story(
        days_ago=2,
        starts=time(12),
        segments=(REGULARS, FOUNDING_MEMBERS),
        max_distance_km=4,
        quantity=None,
        acts=(COMPLETED, EXPIRED, RELEASED, COMPLETED, COMPLETED),
    ),
    Story(
        days_ago=5,
        starts=time(17),
        segments=(REGULARS, TRIAL_MEMBERS),
        max_distance_km=4,
        quantity=6,
        acts=(RELEASED, COMPLETED, EXPIRED),
    ),
    Story(
        days_ago=9,
        starts=time(9),
        segments=(NEWCOMERS, FOUNDING_MEMBERS),
        max_distance_km=8,
        quantity=4,
        acts=(EXPIRED, COMPLETED),
        is_stopped=True,
    ),
    Story(
        days_ago=3,
        starts=time(20),
        segments=(FOUNDING_MEMBERS,),
        max_distance_km=2,
        quantity=1,
        acts=(),
        is_stopped=True,
        is_told=False,
    ),
)
