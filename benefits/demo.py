"""Demo benefits and their uses, such as `benefits.services` would have left them."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple

from django.db.models import Max

from benefits import summary
from benefits.models import Benefit, BenefitUsage
from benefits.states import PAUSES, Recurrence
from core.demo import DemoPlan, Progress
from core.instants import local_midnight
from customers.demo import CUSTOMERS, demo_customers
from customers.models import Customer
from venues.demo import BOWLS, BURGERS, CAFE, KIOSK, SAUNA, SPORTS, VENUES, names, number_of_venues
from venues.models import Venue

DAY, WEEK, MONTH = Recurrence.DAY, Recurrence.WEEK, Recurrence.MONTH
BREAKFAST = "Breakfast for two until ten"
BENEFITS = {
    BURGERS: (
        ("All burgers at half the price", WEEK),
        ("Sweet potato fries on the house", DAY),
        ("A milkshake for one euro", DAY),
        ("Your whole table eats for 50 €", MONTH),
        ("Name the burger of the month", MONTH),
    ),
    CAFE: (
        ("The second coffee is free", DAY),
        ("20 % off all cakes", DAY),
        (BREAKFAST, WEEK),
        ("Sunday brunch at half the price", WEEK),
        ("A bag of beans to take home", MONTH),
    ),
    SAUNA: (
        ("Two hours for the price of one", DAY),
        ("A towel and a robe for free", DAY),
        ("Bring a friend", WEEK),
        ("A salt scrub on the house", MONTH),
    ),
    BOWLS: (
        ("15 % off every bowl", DAY),
        ("A ginger shot on the house", DAY),
        ("The bowl of the week for 7 €", WEEK),
        ("A cooking class at half the price", MONTH),
    ),
    SPORTS: (
        ("10 % off everything", DAY),
        ("Your racket strung overnight", WEEK),
        ("20 % off running shoes", MONTH),
    ),
    KIOSK: (),
}
# What the other venues offer. With 200 of them there are 2,000 benefits.
OFFERED = (
    *("10 % off everything", "A drink on the house", "Two for the price of one"),
    *("20 % off for you and a friend", "Half the price after six", "A voucher worth 5 €"),
    *("15 % off on weekdays", "A sample to take home", "30 % off whatever is new"),
    *("A free upgrade", "An hour before everybody else"),
)
ELEVENTH_EVERY = 5

# For these the report on inactivity has something to say.
NEVER_USED = (BURGERS, "Name the burger of the month")
NOT_ANY_MORE, LAST_USED = (CAFE, BREAKFAST), 40
CLOSED, CLOSED_DAYS_AGO = SAUNA, range(70, 115)

# Whole days, up to yesterday.
DAYS_BACK, USES_A_DAY = 200, (5, 8)
OPENS, OPEN_FOR = time(11), 11 * 60 * 60


class Offer(NamedTuple):
    venue: str
    title: str
    recurrence: Recurrence


def generate(plan: DemoPlan, progress: Progress) -> None:
    catalogue = offers(plan.scale)
    _add_benefits(plan, catalogue)
    all_days = [plan.today - timedelta(days=ago) for ago in range(DAYS_BACK, 0, -1)]
    guests = _Guests(plan, catalogue)
    last_day = guests.last_day()
    later = [day for day in all_days if last_day is None or day > last_day]
    reached = min(plan.reached, plan.scale)
    for blocks, days in ((range(reached), later), (range(reached, plan.scale), all_days)):
        if blocks and days:
            # Not noted one by one: the worker closes these slots again.
            summary.reopen(since=local_midnight(days[0], plan.tz))
            plan.add(BenefitUsage, guests.uses(blocks, days, progress))


def offers(scale: int) -> list[Offer]:
    """Give what there is at a scale; a smaller scale's offers are the first of them."""
    return [offer for each in enumerate(names(scale), start=1) for offer in _offers_of(*each)]


def _offers_of(number: int, venue: str) -> list[Offer]:
    if number <= len(VENUES):
        return [Offer(venue, *each) for each in BENEFITS[venue]]
    titles = OFFERED if number % ELEVENTH_EVERY == 0 else OFFERED[:-1]
    recurrences = list(Recurrence)
    return [Offer(venue, title, recurrences[place % 3]) for place, title in enumerate(titles)]


def _add_benefits(plan: DemoPlan, catalogue: Sequence[Offer]) -> None:
    new = Venue.objects.filter(pk__in=plan.added.get(Venue, ()))
    ids = dict(new.values_list("name", "pk"))
    benefits = [
        Benefit(venue_id=ids[offer.venue], title=offer.title, recurrence=offer.recurrence)
        for offer in catalogue
        if offer.venue in ids
    ]
    plan.add(Benefit, benefits)


class _Guests:
    """
    Let the demo's customers use what is offered, day by day.

    They do so in blocks of `CUSTOMERS`, each of which knows the offers of its own scale. So what
    one block does is the same whatever the scale.
    """

    def __init__(self, plan: DemoPlan, catalogue: Sequence[Offer]) -> None:
        self.plan, self.catalogue = plan, catalogue
        rows = Benefit.objects.filter(venue__name__in={offer.venue for offer in catalogue})
        in_order = rows.select_related("venue").order_by("-pk")
        # Of several with the same name the oldest comes last and stays.
        there = {(one.venue.name, one.title): one for one in in_order}
        # None where staff renamed it.
        self.benefits = [there.get((offer.venue, offer.title)) for offer in catalogue]
        self.weights = list(accumulate(map(self._weight, catalogue)))
        of_venues = [len(_offers_of(*each)) for each in enumerate(names(plan.scale), start=1)]
        self.known = list(accumulate(of_venues))
        self.ids = array("q", demo_customers().order_by("pk").values_list("pk", flat=True))

    def last_day(self) -> date | None:
        """Give the last day that earlier runs came to."""
        uses = BenefitUsage.objects.filter(benefit__in=filter(None, self.benefits))
        latest = uses.order_by("used_at").values_list("used_at", flat=True).last()
        return latest.astimezone(self.plan.tz).date() if latest else None

    def uses(
        self, blocks: Sequence[int], days: Sequence[date], progress: Progress
    ) -> Iterator[BenefitUsage]:
        for block in progress(blocks, "Uses of benefits"):
            ids = self.ids[block * CUSTOMERS : (block + 1) * CUSTOMERS]
            customers = Customer.objects.filter(pk__in=ids).order_by("pk")
            people = list(customers.values_list("pk", "created_at"))
            latest = self._latest(ids, before=days[0])
            for day in days if people else ():
                yield from self._on(day, block, people, latest)

    def _on(
        self,
        day: date,
        block: int,
        people: Sequence[tuple[int, datetime]],
        latest: dict[tuple[int, int], datetime],
    ) -> Iterator[BenefitUsage]:
        random = self.plan.random("uses", block, day)
        opens = datetime.combine(day, OPENS, self.plan.tz).astimezone(UTC)
        weights = self.weights[: self.known[number_of_venues(block + 1) - 1]]
        for second in sorted(random.sample(range(OPEN_FOR), random.randint(*USES_A_DAY))):
            [index] = random.choices(range(len(weights)), cum_weights=weights)
            # Some come much more often than others.
            place = min(random.randrange(CUSTOMERS), random.randrange(CUSTOMERS))
            benefit, used_at = self.benefits[index], opens + timedelta(seconds=second)
            if benefit is None or place >= len(people) or self._is_closed(index, day):
                continue
            person_id, created_at = people[place]
            before = latest.get((person_id, benefit.pk), created_at - PAUSES[MONTH])
            pause = Recurrence(benefit.recurrence).pause
            if created_at < used_at and before + pause <= used_at:
                latest[person_id, benefit.pk] = used_at
                yield BenefitUsage(person_id=person_id, benefit_id=benefit.pk, used_at=used_at)

    def _latest(self, ids: Sequence[int], before: date) -> dict[tuple[int, int], datetime]:
        """Give who used what when for the last time, as far as it is still in the way."""
        since = local_midnight(before, self.plan.tz) - max(PAUSES.values())
        uses = BenefitUsage.objects.filter(person__in=ids, used_at__gt=since).order_by()
        found = uses.values_list("person_id", "benefit_id").annotate(latest=Max("used_at"))
        return {(person_id, benefit_id): latest for person_id, benefit_id, latest in found}

    def _weight(self, offer: Offer) -> int:
        """Say how popular it is."""
        if (offer.venue, offer.title) == NEVER_USED:
            return 0
        return self.plan.random("popular", offer.venue, offer.title).randint(1, 9)

    def _is_closed(self, index: int, day: date) -> bool:
        offer, ago = self.catalogue[index], (self.plan.today - day).days
        if offer.venue == CLOSED:
            return ago in CLOSED_DAYS_AGO
        return (offer.venue, offer.title) == NOT_ANY_MORE and ago < LAST_USED
