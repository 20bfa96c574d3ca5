from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from benefits import checks, services, summary
from benefits.management.commands import check_benefit_summary as check_command
from benefits.models import BenefitUsage, UsageSummary, UsageTotal
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

# Uses lie on 14 May at noon and at 13:00; six of the slots from 12:00 on are over.
NOW = NOON + timedelta(hours=37)
WAS_RIGHT = "6 slots checked: every total is right, from 2026-05-14 12:00 to 2026-05-16 00:00 UTC."


def check_benefit_summary(*options):
    """Give the lines that the command printed and the sentence with which it failed, if it did."""
    printed = StringIO()
    with time_machine.travel(NOW, tick=False):
        try:
            call_command("check_benefit_summary", *options, stdout=printed)
        except CommandError as error:
            return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), None


def close():
    for _ in summary.close(at=NOW):
        pass


@pytest.fixture
def benefit():
    """A benefit that was used twice, with all its slots closed."""
    benefit = BenefitFactory()
    for minutes in (0, 60):
        BenefitUsageFactory(benefit=benefit, used_at=NOON + timedelta(minutes=minutes))
    close()
    return benefit


def test_totals_as_the_application_leaves_them_are_right(benefit):
    BenefitFactory()
    services.delete_use(BenefitUsage.objects.earliest("used_at"))
    services.record_use(
        person_id=CustomerFactory().pk,
        benefit_id=benefit.pk,
        used_at=NOON + timedelta(days=1),
        at=NOW,
    )

    assert check_benefit_summary() == ([WAS_RIGHT], None)


def test_where_no_slot_is_closed_there_is_nothing_to_check():
    BenefitUsageFactory()

    said = check_benefit_summary()

    assert said == (["No slot is closed: the reports count every use one by one."], None)


def test_a_total_that_was_changed_by_hand_is_named_and_left_alone(benefit):
    last = UsageTotal.objects.filter(until=summary.slot_before(NOW - summary.SETTLED_AFTER))
    last.update(uses=5)

    said = check_benefit_summary()

    sentence = "the total there is 5, by its uses it should be 2."
    assert said == (
        [f"Benefit {benefit.pk}, 2026-05-15 18:00 to 00:00 UTC: {sentence}"],
        "Differences: 1. --rebuild counts all of it again.",
    )
    assert last.get().uses == 5


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(lambda: UsageTotal.objects.update(uses=7), id="every total"),
        pytest.param(
            lambda: UsageTotal.objects.filter(until=NOON + timedelta(hours=12)).delete(),
            id="no total",
        ),
        pytest.param(lambda: BenefitUsage.objects.earliest("pk").delete(), id="a use deleted"),
        pytest.param(
            lambda: BenefitUsageFactory(benefit=BenefitFactory(), used_at=NOON), id="a use added"
        ),
        pytest.param(
            lambda: BenefitUsage.objects.update(used_at=NOON + timedelta(hours=8)), id="uses moved"
        ),
    ],
)
def test_what_was_done_behind_the_applications_back_is_found_and_rebuilt(benefit, break_it):
    break_it()

    found, failure = check_benefit_summary()
    *_, rebuilt = check_benefit_summary("--rebuild")[0]

    assert found
    assert failure is not None
    assert rebuilt.startswith(("6 slots counted again, from ", "5 slots counted again, from "))
    assert check_benefit_summary()[1] is None


def test_repairing_is_rebuilding(benefit):
    UsageTotal.objects.update(uses=7)

    lines, failure = check_benefit_summary("--repair")

    assert failure is None
    assert lines[-1].startswith("6 slots counted again")


def test_of_many_differences_the_first_are_named(benefit, monkeypatch):
    monkeypatch.setattr(check_command, "SHOWN", 3)
    for number, total in enumerate(UsageTotal.objects.order_by("until")):
        UsageTotal.objects.filter(pk=total.pk).update(uses=100 * number + 50)

    lines, failure = check_benefit_summary()

    assert len(lines) == 4
    assert lines[-1] == "… and 3 more."
    assert failure.startswith("Differences: 6.")


def test_a_slot_that_is_reopened_during_the_check_is_not_wrong(benefit):
    slots = summary.closed_slots()
    summary.reopen(since=NOON + summary.SLOT)

    found = [one for since, until in slots for one in checks.wrong_totals(since, until)]

    assert found == []


@pytest.mark.parametrize("days", [-400, 10], ids=["long before", "to come"])
def test_a_total_of_no_closed_slot_is_named_and_in_nobodys_way(benefit, days):
    UsageTotal.objects.create(benefit=benefit, until=NOW + timedelta(days=days), uses=7)

    assert check_benefit_summary() == (
        ["Totals that belong to no closed slot: 1."],
        "Differences: 1. --rebuild counts all of it again.",
    )

    for _ in summary.close(at=NOW + timedelta(days=11)):
        pass
    assert checks.number_of_strays() == 0
    assert list(checks.differences()) == []


@pytest.mark.parametrize("hours", [-1, 1], ids=["earlier", "later"])
def test_a_summary_that_ends_within_a_slot_is_named_and_counted_again(benefit, hours):
    closed_at = UsageSummary.objects.get().closed_at
    UsageSummary.objects.update(closed_at=closed_at + timedelta(hours=hours))

    lines, failure = check_benefit_summary()

    assert lines[-1] == "The summary begins or ends where no slot does."
    assert failure is not None
    check_benefit_summary("--rebuild")
    assert check_benefit_summary() == ([WAS_RIGHT], None)
