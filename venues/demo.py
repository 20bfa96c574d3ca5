"""Demo venues near the gym."""

from collections.abc import Iterator

from core.demo import DemoPlan, Progress
from venues.models import Venue

BURGERS, CAFE, SAUNA = "Corner Burgers", "Café Sonnendeck", "Sauna under the Arches"
BOWLS, SPORTS, KIOSK = "Green Bowl Kitchen", "Second Wind Sports", "Kiosk at the Bridge"
VENUES = (
    (BURGERS, 52.5226, 13.4101),
    (CAFE, 52.5189, 13.4170),
    (SAUNA, 52.5163, 13.4298),
    (BOWLS, 52.5274, 13.4021),
    (SPORTS, 52.5302, 13.4236),
    (KIOSK, 52.5132, 13.4089),
)
# What venues number 7 and on are called: no two the same.
FIRST_WORDS = (
    *("Lantern", "Harbour", "Linden", "Copper", "Blue Door", "Old Mill", "North Star"),
    *("Courtyard", "Swallow", "Chestnut", "Three Steps", "Rainbow", "Canal", "Rooftop"),
)
SECOND_WORDS = (
    *("Bakery", "Noodles", "Juice Bar", "Cinema", "Bookshop", "Bicycles", "Florist"),
    *("Pizza", "Tea House", "Climbing", "Massage", "Ice Cream", "Barbers", "Pool"),
)
MORE_PER_SCALE, AT_MOST = 2, 200


def generate(plan: DemoPlan, progress: Progress) -> None:
    # Demo data may be older than its venues.
    reached = plan.reached if Venue.objects.exists() else 0
    there = set(Venue.objects.values_list("name", flat=True))
    new = list(_venues(plan))[number_of_venues(reached) :]
    plan.add(Venue, [one for one in new if one.name not in there])


def number_of_venues(scale: int) -> int:
    more = MORE_PER_SCALE * (scale - 1)
    return min(len(VENUES) + more, AT_MOST) if scale else 0


def names(scale: int) -> list[str]:
    """Give what the venues of a scale are called; a smaller scale's are the first of them."""
    named = [name for name, *_ in VENUES]
    count, words = len(FIRST_WORDS), range(number_of_venues(scale) - len(VENUES))
    return named + [
        f"{FIRST_WORDS[number % count]} {SECOND_WORDS[(number + number // count) % count]}"
        for number in words
    ]


def _venues(plan: DemoPlan) -> Iterator[Venue]:
    for name, latitude, longitude in VENUES:
        yield Venue(name=name, latitude=latitude, longitude=longitude)
    _, latitude, longitude = VENUES[0]
    for name in names(plan.scale)[len(VENUES) :]:
        random = plan.random("venue", name)
        yield Venue(
            name=name,
            latitude=round(random.gauss(latitude, 0.03), 6),
            longitude=round(random.gauss(longitude, 0.05), 6),
        )
