from datetime import UTC, datetime

import factory

from benefits.models import Benefit, BenefitUsage
from benefits.states import Recurrence
from customers.tests.factories import CustomerFactory
from venues.tests.factories import VenueFactory

NOON = datetime(2026, 5, 14, 12, tzinfo=UTC)


class BenefitFactory(factory.django.DjangoModelFactory[Benefit]):
    class Meta:
        model = Benefit

    venue = factory.SubFactory(VenueFactory)
    title = "All burgers at half the price"
    recurrence = Recurrence.DAY


class BenefitUsageFactory(factory.django.DjangoModelFactory[BenefitUsage]):
    """A use as an import leaves it, before any slot is closed over it."""

    class Meta:
        model = BenefitUsage

    person = factory.SubFactory(CustomerFactory)
    benefit = factory.SubFactory(BenefitFactory)
    used_at = NOON


def use(benefit, *times, by=None):
    """Let one person, or somebody, use a benefit at each of these times."""
    person = by or CustomerFactory()
    for used_at in times:
        BenefitUsageFactory(benefit=benefit, person=person, used_at=used_at)
