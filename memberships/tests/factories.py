from datetime import UTC, date, datetime
from typing import Any

import factory

from classes.models import ClassType
from classes.tests.factories import ClassTypeFactory
from core.intervals import IntervalUnit, last_day
from customers.tests.factories import CustomerFactory
from memberships.models import Membership, MembershipPlan


class MembershipPlanFactory(factory.django.DjangoModelFactory[MembershipPlan]):
    """A plan for a month; it opens the `class_types` that are given, else a premium one."""

    class Meta:
        model = MembershipPlan
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Plan {number:04}")
    interval_count = 1
    interval_unit = IntervalUnit.MONTH

    class Params:
        open_ended = factory.Trait(interval_count=None, interval_unit=None)

    @factory.post_generation
    def class_types(
        self: Any, create: bool, extracted: list[ClassType] | None, **kwargs: Any
    ) -> None:
        if create:
            opened = [ClassTypeFactory(is_premium=True)] if extracted is None else extracted
            self.class_types.set(opened)


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """A membership as the desk would have sold it: all of May 2030 where nothing else is said."""

    class Meta:
        model = Membership

    customer = factory.SubFactory(CustomerFactory)
    plan = factory.SubFactory(MembershipPlanFactory)
    starts_on = date(2030, 5, 1)
    interval_count = factory.SelfAttribute("plan.interval_count")
    interval_unit = factory.SelfAttribute("plan.interval_unit")
    ends_on = factory.LazyAttribute(
        lambda made: (
            None
            if made.interval_count is None
            else last_day(made.starts_on, made.interval_count, made.interval_unit)
        )
    )
    sold_at = datetime(2030, 4, 25, 10, tzinfo=UTC)


def spanning(first: date, last: date, **more: Any) -> Membership:
    """Make a membership with these days, both included."""
    days = (last - first).days + 1
    return MembershipFactory.create(
        starts_on=first, ends_on=last, interval_count=days, interval_unit=IntervalUnit.DAY, **more
    )
