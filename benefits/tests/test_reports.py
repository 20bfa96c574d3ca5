"""The three reports where their answers turn, each with its exact answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benefits import reports, summary
from benefits.reports import Stretch
from benefits.states import Recurrence
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory
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
INACTIVE = [
    pytest.param(Recurrence.DAY, 14 * DAY, id="14 days for once a day"),
    pytest.param(Recurrence.WEEK, 21 * DAY, id="21 days for once a week"),
    pytest.param(Recurrence.MONTH, 30 * DAY, id="30 days for once a month"),
]
EACH_RECURRENCE = pytest.mark.parametrize("recurrence", Recurrence)


@pytest.fixture
def person():
    return CustomerFactory()


@pytest.fixture
def use(person):
    """Let one person use a benefit at each of these times."""

    def use(benefit, *times, by=person):
        for used_at in times:
            BenefitUsageFactory(benefit=benefit, person=by, used_at=used_at)

    return use


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


def test_both_ends_of_the_180_days_belong_to_them(top, use):
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
def test_the_past_is_counted_as_of_the_past(top, use, at, count):
    benefit = BenefitFactory()
    use(benefit, BEGINNING, BEGINNING + 10 * DAY, AT)

    assert top(at=at) == {benefit.venue_id: [(benefit.pk, count)] if count else []}


def test_the_three_most_used_come_first_and_ties_by_lower_id(top, use):
    venue = VenueFactory()
    a, b, c, d, e = BenefitFactory.create_batch(5, venue=venue)
    for benefit, count in ((a, 1), (b, 2), (c, 3), (d, 2), (e, 2)):
        use(benefit, *(AT - number * 20 * DAY for number in range(count)))

    assert top() == {venue.pk: [(c.pk, 3), (b.pk, 2), (d.pk, 2)]}
    assert top(most=1) == {venue.pk: [(c.pk, 3)]}


def test_every_venue_is_there_by_id_also_one_whose_benefits_nobody_used(top, use):
    without_benefits, unused, used = VenueFactory.create_batch(3)
    BenefitFactory(venue=unused)
    BenefitFactory(venue=used)
    benefit = BenefitFactory(venue=used)
    use(benefit, AT - 40 * DAY)

    found = top()

    assert list(found) == [without_benefits.pk, unused.pk, used.pk]
    assert found == {without_benefits.pk: [], unused.pk: [], used.pk: [(benefit.pk, 1)]}


def test_uses_of_one_moment_count_one_by_one(top, use):
    benefit, other = BenefitFactory.create_batch(2, venue=VenueFactory())
    use(benefit, *[AT - 40 * DAY] * 3)
    use(benefit, AT - 40 * DAY, by=CustomerFactory())
    use(other, *[AT - 40 * DAY] * 2)

    assert top() == {benefit.venue_id: [(benefit.pk, 4), (other.pk, 2)]}


def test_uses_of_long_ago_are_not_listed_as_zero(top, use):
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK, AT - 300 * DAY)

    assert top() == {benefit.venue_id: []}


def test_the_180_days_are_elapsed_time_in_whatever_zone_the_moment_is_told(top, use):
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK, BEGINNING)
    # Half a year before, the clocks there showed another time.
    at = AT.astimezone(BERLIN)

    assert top(at=at) == {benefit.venue_id: [(benefit.pk, 1)]}
    assert inactive(benefit, at=at) == [Stretch(BEGINNING, AT, True)]


# --- Which can be used? -------------------------------------------------------------------------


def available(person, venue, at=AT):
    found = reports.available_benefits(person_id=person.pk, venue_id=venue.pk, at=at)
    return [benefit.pk for benefit in found]


@EACH_RECURRENCE
def test_a_benefit_can_be_used_again_at_exactly_the_end_of_its_recurrence(use, person, recurrence):
    benefit = BenefitFactory(recurrence=recurrence)
    use(benefit, AT)
    available_at = AT + PAUSES[recurrence]

    assert available(person, benefit.venue, at=AT) == []
    assert available(person, benefit.venue, at=available_at - TICK) == []
    assert available(person, benefit.venue, at=available_at) == [benefit.pk]


@EACH_RECURRENCE
def test_a_use_after_the_asked_time_is_not_known_then(use, person, recurrence):
    benefit = BenefitFactory(recurrence=recurrence)
    use(benefit, AT)

    assert available(person, benefit.venue, at=AT - TICK) == [benefit.pk]


def test_the_last_use_before_the_asked_time_decides(use, person):
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, AT - 3 * DAY, AT - DAY / 2, AT - DAY / 2, AT + DAY)

    assert available(person, benefit.venue) == []
    assert available(person, benefit.venue, at=AT - DAY) == [benefit.pk]
    assert available(person, benefit.venue, at=AT + DAY / 2) == [benefit.pk]


def test_a_venues_benefits_are_given_by_id_whoever_else_used_them(use, person):
    venue = VenueFactory()
    free, used, of_others = BenefitFactory.create_batch(3, venue=venue)
    elsewhere = BenefitFactory()
    use(used, AT)
    use(elsewhere, AT)
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
def test_a_day_has_24_hours_also_when_the_clocks_change(berlin, use, person, used, next_day):
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, datetime(*used, tzinfo=BERLIN))
    available_at = datetime(*next_day, tzinfo=BERLIN)

    assert available(person, benefit.venue, at=available_at - TICK) == []
    assert available(person, benefit.venue, at=available_at) == [benefit.pk]


# --- Which are not used? ------------------------------------------------------------------------


def every_ten_days(since, until):
    """Give times from `since` to `until`, both included, between which no stretch fits."""
    steps = (until - since) // (10 * DAY)
    return [*(since + number * 10 * DAY for number in range(steps + 1)), until]


def inactive(benefit, at=AT):
    found = reports.inactive_stretches(venue_id=benefit.venue_id, at=at)
    assert set(found) <= {benefit.pk}
    return found.get(benefit.pk, [])


def test_a_benefit_that_is_used_often_has_no_stretch(use):
    benefit = BenefitFactory()
    use(benefit, *every_ten_days(BEGINNING, AT))

    assert reports.inactive_stretches(venue_id=benefit.venue_id, at=AT) == {}


@EACH_RECURRENCE
def test_a_benefit_that_was_never_used_is_one_stretch_of_180_days(recurrence):
    benefit = BenefitFactory(recurrence=recurrence)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, True)]


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([BEGINNING - TICK], id="a microsecond before"),
        pytest.param([AT + TICK], id="a microsecond after"),
        pytest.param([BEGINNING - 300 * DAY, AT + 300 * DAY], id="long before and after"),
    ],
)
def test_uses_outside_the_180_days_make_no_difference(use, times):
    benefit = BenefitFactory()
    use(benefit, *times)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, True)]


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_a_gap_between_two_uses_counts_from_exactly_that_long(use, recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    last = AT - 90 * DAY
    for benefit, following in ((long, last + shortest), (short, last + shortest - TICK)):
        use(benefit, *every_ten_days(BEGINNING, last), *every_ten_days(following, AT))

    assert inactive(long) == [Stretch(last, last + shortest, False)]
    assert inactive(short) == []


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_the_time_before_the_first_use_is_cut_at_the_beginning(use, recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    for benefit, first in ((long, BEGINNING + shortest), (short, BEGINNING + shortest - TICK)):
        # However long it had not been used by then.
        use(benefit, BEGINNING - 100 * DAY, *every_ten_days(first, AT))

    assert inactive(long) == [Stretch(BEGINNING, BEGINNING + shortest, False)]
    assert inactive(short) == []


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_the_time_since_the_last_use_is_ongoing(use, recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    for benefit, last in ((long, AT - shortest), (short, AT - shortest + TICK)):
        use(benefit, *every_ten_days(BEGINNING, last), AT + 100 * DAY)

    assert inactive(long) == [Stretch(AT - shortest, AT, True)]
    assert inactive(short) == []


def test_a_use_at_this_very_moment_ends_the_stretch(use):
    benefit = BenefitFactory()
    use(benefit, *every_ten_days(BEGINNING, AT - 20 * DAY), AT)

    assert inactive(benefit) == [Stretch(AT - 20 * DAY, AT, False)]
    assert inactive(benefit, at=AT - TICK) == [Stretch(AT - 20 * DAY, AT - TICK, True)]


def test_a_use_at_the_very_beginning_and_none_since_is_ongoing_for_180_days(use):
    benefit = BenefitFactory()
    use(benefit, BEGINNING)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, True)]


def test_one_use_at_the_end_of_180_days_leaves_a_stretch_that_is_over(use):
    benefit = BenefitFactory()
    use(benefit, AT)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, False)]


def test_stretches_come_in_their_order_and_meet_at_a_lone_use(use):
    benefit = BenefitFactory(recurrence=Recurrence.MONTH)
    use(benefit, AT - 100 * DAY, AT - 150 * DAY, AT - 30 * DAY, AT - 59 * DAY)

    assert inactive(benefit) == [
        Stretch(BEGINNING, AT - 150 * DAY, False),
        Stretch(AT - 150 * DAY, AT - 100 * DAY, False),
        Stretch(AT - 100 * DAY, AT - 59 * DAY, False),
        Stretch(AT - 30 * DAY, AT, True),
    ]


def test_uses_of_one_moment_end_one_stretch_and_begin_one(use):
    benefit = BenefitFactory()
    use(benefit, *[AT - 90 * DAY] * 3)
    use(benefit, AT - 90 * DAY, by=CustomerFactory())

    assert inactive(benefit) == [
        Stretch(BEGINNING, AT - 90 * DAY, False),
        Stretch(AT - 90 * DAY, AT, True),
    ]


def test_benefits_come_by_id_and_only_those_of_the_venue(use):
    venue = VenueFactory()
    first, busy, last = BenefitFactory.create_batch(3, venue=venue)
    use(busy, *every_ten_days(BEGINNING, AT))
    use(last, AT - 90 * DAY)
    BenefitFactory()

    found = reports.inactive_stretches(venue_id=venue.pk, at=AT)

    assert list(found) == [first.pk, last.pk]
    assert reports.inactive_stretches(venue_id=VenueFactory().pk, at=AT) == {}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        pytest.param((2026, 3, 20, 12), (2026, 4, 3, 13), id="a night without an hour"),
        pytest.param((2026, 10, 20, 12), (2026, 11, 3, 11), id="a night with an hour twice"),
    ],
)
def test_14_days_are_336_hours_also_when_the_clocks_change(berlin, use, since, until):
    since, until = datetime(*since, tzinfo=BERLIN), datetime(*until, tzinfo=BERLIN)
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, *every_ten_days(until - 178 * DAY, since), since)

    assert inactive(benefit, at=until - TICK) == []
    assert inactive(benefit, at=until) == [Stretch(since, until, True)]
