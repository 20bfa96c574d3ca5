"""Demo customers and segments."""

import re
import unicodedata
from datetime import timedelta

from core.demo import ROWS_AT_ONCE, DemoPlan, Progress
from customers.models import Customer, Segment
from customers.querysets import CustomerQuerySet
from customers.states import Origin, SegmentRuleName

CUSTOMERS = 100
DOMAIN = "@gymtastic.example"

FOUNDING_MEMBERS = "Founding members"
TRIAL_MEMBERS = "Trial members"
SEGMENT_COLUMNS = ("name", "description", "rule", "rule_days", "rule_min_visits")
MANUAL = SegmentRuleName.MANUAL
NEW, FREQUENT = SegmentRuleName.NEW_CUSTOMERS, SegmentRuleName.FREQUENT_VISITORS
SEGMENTS = (
    (FOUNDING_MEMBERS, "With us since the first day.", MANUAL, None, None),
    (TRIAL_MEMBERS, "Here to find out whether they like it.", MANUAL, None, None),
    ("Newcomers", "Customers of the last 30 days.", NEW, 30, None),
    ("Regulars", "At least four visits in 30 days.", FREQUENT, 30, 4),
)

FIRST_NAMES = (
    *("Emma", "Noah", "Mia", "Leon", "Hannah", "Elias", "Sofía", "Mateo", "Lucía", "Hugo"),
    *("Chloé", "Louis", "Camille", "Jules", "Zoë", "Oliver", "Amelia", "Jack", "Isla", "Harry"),
    *("Aisha", "Omar", "Leyla", "Emre", "Priya", "Arjun", "Mei", "Wei", "Yuki", "Haruto"),
    *("Zofia", "Jakub", "Astrid", "Lars", "Giulia", "Marco", "Inês", "João", "Amara", "Kwame"),
)
LAST_NAMES = (
    *("Müller", "Schmidt", "Weber", "Wagner", "Hoffmann", "García", "Martínez", "López", "Romero"),
    *("Dubois", "Laurent", "Moreau", "Girard", "Smith", "Taylor", "Walker", "Hughes", "Murphy"),
    *("Arslan", "Demir", "Kaya", "Haddad", "Rahman", "Sharma", "Patel", "Chen", "Wang", "Tanaka"),
    *("Nowak", "Kowalski", "Lindqvist", "Hansen", "Rossi", "Ricci", "Silva", "Costa", "Mensah"),
    *("Okafor", "Novák", "Horvat", "Petrov"),
)
ORIGINS_BY_WEIGHT = {
    Origin.WEB: 45,
    Origin.REFERRAL: 25,
    Origin.WALK_IN: 15,
    Origin.PHONE: 10,
    Origin.OTHER: 5,
}
# Alexanderplatz, Berlin; most customers live within some ten kilometres.
GYM = (52.5219, 13.4132)


def generate(plan: DemoPlan, progress: Progress) -> None:
    if not plan.reached:
        there = set(Segment.objects.values_list("name", flat=True))
        wanted = [one for one in SEGMENTS if one[0] not in there]
        plan.add(
            Segment, [Segment(**dict(zip(SEGMENT_COLUMNS, one, strict=True))) for one in wanted]
        )
    first, end = plan.reached * CUSTOMERS + 1, plan.scale * CUSTOMERS + 1
    steps = [range(n, min(n + ROWS_AT_ONCE, end)) for n in range(first, end, ROWS_AT_ONCE)]
    for numbers in progress(steps, "Customers"):
        customers = [_customer(plan, number) for number in numbers]
        plan.add(Customer, customers)
        _put_into_segments(dict(zip(numbers, customers, strict=True)))


def demo_customers() -> CustomerQuerySet:
    """Give the customers that earlier runs made, apart from those whose address was changed."""
    return Customer.objects.filter(email__endswith=DOMAIN)


def scale_reached() -> int:
    """Give the scale of the largest run so far, 0 where there was none."""
    emails = demo_customers().values_list("email", flat=True).iterator()
    numbers = (re.fullmatch(rf".+\.(\d+){re.escape(DOMAIN)}", email) for email in emails)
    highest = max((int(found[1]) for found in numbers if found), default=0)
    return -(-highest // CUSTOMERS)


def _customer(plan: DemoPlan, number: int) -> Customer:
    random = plan.random("customer", number)
    first_name, last_name = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    is_new = number % 7 == 0
    days = random.uniform(1, 29) if is_new else random.uniform(60, 1200)
    has_position = random.random() < 0.85
    return Customer(
        first_name=first_name,
        last_name=last_name,
        email=f"{_ascii(first_name)}.{_ascii(last_name)}.{number}{DOMAIN}",
        origin=random.choices(list(ORIGINS_BY_WEIGHT), list(ORIGINS_BY_WEIGHT.values()))[0],
        latitude=round(random.gauss(GYM[0], 0.04), 6) if has_position else None,
        longitude=round(random.gauss(GYM[1], 0.06), 6) if has_position else None,
        created_at=plan.at.replace(microsecond=0) - timedelta(seconds=int(days * 86_400)),
    )


def _ascii(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    return letters.encode("ascii", "ignore").decode().lower()


def _put_into_segments(customers: dict[int, Customer]) -> None:
    """Put every twelfth into one segment and every sixteenth into another, never number 1."""
    by_hand = Segment.objects.filter(rule=MANUAL)
    ids = dict(by_hand.values_list("name", "pk"))
    member = Customer.chosen_segments.through
    member.objects.bulk_create(
        member(customer_id=customer.pk, segment_id=ids[name])
        for number, customer in customers.items()
        for name, is_in in (
            (FOUNDING_MEMBERS, number % 12 == 0),
            (TRIAL_MEMBERS, number % 16 == 5),
        )
        if is_in and name in ids
    )
