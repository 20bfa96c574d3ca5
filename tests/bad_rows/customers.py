"""Bad rows of customers and segments, each with the rule that it breaks."""

from customers.tests.factories import CustomerFactory, SegmentFactory
from tests.bad_rows.cases import bad


def take_an_email_twice():
    CustomerFactory(email="anna@example.org")
    CustomerFactory(email="ANNA@example.org")


CASES = [
    bad("segment_rule_is_known", "an unknown rule", SegmentFactory, rule="unheard_of"),
    bad(
        "segment_rule_days_iff_needed",
        "a rule without its days",
        SegmentFactory,
        rule="new_customers",
    ),
    bad(
        "segment_rule_days_iff_needed",
        "a rule of no days",
        SegmentFactory,
        rule="new_customers",
        rule_days=0,
    ),
    bad("segment_rule_days_iff_needed", "days for nothing", SegmentFactory, rule_days=1),
    bad(
        "segment_rule_min_visits_iff_needed",
        "a rule without its visits",
        SegmentFactory,
        rule="frequent_visitors",
        rule_days=1,
    ),
    bad(
        "segment_rule_min_visits_iff_needed",
        "visits for nothing",
        SegmentFactory,
        rule_min_visits=1,
    ),
    bad("customer_email_is_unique_in_any_case", "one e-mail twice", take_an_email_twice),
    bad("customer_origin_is_known", "an unknown origin", CustomerFactory, origin="moon"),
    bad(
        "customer_position_is_whole_and_on_earth", "a latitude alone", CustomerFactory, latitude=52
    ),
    bad(
        "customer_position_is_whole_and_on_earth",
        "a longitude alone",
        CustomerFactory,
        longitude=13,
    ),
    bad(
        "customer_position_is_whole_and_on_earth",
        "beyond the pole",
        CustomerFactory,
        latitude=91,
        longitude=0,
    ),
]
