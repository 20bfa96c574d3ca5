"""Stretches without any use: how long they must be, and where they begin and end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benefits import reports
from benefits.reports import Stretch
from benefits.states import Recurrence
from benefits.tests.factories import NOON, BenefitFactory, use
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

AT = NOON
DAY = timedelta(hours=24)
BEGINNING = AT - 180 * DAY
TICK = timedelta.resolution
BERLIN = ZoneInfo("Europe/Berlin")
INACTIVE = [
    pytest.param(Recurrence.DAY, 14 * DAY, id="14 days for once a day"),
    pytest.param(Recurrence.WEEK, 21 * DAY, id="21 days for once a week"),
    pytest.param(Recurrence.MONTH, 30 * DAY, id="30 days for once a month"),
]


def every_ten_days(since, until):
    """Give times from `since` to `until`, both included, between which no stretch fits."""
    steps = (until - since) // (10 * DAY)
    return [*(since + number * 10 * DAY for number in range(steps + 1)), until]


def inactive(benefit, at=AT):
    found = reports.inactive_stretches(venue_id=benefit.venue_id, at=at)
    assert set(found) <= {benefit.pk}
    return found.get(benefit.pk, [])


def test_a_benefit_that_is_used_often_has_no_stretch():
    benefit = BenefitFactory()
    use(benefit, *every_ten_days(BEGINNING, AT))

    assert reports.inactive_stretches(venue_id=benefit.venue_id, at=AT) == {}


@pytest.mark.parametrize("recurrence", Recurrence)
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
def test_uses_outside_the_180_days_make_no_difference(times):
    benefit = BenefitFactory()
    use(benefit, *times)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, True)]


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_a_gap_between_two_uses_counts_from_exactly_that_long(recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    last = AT - 90 * DAY
    for benefit, following in ((long, last + shortest), (short, last + shortest - TICK)):
        use(benefit, *every_ten_days(BEGINNING, last), *every_ten_days(following, AT))

    assert inactive(long) == [Stretch(last, last + shortest, False)]
    assert inactive(short) == []


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_the_time_before_the_first_use_is_cut_at_the_beginning(recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    for benefit, first in ((long, BEGINNING + shortest), (short, BEGINNING + shortest - TICK)):
        # However long it had not been used by then.
        use(benefit, BEGINNING - 100 * DAY, *every_ten_days(first, AT))

    assert inactive(long) == [Stretch(BEGINNING, BEGINNING + shortest, False)]
    assert inactive(short) == []


@pytest.mark.parametrize(("recurrence", "shortest"), INACTIVE)
def test_the_time_since_the_last_use_is_ongoing(recurrence, shortest):
    long, short = BenefitFactory(recurrence=recurrence), BenefitFactory(recurrence=recurrence)
    for benefit, last in ((long, AT - shortest), (short, AT - shortest + TICK)):
        use(benefit, *every_ten_days(BEGINNING, last), AT + 100 * DAY)

    assert inactive(long) == [Stretch(AT - shortest, AT, True)]
    assert inactive(short) == []


def test_a_use_at_this_very_moment_ends_the_stretch():
    benefit = BenefitFactory()
    use(benefit, *every_ten_days(BEGINNING, AT - 20 * DAY), AT)

    assert inactive(benefit) == [Stretch(AT - 20 * DAY, AT, False)]
    assert inactive(benefit, at=AT - TICK) == [Stretch(AT - 20 * DAY, AT - TICK, True)]


def test_a_use_at_the_very_beginning_and_none_since_is_ongoing_for_180_days():
    benefit = BenefitFactory()
    use(benefit, BEGINNING)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, True)]


def test_one_use_at_the_end_of_180_days_leaves_a_stretch_that_is_over():
    benefit = BenefitFactory()
    use(benefit, AT)

    assert inactive(benefit) == [Stretch(BEGINNING, AT, False)]


def test_stretches_come_in_their_order_and_meet_at_a_lone_use():
    benefit = BenefitFactory(recurrence=Recurrence.MONTH)
    use(benefit, AT - 100 * DAY, AT - 150 * DAY, AT - 30 * DAY, AT - 59 * DAY)

    assert inactive(benefit) == [
        Stretch(BEGINNING, AT - 150 * DAY, False),
        Stretch(AT - 150 * DAY, AT - 100 * DAY, False),
        Stretch(AT - 100 * DAY, AT - 59 * DAY, False),
        Stretch(AT - 30 * DAY, AT, True),
    ]


def test_uses_of_one_moment_end_one_stretch_and_begin_one():
    benefit = BenefitFactory()
    use(benefit, *[AT - 90 * DAY] * 3)
    use(benefit, AT - 90 * DAY)

    assert inactive(benefit) == [
        Stretch(BEGINNING, AT - 90 * DAY, False),
        Stretch(AT - 90 * DAY, AT, True),
    ]


def test_benefits_come_by_id_and_only_those_of_the_venue():
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
def test_14_days_are_336_hours_also_when_the_clocks_change(berlin, since, until):
    since, until = datetime(*since, tzinfo=BERLIN), datetime(*until, tzinfo=BERLIN)
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, *every_ten_days(until - 178 * DAY, since), since)

    assert inactive(benefit, at=until - TICK) == []
    assert inactive(benefit, at=until) == [Stretch(since, until, True)]


def test_180_days_are_elapsed_time_in_whatever_zone_the_moment_is_told():
    benefit = BenefitFactory()
    use(benefit, BEGINNING - TICK)

    # Half a year before, the clocks there showed another time.
    assert inactive(benefit, at=AT.astimezone(BERLIN)) == [Stretch(BEGINNING, AT, True)]
