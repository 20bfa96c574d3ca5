from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from benefits import summary
from benefits.tests.factories import BenefitUsageFactory

pytestmark = pytest.mark.django_db


def test_the_worker_closes_the_slots_that_are_over():
    usage = BenefitUsageFactory(used_at=timezone.now() - timedelta(days=1))

    call_command("worker", once=True)

    (first, _), *_, (_, last) = summary.closed_slots()
    assert first == summary.slot_before(usage.used_at)
    assert last == summary.slot_before(timezone.now() - summary.SETTLED_AFTER)
