"""Recording and deleting a use: when it is refused, and that nothing is written then."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benefits import services
from benefits.errors import BenefitNotAvailable
from benefits.models import BenefitUsage, UsageTotal
from benefits.states import Recurrence
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory
from core.errors import Invalid
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TICK = timedelta.resolution
BERLIN = ZoneInfo("Europe/Berlin")
# No month, week or day of the calendar: time that passes.
EACH_RECURRENCE = pytest.mark.parametrize(
    ("recurrence", "pause"),
    [
        pytest.param(Recurrence.DAY, 24 * HOUR, id="once a day"),
        pytest.param(Recurrence.WEEK, 7 * 24 * HOUR, id="once a week"),
        pytest.param(Recurrence.MONTH, 30 * 24 * HOUR, id="once a month"),
    ],
)


def record(person, benefit, used_at, *, at=None):
    return services.record_use(
        person_id=person.pk, benefit_id=benefit.pk, used_at=used_at, at=at or used_at
    )


def recorded():
    return list(BenefitUsage.objects.order_by("used_at").values_list("used_at", flat=True))


def test_a_use_says_who_used_what_and_when():
    person, benefit = CustomerFactory(), BenefitFactory()

    usage = record(person, benefit, NOON)

    usage.refresh_from_db()
    assert (usage.person, usage.benefit, usage.used_at) == (person, benefit, NOON)
    assert usage.external_id is None


@EACH_RECURRENCE
def test_a_benefit_is_available_again_at_exactly_the_end_of_its_recurrence(recurrence, pause):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=recurrence)
    record(person, benefit, NOON)

    record(person, benefit, NOON + pause)

    assert recorded() == [NOON, NOON + pause]


@EACH_RECURRENCE
@pytest.mark.parametrize("early", [TICK, 12 * HOUR], ids=["a microsecond early", "hours early"])
def test_within_the_recurrence_it_says_when_it_was_used_and_from_when_on_it_can_be(
    recurrence, pause, early
):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=recurrence)
    record(person, benefit, NOON)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, NOON + pause - early)

    assert refused.value.facts == {"last_used_at": NOON, "available_at": NOON + pause}
    assert recorded() == [NOON]


@EACH_RECURRENCE
def test_an_earlier_use_is_recorded_when_the_later_one_is_exactly_a_recurrence_away(
    recurrence, pause
):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=recurrence)
    record(person, benefit, NOON)

    record(person, benefit, NOON - pause, at=NOON)

    assert recorded() == [NOON - pause, NOON]


@EACH_RECURRENCE
def test_a_later_use_within_the_recurrence_is_in_the_way_and_nobody_can_say_until_when(
    recurrence, pause
):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=recurrence)
    record(person, benefit, NOON)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, NOON - pause + TICK, at=NOON)

    assert refused.value.facts == {"last_used_at": NOON, "available_at": None}
    assert recorded() == [NOON]


def test_a_second_use_at_the_same_microsecond_is_refused_as_one_after_the_first():
    person, benefit = CustomerFactory(), BenefitFactory()
    record(person, benefit, NOON)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, NOON)

    assert refused.value.facts == {"last_used_at": NOON, "available_at": NOON + 24 * HOUR}
    assert recorded() == [NOON]


def test_between_two_uses_that_are_too_close_the_earlier_one_is_told():
    person, benefit = CustomerFactory(), BenefitFactory()
    for used_at in (NOON - 9 * HOUR, NOON - 8 * HOUR, NOON + 8 * HOUR):
        BenefitUsageFactory(person=person, benefit=benefit, used_at=used_at)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, NOON, at=NOON + 8 * HOUR)

    last = NOON - 8 * HOUR
    assert refused.value.facts == {"last_used_at": last, "available_at": last + 24 * HOUR}


def test_of_two_later_uses_the_next_one_is_told():
    person, benefit = CustomerFactory(), BenefitFactory()
    for used_at in (NOON + 8 * HOUR, NOON + 9 * HOUR):
        BenefitUsageFactory(person=person, benefit=benefit, used_at=used_at)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, NOON, at=NOON + 9 * HOUR)

    assert refused.value.facts == {"last_used_at": NOON + 8 * HOUR, "available_at": None}


def test_other_people_and_other_benefits_are_not_in_the_way():
    person, benefit = CustomerFactory(), BenefitFactory()
    record(person, benefit, NOON)

    record(CustomerFactory(), benefit, NOON)
    record(person, BenefitFactory(venue=benefit.venue), NOON)

    assert recorded() == [NOON] * 3


@pytest.mark.parametrize(
    ("used", "next_day"),
    [
        pytest.param((2026, 3, 28, 18), (2026, 3, 29, 19), id="a night without an hour"),
        pytest.param((2026, 10, 24, 18), (2026, 10, 25, 17), id="a night with an hour twice"),
    ],
)
def test_a_day_is_24_hours_also_over_a_change_of_the_clocks(berlin, used, next_day):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=Recurrence.DAY)
    used_at = datetime(*used, tzinfo=BERLIN)
    available_at = datetime(*next_day, tzinfo=BERLIN)
    record(person, benefit, used_at)

    with pytest.raises(BenefitNotAvailable) as refused:
        record(person, benefit, available_at - TICK)
    record(person, benefit, available_at)

    assert refused.value.facts == {"last_used_at": used_at, "available_at": available_at}
    assert recorded() == [used_at, available_at]


def test_a_use_may_be_of_this_moment_and_not_of_the_future():
    person, benefit = CustomerFactory(), BenefitFactory()

    with pytest.raises(Invalid) as refused:
        record(person, benefit, NOON + TICK, at=NOON)
    assert (refused.value.attr, refused.value.code) == ("used_at", "max_value")
    assert recorded() == []

    record(person, benefit, NOON, at=NOON)
    assert recorded() == [NOON]


@pytest.mark.parametrize("unknown", ["person", "benefit"])
def test_a_use_by_nobody_or_of_nothing_is_refused_and_names_the_field(unknown):
    known = {"person_id": CustomerFactory().pk, "benefit_id": BenefitFactory().pk}

    with pytest.raises(Invalid) as refused:
        services.record_use(**known | {f"{unknown}_id": 999_999}, used_at=NOON, at=NOON)

    assert (refused.value.attr, refused.value.code) == (unknown, "does_not_exist")
    assert recorded() == []
    assert not UsageTotal.objects.exists()


def test_a_deleted_use_is_as_if_it_had_never_been():
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=Recurrence.MONTH)
    usage = record(person, benefit, NOON)

    services.delete_use(usage)
    record(person, benefit, NOON + TICK)

    assert recorded() == [NOON + TICK]


def test_a_use_that_somebody_else_has_deleted_cannot_be_deleted():
    usage = record(CustomerFactory(), BenefitFactory(), NOON)
    same = BenefitUsage.objects.get(pk=usage.pk)
    services.delete_use(usage)

    with pytest.raises(BenefitUsage.DoesNotExist):
        services.delete_use(same)


def test_who_had_to_wait_for_the_other_phone_is_told_when_it_is_available():
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=Recurrence.DAY)
    later = NOON + timedelta(milliseconds=3)
    services.record_use(person_id=person.pk, benefit_id=benefit.pk, at=later)

    with pytest.raises(BenefitNotAvailable) as refused:
        services.record_use(person_id=person.pk, benefit_id=benefit.pk, at=NOON)

    assert refused.value.facts == {
        "last_used_at": later,
        "available_at": later + timedelta(hours=24),
    }
    assert BenefitUsage.objects.count() == 1
