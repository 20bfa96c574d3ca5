"""The totals stay what the uses say, whatever is written late, deleted or left undone."""

from datetime import timedelta

import pytest
from django.db import transaction

from benefits import checks, reports, services, summary
from benefits.models import Benefit, BenefitUsage, UsageSummary, UsageTotal
from benefits.summary import KEPT_FOR, SETTLED_AFTER, SLOT, WINDOW
from benefits.tests.agreement import expected, reported
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory, use
from core.deleting import delete
from customers.tests.factories import CustomerFactory
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

# Noon is where a slot ends; an hour later it is closed.
END = NOON
AT = END + SETTLED_AFTER
TICK = timedelta.resolution


def work(*, at=AT):
    """Do what the worker does, as often as it is needed."""
    while summary.is_due(at=at):
        assert summary.close_due(lambda: at, lambda: False)


def total_of(benefit, until=END):
    found = UsageTotal.objects.filter(benefit=benefit, until=until)
    return found.values_list("uses", flat=True).first()


def closed():
    return UsageSummary.objects.values_list("opened_at", "closed_at").get()


@pytest.fixture
def benefit():
    """Used three times within the last slot but one, and by then the slots are closed."""
    benefit = BenefitFactory()
    use(benefit, END - 2 * SLOT, END - 2 * SLOT + TICK, END - SLOT - TICK)
    work()
    return benefit


@pytest.fixture(autouse=True)
def everything_is_right_afterwards(db, monkeypatch):
    # What a test patches lasts until this has looked.
    yield

    assert list(checks.differences()) == []
    for at in (AT, END, END - TICK, END - SLOT, END - 2 * SLOT, END - 3 * SLOT):
        assert reported(at) == expected(at)


def test_the_worker_closes_every_slot_from_the_first_use_on_that_is_over(benefit):
    assert closed() == (END - 2 * SLOT, END)
    assert [total_of(benefit, END - number * SLOT) for number in (2, 1, 0)] == [None, 3, 3]


def test_a_slot_holds_its_first_moment_and_not_that_of_the_next():
    benefit = BenefitFactory()
    use(benefit, END - 2 * SLOT, END - SLOT, END - TICK, END)

    work()

    assert [total_of(benefit, END - number * SLOT) for number in (1, 0)] == [1, 3]


@pytest.mark.parametrize(
    ("at", "closed_at"),
    [
        pytest.param(AT - TICK, END - SLOT, id="not an hour after it was over"),
        pytest.param(AT, END, id="an hour after it was over"),
        pytest.param(AT + SLOT - TICK, END, id="not before the next"),
        pytest.param(AT + SLOT, END + SLOT, id="with the next"),
    ],
)
def test_a_slot_is_closed_an_hour_after_its_end(at, closed_at):
    use(BenefitFactory(), END - 2 * SLOT)

    work(at=at)

    assert closed() == (END - 2 * SLOT, closed_at)
    assert not summary.is_due(at=at)
    assert summary.slots_left(at=at) == 0


def test_where_nothing_was_used_yet_it_begins_at_this_moment():
    BenefitFactory()

    work()

    assert closed() == (END, END)
    assert not UsageTotal.objects.exists()
    assert summary.closed_slots() == []


def test_the_worker_closes_fifty_slots_a_round_and_none_when_it_is_stopped():
    use(BenefitFactory(), END - 60 * SLOT)
    assert summary.slots_left(at=AT) == 60

    assert summary.close_due(lambda: AT, lambda: True)
    assert summary.slots_left(at=AT) == 60

    assert summary.close_due(lambda: AT, lambda: False)
    assert summary.slots_left(at=AT) == 10


def test_before_any_slot_is_closed_a_use_is_only_recorded():
    benefit = BenefitFactory()

    services.record_use(
        person_id=CustomerFactory().pk, benefit_id=benefit.pk, used_at=END, at=END + SLOT
    )

    assert not UsageTotal.objects.exists()
    assert not UsageSummary.objects.exists()


@pytest.mark.parametrize(
    ("used_at", "totals"),
    [
        pytest.param(END - 2 * SLOT, [None, 4, 4], id="at the first closed moment"),
        pytest.param(END - SLOT - TICK, [None, 4, 4], id="at the last moment of a slot"),
        pytest.param(END - SLOT, [None, 3, 4], id="at the first moment of the next"),
        pytest.param(END - TICK, [None, 3, 4], id="at the last closed moment"),
        pytest.param(END, [None, 3, 3], id="when no slot is closed yet"),
        pytest.param(END - 2 * SLOT - TICK, [None, 3, 3], id="before the first closed slot"),
    ],
)
def test_a_late_use_changes_the_totals_after_it(benefit, used_at, totals):
    services.record_use(
        person_id=CustomerFactory().pk, benefit_id=benefit.pk, used_at=used_at, at=AT
    )

    assert [total_of(benefit, END - number * SLOT) for number in (2, 1, 0)] == totals


def test_a_deleted_use_leaves_the_totals(benefit):
    for used_at, totals in (
        (END - SLOT - TICK, [None, 2, 2]),
        (END - 2 * SLOT, [None, 1, 1]),
        (END - 2 * SLOT + TICK, [None, 0, 0]),
    ):
        services.delete_use(BenefitUsage.objects.get(used_at=used_at))

        assert [total_of(benefit, END - number * SLOT) for number in (2, 1, 0)] == totals


def test_a_refused_use_leaves_the_totals_as_they_are(benefit):
    person = BenefitUsage.objects.earliest("used_at").person
    before = list(UsageTotal.objects.order_by("until").values_list())

    with pytest.raises(services.BenefitNotAvailable):
        services.record_use(person_id=person.pk, benefit_id=benefit.pk, used_at=END - SLOT, at=AT)

    assert list(UsageTotal.objects.order_by("until").values_list()) == before


def test_a_use_that_is_rolled_back_leaves_the_totals_as_they_are(benefit):
    with transaction.atomic():
        services.record_use(
            person_id=CustomerFactory().pk, benefit_id=benefit.pk, used_at=END - SLOT, at=AT
        )
        transaction.set_rollback(True)

    assert total_of(benefit) == 3


def test_a_benefit_that_is_younger_than_the_slots_gets_its_totals_with_its_first_late_use(benefit):
    young = BenefitFactory(venue=benefit.venue)

    services.record_use(
        person_id=CustomerFactory().pk, benefit_id=young.pk, used_at=END - SLOT, at=AT
    )
    work(at=AT + SLOT)
    services.record_use(
        person_id=CustomerFactory().pk, benefit_id=young.pk, used_at=END - SLOT - TICK, at=AT
    )

    totals = [total_of(young, END + number * SLOT) for number in (-2, -1, 0, 1)]
    assert totals == [None, 1, 2, 2]


def test_a_benefit_goes_with_its_totals_once_nobody_uses_it(benefit):
    for usage in BenefitUsage.objects.all():
        services.delete_use(usage)

    delete(benefit)

    assert not Benefit.objects.exists()
    assert not UsageTotal.objects.exists()


@pytest.mark.parametrize(
    ("since", "left"),
    [
        pytest.param(END, (END - 2 * SLOT, END), id="after the last closed moment"),
        pytest.param(END - TICK, (END - 2 * SLOT, END - SLOT), id="within the last slot"),
        pytest.param(END - SLOT, (END - 2 * SLOT, END - SLOT), id="where a slot begins"),
        pytest.param(END - 2 * SLOT, (END - 2 * SLOT, END - 2 * SLOT), id="where it opened"),
        pytest.param(END - 2 * SLOT - TICK, (None, None), id="before it opened"),
    ],
)
def test_what_is_reopened_can_be_written_without_a_word_and_is_closed_again(benefit, since, left):
    with transaction.atomic():
        summary.reopen(since=since)
        use(benefit, since, END)

    assert closed() == left
    assert reported(AT) == expected(AT)
    work()
    assert closed() == (summary.slot_before(min(since, END - 2 * SLOT)), END)


def test_who_starts_over_counts_one_by_one_and_then_the_same_again(benefit):
    summary.start_over()

    assert closed() == (None, None)
    assert not UsageTotal.objects.exists()
    assert reported(AT) == expected(AT)
    work()
    assert closed() == (END - 2 * SLOT, END)
    assert total_of(benefit) == 3


def test_starting_over_before_anything_began_is_no_harm():
    summary.start_over()

    assert summary.closed_slots() == []


def test_a_total_is_kept_for_twice_180_days_and_older_uses_are_left_to_themselves(monkeypatch):
    # So long that a year has few of them; how long they are is of no consequence.
    monkeypatch.setattr(summary, "SLOT", WINDOW / 6)
    benefit = BenefitFactory()
    horizon = summary.slot_before(AT - KEPT_FOR)
    use(benefit, horizon - TICK, horizon, END - WINDOW)

    work()

    assert KEPT_FOR == 2 * WINDOW
    assert closed()[0] == horizon
    assert total_of(benefit, until=closed()[1]) == 2
    services.delete_use(BenefitUsage.objects.get(used_at=horizon - TICK))
    assert total_of(benefit, until=closed()[1]) == 2


def test_what_grows_too_old_is_dropped_as_time_goes_by(monkeypatch):
    monkeypatch.setattr(summary, "SLOT", WINDOW / 6)
    benefit = BenefitFactory()
    use(benefit, END - 2 * WINDOW, END)
    work()
    first = closed()[0]

    later = AT + WINDOW
    work(at=later)

    assert closed()[0] == summary.slot_before(later - KEPT_FOR) > first
    assert UsageTotal.objects.earliest("until").until == closed()[0]
    assert reported(later) == expected(later)


@pytest.mark.parametrize("used_meanwhile", [True, False], ids=["with a use", "without any"])
def test_after_years_in_which_no_worker_ran_it_begins_where_it_keeps_from(
    monkeypatch, used_meanwhile
):
    monkeypatch.setattr(summary, "SLOT", WINDOW / 6)
    benefit = BenefitFactory()
    use(benefit, END - WINDOW / 2)
    work()
    later = AT + 4 * WINDOW
    if used_meanwhile:
        use(benefit, END + WINDOW, later - WINDOW)

    work(at=later)

    assert closed()[0] == summary.slot_before(later - KEPT_FOR)
    assert UsageTotal.objects.earliest("until").until > closed()[0]
    assert reported(later) == expected(later)


def test_uses_of_several_benefits_do_not_mix(benefit):
    others = BenefitFactory.create_batch(3, venue=VenueFactory())
    for number, other in enumerate(others, start=1):
        for _ in range(number):
            services.record_use(
                person_id=CustomerFactory().pk, benefit_id=other.pk, used_at=END - TICK, at=AT
            )

    assert [total_of(one) for one in (benefit, *others)] == [3, 1, 2, 3]
    assert reports.top_benefits(at=AT)[others[0].venue_id] == [
        (others[2].pk, 3),
        (others[1].pk, 2),
        (others[0].pk, 1),
    ]


# --- The check itself ---------------------------------------------------------------------------


def test_the_check_finds_a_total_that_is_wrong_and_the_slots_beside_it(benefit):
    UsageTotal.objects.filter(benefit=benefit, until=END - SLOT).update(uses=5)

    found = [(one.since, one.until, one.stored, one.counted) for one in checks.differences()]

    assert found == [(END - 2 * SLOT, END - SLOT, 5, 3), (END - SLOT, END, 3, 5)]
    summary.start_over()


def test_the_check_finds_a_use_that_nobody_noted(benefit):
    BenefitUsageFactory(benefit=benefit, used_at=END - TICK)

    [found] = checks.differences()

    assert (found.benefit_id, found.stored, found.counted) == (benefit.pk, 3, 4)
    assert str(found) == (
        f"Benefit {benefit.pk}, 2026-05-14 06:00 to 12:00 UTC: "
        "the total there is 3, by its uses it should be 4."
    )
    summary.start_over()


def test_the_check_finds_a_total_that_is_missing(benefit):
    UsageTotal.objects.filter(benefit=benefit, until=END).delete()

    [found] = checks.differences()

    assert (found.until, found.stored, found.counted) == (END, 0, 3)
    summary.start_over()
