"""Demo plans and memberships, such as `memberships.services` would have left them."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from django.db.models import Count, Max

from classes.models import ClassType
from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from core.intervals import IntervalUnit, last_day
from customers.demo import CUSTOMERS, demo_customers
from customers.models import Customer
from memberships.models import Membership, MembershipPlan

PREMIUM = "Aerial Yoga"
MONTHLY, YEARLY = "Aerial Yoga, monthly", "All premium classes, yearly"
FLEXIBLE, TRIAL, RETIRED = "Aerial Yoga, until cancelled", "Trial week", "Founders' half-year"
PLAN_COLUMNS = ("name", "description", "interval_count", "interval_unit", "is_active")
PLANS = (
    (MONTHLY, "Month by month, paid at the desk.", 1, IntervalUnit.MONTH, True),
    (YEARLY, "Everything that hangs from the ceiling.", 1, IntervalUnit.YEAR, True),
    (FLEXIBLE, "Until you have had enough of it.", None, None, True),
    (TRIAL, "Seven days to find out whether it is for you.", 1, IntervalUnit.WEEK, True),
    (RETIRED, "Of our first days; not sold any more.", 6, IntervalUnit.MONTH, False),
)
REASONS = ("Moves to another town.", "Broke an ankle.", "Too expensive.", "")
# The number of the customer who cancelled so short ago that no worker has been there since.
CANCELS_NOW = 48
A_MOMENT = timedelta(seconds=2)


class Holder(NamedTuple):
    membership_id: int
    customer_id: int
    sold_at: datetime
    cancelled_on: date | None


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        _add_plans(plan)
    desk = _Desk(plan)
    plan.add(Membership, desk.renewed())
    plan.add(Membership, desk.sold(progress))


def holders(class_type_id: int, day: date) -> list[Holder]:
    """Give the memberships that open the class type on that day, but for being cancelled."""
    there = Membership.objects.filter(plan__class_types=class_type_id, starts_on__lte=day)
    found = there.exclude(ends_on__lt=day).order_by("customer_id", "pk")
    return [Holder._make(row) for row in found.values_list("pk", *Holder._fields[1:])]


def cancelled_now(plan: DemoPlan) -> dict[int, datetime]:
    """Give those of this run's memberships that are cancelled, and when that was done."""
    new = plan.added.get(Membership)
    if not new:
        return {}
    cancelled = Membership.objects.filter(pk__gte=new[0], cancelled_on__isnull=False)
    rows = cancelled.order_by("pk").values_list("pk", "cancelled_on", "sold_at")
    moments, now = {}, plan.at.replace(microsecond=0)
    for pk, cancelled_on, sold_at in rows:
        assert cancelled_on is not None
        at_the_desk = sold_at.astimezone(plan.tz).time()
        moment = datetime.combine(cancelled_on, at_the_desk, plan.tz).astimezone(UTC)
        moments[pk] = moment if cancelled_on < plan.today else now - A_MOMENT
    return moments


def _add_plans(plan: DemoPlan) -> None:
    there = set(MembershipPlan.objects.values_list("name", flat=True))
    class_type = ClassType.objects.filter(name=PREMIUM).order_by("pk").first()
    wanted = [one for one in PLANS if one[0] not in there and class_type]
    new = [MembershipPlan(**dict(zip(PLAN_COLUMNS, one, strict=True))) for one in wanted]
    plan.add(MembershipPlan, new)
    opens = MembershipPlan.class_types.through
    opens.objects.bulk_create(opens(membershipplan=one, classtype=class_type) for one in new)


class _Desk:
    """Sells memberships, day by day until today."""

    def __init__(self, plan: DemoPlan) -> None:
        self.plan, self.today = plan, plan.today
        names = [name for name, *_ in PLANS]
        self.plans = {one.name: one for one in MembershipPlan.objects.filter(name__in=names)}

    def sold(self, progress: Progress) -> Iterator[Membership]:
        """Sell to every sixth of the customers that this run has added, never to number 1."""
        if len(self.plans) < len(PLANS):
            return
        first, new = self.plan.reached * CUSTOMERS + 1, self.plan.added.get(Customer, ())
        # Customers of the last days, every seventh, have none yet.
        buyers = [
            (first + index, pk)
            for index, pk in enumerate(new)
            if (first + index) % 5 == 3 and (first + index) % 7
        ]
        for start in progress(range(0, len(buyers), ROWS_AT_ONCE), "Memberships"):
            some = buyers[start : start + ROWS_AT_ONCE]
            since = dict(
                Customer.objects.filter(pk__in=[pk for _, pk in some]).values_list(
                    "pk", "created_at"
                )
            )
            for number, pk in some:
                days = (self.today - since[pk].astimezone(self.plan.tz).date()).days
                random = self.plan.random("memberships", number)
                story = STORIES[number // 5 % len(STORIES)]
                if number == CANCELS_NOW:
                    story = _cancels_now
                yield from story(self, pk, min(days - 1, 300), random)

    def renewed(self) -> Iterator[Membership]:
        """Renew, as before, what has run out since an earlier run."""
        monthly = self.plans.get(MONTHLY)
        if monthly is None or not monthly.is_active or not self.plan.reached:
            return
        ours = Membership.objects.filter(plan=monthly, customer__in=demo_customers())
        newest = ours.values("customer_id").annotate(
            times=Count("pk"), ends=Max("ends_on"), cancelled=Count("cancelled_on")
        )
        regulars = newest.filter(times__gte=2, ends__lt=self.day(-1), cancelled=0)
        for row in regulars.order_by("customer_id"):
            random = self.plan.random("renewals", row["ends"])
            yield from self.month_by_month(
                row["customer_id"], row["ends"] + timedelta(days=1), random
            )

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def sell(
        self, customer_id: int, name: str, starts_on: date, random: Random, *, ahead: int = 0
    ) -> Membership:
        """Sell a membership `ahead` days before it starts, while the desk is open."""
        one = self.plans[name]
        ends_on = None
        if one.interval_count is not None and one.interval_unit is not None:
            ends_on = last_day(starts_on, one.interval_count, one.interval_unit)
        open_at = time(random.randrange(9, 20), random.randrange(60), random.randrange(60))
        sold_on = starts_on - timedelta(days=ahead)
        return Membership(
            customer_id=customer_id,
            plan=one,
            starts_on=starts_on,
            ends_on=ends_on,
            interval_count=one.interval_count,
            interval_unit=one.interval_unit,
            sold_at=datetime.combine(sold_on, open_at, self.plan.tz).astimezone(UTC),
        )

    def month_by_month(
        self, customer_id: int, starts_on: date, random: Random
    ) -> Iterator[Membership]:
        """Sell month after month until one covers yesterday, so that none is sold today."""
        ends_on: date | None = starts_on - timedelta(days=1)
        while ends_on is not None and ends_on < self.day(-1):
            one = self.sell(customer_id, MONTHLY, ends_on + timedelta(days=1), random)
            yield one
            ends_on = one.ends_on


# What becomes of a customer's memberships. Each is a customer of at least `longest` days.
Story = Callable[[_Desk, int, int, Random], Iterator[Membership]]


def _renews_every_month(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    yield from desk.month_by_month(customer_id, desk.day(-random.randint(40, 55)), random)


def _has_renewed_ahead(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    current = desk.sell(customer_id, MONTHLY, desk.day(-random.randint(20, 25)), random)
    yield current
    assert current.ends_on is not None
    starts_on = current.ends_on + timedelta(days=1)
    ahead = (starts_on - desk.day(-random.randint(1, 3))).days
    yield desk.sell(customer_id, MONTHLY, starts_on, random, ahead=ahead)


def _let_it_run_out(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    yield desk.sell(customer_id, MONTHLY, desk.day(-random.randint(36, 45)), random)


def _tries_and_stays(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    trial = desk.sell(customer_id, TRIAL, desk.day(-random.randint(10, 20)), random)
    yield trial
    assert trial.ends_on is not None
    yield desk.sell(customer_id, FLEXIBLE, trial.ends_on + timedelta(days=1), random)


def _starts_later(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    days = random.randint(3, 9)
    yield desk.sell(customer_id, YEARLY, desk.day(days), random, ahead=days + random.randint(1, 5))


def _has_it_for_long(name: str) -> Story:
    def story(desk: _Desk, customer_id: int, longest: int, random: Random) -> Iterator[Membership]:
        # The shortest of them takes half a year.
        ago = random.randint(15, min(longest, 170))
        yield desk.sell(customer_id, name, desk.day(-ago), random)

    return story


def _has_cancelled(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    one = desk.sell(customer_id, MONTHLY, desk.day(-random.randint(16, 26)), random)
    one.cancelled_on = desk.day(-random.randint(2, 12))
    one.cancellation_reason = random.choice(REASONS)
    yield one


def _cancels_now(
    desk: _Desk, customer_id: int, longest: int, random: Random
) -> Iterator[Membership]:
    one = desk.sell(customer_id, FLEXIBLE, desk.day(-random.randint(20, longest)), random)
    one.cancelled_on, one.cancellation_reason = desk.today, REASONS[0]
    yield one


STORIES: tuple[Story, ...] = (
    _renews_every_month,
    _has_it_for_long(YEARLY),
    _has_it_for_long(FLEXIBLE),
    _let_it_run_out,
    _tries_and_stays,
    _starts_later,
    _has_cancelled,
    _has_it_for_long(RETIRED),
    _has_renewed_ahead,
)
