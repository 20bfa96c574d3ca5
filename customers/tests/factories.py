import factory

from customers.models import Customer, Segment
from customers.states import SegmentRuleName


class SegmentFactory(factory.django.DjangoModelFactory[Segment]):
    class Meta:
        model = Segment

    name = factory.Sequence(lambda number: f"Segment {number:04}")

    class Params:
        new_customers = factory.Trait(rule=SegmentRuleName.NEW_CUSTOMERS, rule_days=30)
        frequent_visitors = factory.Trait(
            rule=SegmentRuleName.FREQUENT_VISITORS, rule_days=30, rule_min_visits=2
        )


class CustomerFactory(factory.django.DjangoModelFactory[Customer]):
    class Meta:
        model = Customer

    first_name = "Anna"
    last_name = factory.Sequence(lambda number: f"Schmidt {number:04}")
    email = factory.Sequence(lambda number: f"anna.{number}@example.org")
