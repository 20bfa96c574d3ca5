from datetime import timedelta

import pytest

from benefits import checks, summary
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory

pytestmark = pytest.mark.django_db

NOW = NOON + timedelta(hours=37)


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


def test_a_slot_that_is_reopened_during_the_check_is_not_wrong(benefit):
    slots = summary.closed_slots()
    summary.reopen(since=NOON + summary.SLOT)

    found = [one for since, until in slots for one in checks.wrong_totals(since, until)]

    assert found == []
