"""
Demo products, promotions, whom these were told and who reserved, such as `promotions.services`
would have left them.
"""

from array import array
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from core.globe import distance_km, is_within
from core.instants import local_day
from customers.demo import CUSTOMERS, FOUNDING_MEMBERS, demo_customers
from customers.models import Customer, Segment
from customers.segment_rules import members_of
from notifications.demo import Told, tell
from promotions.demo_stories import (
    COMPLETED,
    EXPIRED,
    NEWCOMERS,
    REGULARS,
    RELEASED,
    STORIES,
    Story,
    sold_at,
)
from promotions.models import A_CENT, Announcement, FlashPromo, Product, PromoNotice
from promotions.models import PromoReservation as Reservation
from promotions.notices import about_promo
from promotions.reports import PromoSegment
from promotions.states import HOLD, ReservationStatus
from venues.demo import VENUES, names, number_of_venues
from venues.models import Venue

HELD = ReservationStatus.HELD
LASTS = timedelta(hours=3)
# Nobody comes before the one before has decided, or let the minute pass.
SECONDS_BETWEEN = (61, 900)
BLOCKS_AT_ONCE = ROWS_AT_ONCE // CUSTOMERS
# Beyond it blocks bring no venues of their own. Theirs are those of an earlier block, some
# days before.
BLOCKS_WITH_VENUES, DAYS_APART = 98, 10

RUNNING_FOR, RUNNING_KM, UNITS = timedelta(hours=6), 4.0, 3
RUNNING_SEGMENTS = (REGULARS, NEWCOMERS, FOUNDING_MEMBERS)
COMING_AT, COMING_FOR = time(12), timedelta(hours=2)


class Past(NamedTuple):
    promo: FlashPromo
    segments: Sequence[Segment]
    # Whom it was told, in the order of their ids, and when.
    audience: Sequence[Customer]
    told_at: datetime
    reservations: Sequence[Reservation]


def generate(plan: DemoPlan, progress: Progress) -> None:
    # Demo data may be older than its promotions.
    reached = plan.reached if Product.objects.exists() else 0
    _add_products(plan, reached)
    shop = _Shop(plan)
    for first in progress(range(reached, plan.scale, BLOCKS_AT_ONCE), "Promotions"):
        blocks = range(first, min(first + BLOCKS_AT_ONCE, plan.scale))
        _write(plan, [past for block in blocks for past in shop.past(block)])
    promos = shop.running_and_coming()
    plan.add(FlashPromo, promos)
    _put_segments([(promo, shop.named(RUNNING_SEGMENTS)) for promo in promos])


def _add_products(plan: DemoPlan, reached: int) -> None:
    new = names(plan.scale)[number_of_venues(reached) :]
    # Of several with the same name the oldest comes last and stays.
    venues = Venue.objects.filter(name__in=new).order_by("-pk")
    ids = dict(venues.values_list("name", "pk"))
    plan.add(
        Product,
        [
            Product(venue_id=ids[venue], name=name, regular_price=Decimal(price))
            for venue in new
            if venue in ids
            for name, price in [sold_at(venue)]
        ],
    )


class _Shop:
    """
    Sells what the demo's venues have to the demo's customers.

    Each block of `CUSTOMERS` has promotions of its own, told to nobody else. So what one block
    does is the same whatever the scale.
    """

    def __init__(self, plan: DemoPlan) -> None:
        self.plan = plan
        self.venues = names(plan.scale)
        rows = Product.objects.filter(venue__name__in=self.venues).select_related("venue")
        there = {(one.venue.name, one.name): one for one in rows.order_by("-pk")}
        # None where staff renamed it.
        self.products = {name: there.get((name, sold_at(name)[0])) for name in self.venues}
        self.segments = {one.name: one for one in Segment.objects.all()}
        self.ids = array("q", demo_customers().order_by("pk").values_list("pk", flat=True))

    def past(self, block: int) -> Iterator[Past]:
        """Give what a block's venues have sold, and how."""
        again, own = divmod(block, BLOCKS_WITH_VENUES)
        venues = self.venues[number_of_venues(own) : number_of_venues(own + 1)]
        ids = self.ids[block * CUSTOMERS : (block + 1) * CUSTOMERS]
        people = list(Customer.objects.filter(pk__in=ids).order_by("pk"))
        for number, story in enumerate(STORIES):
            random = self.plan.random("promotion", block, number)
            day = self.plan.today - timedelta(days=story.days_ago + again * DAYS_APART)
            starts_at = datetime.combine(day, story.starts, self.plan.tz).astimezone(UTC)
            segments, venue = self.named(story.segments), venues[number % len(venues)]
            promo = self._promo([venue], starts_at, starts_at + LASTS, random)
            if promo is None or not segments:
                continue
            promo.max_distance_km = story.max_distance_km
            told_at = starts_at + timedelta(seconds=random.uniform(0.1, 2))
            audience: list[Customer] = []
            if story.is_told:
                audience = _audience(promo, segments, people, told_at)
                promo.notified_at = told_at
            reservations = _sell(promo, audience, story, told_at, random)
            yield Past(promo, segments, audience, told_at, reservations)

    def running_and_coming(self) -> list[FlashPromo]:
        """Begin a promotion that nobody was told of yet, and plan one, where there are none."""
        plan, wanted = self.plan, []
        if not FlashPromo.objects.running(plan.at).exists():
            wanted.append((plan.at.replace(second=0, microsecond=0), RUNNING_FOR))
        if not FlashPromo.objects.active().filter(starts_at__gt=plan.at).exists():
            noon = datetime.combine(plan.today + timedelta(days=1), COMING_AT, plan.tz)
            wanted.append((noon.astimezone(UTC), COMING_FOR))
        start = plan.today.toordinal() % len(VENUES)
        in_turn = [name for name, *_ in (*VENUES[start:], *VENUES[:start])]
        promos = []
        for starts_at, lasts in wanted if self.named(RUNNING_SEGMENTS) else ():
            random = plan.random("promotion", starts_at)
            promo = self._promo(in_turn, starts_at, starts_at + lasts, random)
            if promo is not None:
                in_turn.remove(promo.product.venue.name)
                promo.max_distance_km, promo.quantity = RUNNING_KM, UNITS
                promos.append(promo)
        return promos

    def named(self, names: Sequence[str]) -> list[Segment]:
        return [self.segments[name] for name in names if name in self.segments]

    def _promo(
        self, venues: Sequence[str], starts_at: datetime, ends_at: datetime, random: Random
    ) -> FlashPromo | None:
        """Give one of the first product that is on offer nowhere else at that time."""
        overlapping = FlashPromo.objects.active().filter(
            starts_at__lt=ends_at, ends_at__gt=starts_at
        )
        offered = set(overlapping.values_list("product", flat=True))
        sold = (self.products[venue] for venue in venues)
        product = next((one for one in sold if one and one.pk not in offered), None)
        if product is None:
            return None
        part = Decimal(random.choice((50, 60, 70))) / 100
        return FlashPromo(
            product=product,
            promo_price=(product.regular_price * part).quantize(A_CENT),
            starts_at=starts_at,
            ends_at=ends_at,
        )


def _audience(
    promo: FlashPromo, segments: Sequence[Segment], people: Sequence[Customer], at: datetime
) -> list[Customer]:
    there, limit_km = promo.product.venue.place, promo.max_distance_km
    members: set[int] = set()
    for segment in segments:
        of_them = members_of(segment, at=at).filter(customer_id__in=[one.pk for one in people])
        members.update(of_them.values_list("customer_id", flat=True))
    return [
        one
        for one in people
        if one.pk in members
        and one.created_at < at
        and one.place
        and there
        and is_within(distance_km(there, one.place), limit_km)
    ]


def _sell(
    promo: FlashPromo, audience: Sequence[Customer], story: Story, at: datetime, random: Random
) -> list[Reservation]:
    """Give the reservations of those who came, and leave the promotion as they left it."""
    come = random.sample(audience, min(len(story.acts), len(audience)))
    acts = list(story.acts[: len(come)])
    if story.quantity is None:
        # After the last unit nobody gets one.
        while acts and acts[-1] != COMPLETED:
            acts.pop()
    made: list[Reservation] = []
    for customer, act in zip(come, acts, strict=False):
        if made and made[-1].status == HELD:
            # Whoever comes next writes down that it has run out.
            made[-1].status = EXPIRED
        at += timedelta(seconds=random.randint(*SECONDS_BETWEEN))
        done_at = at + timedelta(seconds=random.randrange(5, HOLD.seconds))
        made.append(
            Reservation(
                promo=promo,
                customer=customer,
                status=HELD if act == EXPIRED else act,
                price=promo.promo_price,
                created_at=at,
                expires_at=at + HOLD,
                completed_at=done_at if act == COMPLETED else None,
                released_at=done_at if act == RELEASED else None,
            )
        )
    statuses = [one.status for one in made]
    promo.sold_count, promo.held_count = statuses.count(COMPLETED), statuses.count(HELD)
    promo.quantity = story.quantity or max(1, promo.sold_count)
    promo.is_active = not story.is_stopped and promo.remaining > 0
    return made


def _write(plan: DemoPlan, pasts: Sequence[Past]) -> None:
    plan.add(FlashPromo, [past.promo for past in pasts])
    _put_segments([(past.promo, past.segments) for past in pasts])
    made: list[Reservation] = [one for past in pasts for one in past.reservations]
    made.sort(key=lambda one: one.created_at)
    plan.add(Reservation, made)
    announced = [past for past in pasts if past.promo.notified_at]
    announced.sort(key=lambda past: past.told_at)
    notices, told = [], []
    for promo, _, audience, at, _ in announced:
        day = local_day(at, plan.tz)
        notices += [PromoNotice(promo=promo, customer=one, day=day, told_at=at) for one in audience]
        # Nothing was sold at its start.
        begun = copy(promo)
        begun.sold_count = 0
        told += [Told(message, at) for message in about_promo(begun, audience)]
    plan.add(PromoNotice, notices)
    tell(plan, told)
    Announcement.objects.bulk_create(
        Announcement(promo=promo, told_up_to=audience[-1].pk if audience else 0)
        for promo, _, audience, _, _ in announced
    )


def _put_segments(chosen: Sequence[tuple[FlashPromo, Sequence[Segment]]]) -> None:
    PromoSegment.objects.bulk_create(
        PromoSegment(flashpromo=promo, segment=segment)
        for promo, segments in chosen
        for segment in segments
    )
