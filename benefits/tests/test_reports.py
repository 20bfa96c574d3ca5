"""Which benefits are used most, and which can be used: the exact answers where they turn."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benefits import reports, summary
from benefits.states import Recurrence
from benefits.tests.factories import NOON, BenefitFactory, use
from customers.tests.factories import CustomerFactory
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

# Noon is in the middle of a slot.
AT = NOON
DAY = timedelta(hours=24)
BEGINNING = AT - 180 * DAY
TICK = timedelta.resolution
BERLIN = ZoneInfo("Europe/Berlin")
PAUSES = {Recurrence.DAY: DAY, Recurrence.WEEK: 7 * DAY, Recurrence.MONTH: 30 * DAY}
EACH_RECURRENCE = pytest.mark.parametrize("recurrence", Recurrence)


@pytest.fixture
def person():
    return CustomerFactory()


# --- Which are used most? -----------------------------------------------------------------------


@pytest.fixture(params=["one by one", "from the totals"])
def top(request, monkeypatch):
    """Count in both ways: without a summary, and after the worker has closed what is over."""
    # So long that half a year has few of them; how long they are is of no consequence.
    monkeypatch.setattr(summary, "SLOT", 30 * DAY)

    def top(at=AT, **most):
        if request.param == "from the totals":
            for _ in summary.close(at=AT):
                pass
            assert summary.closed_slots()
        found = reports.top_benefits(at=at, **most)
        return {venue_id: [tuple(uses) for uses in its] for venue_id, its in found.items()}

    return top


def test_both_ends_of_the_180_days_belong_to_them(top):
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK, BEGINNING, AT, AT + TICK)

    assert top() == {benefit.venue_id: [(benefit.pk, 2)]}


@pytest.mark.parametrize(
    ("at", "count"),
    [
        pytest.param(BEGINNING - TICK, 0, id="before the first"),
        pytest.param(BEGINNING, 1, id="at the first"),
        pytest.param(BEGINNING + 10 * DAY, 2, id="after the second"),
        pytest.param(AT, 3, id="at the last, with the first"),
        pytest.param(AT + TICK, 2, id="when the first has left"),
        pytest.param(AT + 180 * DAY, 1, id="with the last alone"),
        pytest.param(AT + 180 * DAY + TICK, 0, id="when the last has left"),
    ],
)
def test_the_past_is_counted_as_of_the_past(top, at, count):
    benefit = BenefitFactory()
    use(benefit, BEGINNING, BEGINNING + 10 * DAY, AT)

    assert top(at=at) == {benefit.venue_id: [(benefit.pk, count)] if count else []}


def test_the_three_most_used_come_first_and_ties_by_lower_id(top):
    venue = VenueFactory()
    a, b, c, d, e = BenefitFactory.create_batch(5, venue=venue)
    for benefit, count in ((a, 1), (b, 2), (c, 3), (d, 2), (e, 2)):
        use(benefit, *(AT - number * 20 * DAY for number in range(count)))

    assert top() == {venue.pk: [(c.pk, 3), (b.pk, 2), (d.pk, 2)]}
    assert top(most=1) == {venue.pk: [(c.pk, 3)]}


def test_every_venue_is_there_by_id_also_one_whose_benefits_nobody_used(top):
    without_benefits, unused, used = VenueFactory.create_batch(3)
    BenefitFactory(venue=unused)
    BenefitFactory(venue=used)
    benefit = BenefitFactory(venue=used)
    use(benefit, AT - 40 * DAY)

    found = top()

    assert list(found) == [without_benefits.pk, unused.pk, used.pk]
    assert found == {without_benefits.pk: [], unused.pk: [], used.pk: [(benefit.pk, 1)]}


def test_uses_of_one_moment_count_one_by_one(top):
    benefit, other = BenefitFactory.create_batch(2, venue=VenueFactory())
    use(benefit, *[AT - 40 * DAY] * 3)
    use(benefit, AT - 40 * DAY, by=CustomerFactory())
    use(other, *[AT - 40 * DAY] * 2)

    assert top() == {benefit.venue_id: [(benefit.pk, 4), (other.pk, 2)]}


def test_uses_of_long_ago_are_not_listed_as_zero(top):
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK, AT - 300 * DAY)

    assert top() == {benefit.venue_id: []}


def test_the_180_days_are_elapsed_time_in_whatever_zone_the_moment_is_told(top):
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK, BEGINNING)
    # Half a year before, the clocks there showed another time.
    at = AT.astimezone(BERLIN)

    assert top(at=at) == {benefit.venue_id: [(benefit.pk, 1)]}


# --- Which can be used? -------------------------------------------------------------------------


def available(person, venue, at=AT):
    found = reports.available_benefits(person_id=person.pk, venue_id=venue.pk, at=at)
    return [benefit.pk for benefit in found]


@EACH_RECURRENCE
def test_a_benefit_can_be_used_again_at_exactly_the_end_of_its_recurrence(person, recurrence):
    benefit = BenefitFactory(recurrence=recurrence)
    use(benefit, AT, by=person)
    available_at = AT + PAUSES[recurrence]

    assert available(person, benefit.venue, at=AT) == []
    assert available(person, benefit.venue, at=available_at - TICK) == []
    assert available(person, benefit.venue, at=available_at) == [benefit.pk]


@EACH_RECURRENCE
def test_a_use_after_the_asked_time_is_not_known_then(person, recurrence):
    benefit = BenefitFactory(recurrence=recurrence)
    use(benefit, AT, by=person)

    assert available(person, benefit.venue, at=AT - TICK) == [benefit.pk]


def test_the_last_use_before_the_asked_time_decides(person):
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, AT - 3 * DAY, AT - DAY / 2, AT - DAY / 2, AT + DAY, by=person)

    assert available(person, benefit.venue) == []
    assert available(person, benefit.venue, at=AT - DAY) == [benefit.pk]
    assert available(person, benefit.venue, at=AT + DAY / 2) == [benefit.pk]


def test_a_venues_benefits_are_given_by_id_whoever_else_used_them(person):
    venue = VenueFactory()
    free, used, of_others = BenefitFactory.create_batch(3, venue=venue)
    elsewhere = BenefitFactory()
    use(used, AT, by=person)
    use(elsewhere, AT, by=person)
    use(of_others, AT, by=CustomerFactory())

    assert available(person, venue) == [free.pk, of_others.pk]
    assert available(person, elsewhere.venue) == []
    assert available(person, VenueFactory()) == []


@pytest.mark.parametrize(
    ("used", "next_day"),
    [
        pytest.param((2026, 3, 28, 18), (2026, 3, 29, 19), id="a night without an hour"),
        pytest.param((2026, 10, 24, 18), (2026, 10, 25, 17), id="a night with an hour twice"),
    ],
)
def test_a_day_has_24_hours_also_when_the_clocks_change(berlin, person, used, next_day):
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, datetime(*used, tzinfo=BERLIN), by=person)
    available_at = datetime(*next_day, tzinfo=BERLIN)

    assert available(person, benefit.venue, at=available_at - TICK) == []
    assert available(person, benefit.venue, at=available_at) == [benefit.pk]
