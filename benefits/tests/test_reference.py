"""The reports against a plain reference, over uses at the places where one may go wrong."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benefits import checks, services, summary
from benefits.models import BenefitUsage
from benefits.states import Recurrence
from benefits.tests import reference
from benefits.tests.agreement import expected, reported
from benefits.tests.factories import BenefitFactory
from customers.tests.factories import CustomerFactory
from venues.tests.factories import VenueFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

# Within a slot, and three days after summer time began in Europe.
AT = datetime(2026, 4, 1, 4, 17, 3, 250_001, tzinfo=UTC)
DAY = timedelta(hours=24)
TICK = timedelta.resolution
# From these lead all the distances at which a rule turns.
ANCHORS = [
    AT,
    AT - reference.WINDOW,
    AT - 2 * reference.WINDOW,
    datetime(2026, 4, 1, tzinfo=UTC),
    datetime(2025, 10, 3, 6, tzinfo=UTC),
    summary.EPOCH + (AT - summary.EPOCH) // (5 * DAY) * 5 * DAY,
    datetime(2026, 3, 29, 1, tzinfo=UTC),
]
STEPS = [timedelta(), DAY, 7 * DAY, 14 * DAY, 21 * DAY, 30 * DAY, 60 * DAY, 180 * DAY]
moments = st.builds(
    lambda anchor, step, sign, ticks: anchor + sign * step + ticks * TICK,
    st.sampled_from(ANCHORS),
    st.sampled_from(STEPS),
    st.sampled_from([-1, 1]),
    st.sampled_from([-1, 0, 0, 0, 1]),
)
anywhere = st.datetimes(
    datetime.fromisoformat("2025-03-01"),
    datetime.fromisoformat("2026-05-01"),
    timezones=st.just(UTC),
)
times = st.one_of(moments, anywhere)
asked = st.one_of(st.just(AT), st.just(AT), times)
ANY = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def histories(draw):
    """Draw benefits of two venues, uses in three waves, and what happens between the waves."""
    recurrences = draw(st.lists(st.sampled_from(list(Recurrence)), min_size=1, max_size=5))
    use = st.tuples(st.integers(0, 1), st.integers(0, len(recurrences) - 1), times)
    waves = [draw(st.lists(use, max_size=12)) for _ in range(3)]
    shared = draw(st.booleans())
    if shared and waves[0]:
        waves[0] = [(person, benefit, waves[0][0][2]) for person, benefit, _ in waves[0]]
    return recurrences, waves, draw(times), draw(st.integers(0, 3))


@pytest.fixture
def people():
    return CustomerFactory.create_batch(2)


@given(history=histories(), at=asked)
@settings(ANY, max_examples=25)
def test_the_reports_agree_with_the_reference(people, monkeypatch, history, at):
    # So long that a history has few of them; how long they are is of no consequence.
    monkeypatch.setattr(summary, "SLOT", 5 * DAY)

    agree(people, history, at)


@given(history=histories(), at=asked)
@settings(ANY, max_examples=2)
def test_the_reports_agree_with_the_reference_over_a_thousand_slots(people, history, at):
    agree(people, history, at)


def agree(people, history, at):
    recurrences, (before, late, reopened), closed_at, deleted = history
    with transaction.atomic():
        venues = VenueFactory.create_batch(2)
        benefits = [
            BenefitFactory(recurrence=recurrence, venue=venues[number % 2])
            for number, recurrence in enumerate(recurrences)
        ]
        VenueFactory()
        add(people, benefits, before)
        close(at=closed_at)
        for use in late:
            [usage] = add(people, benefits, [use])
            summary.note(benefit_id=usage.benefit_id, used_at=usage.used_at, change=1)
        for usage in BenefitUsage.objects.order_by("pk")[:deleted]:
            services.delete_use(usage)
        if reopened:
            summary.reopen(since=min(moment for _, _, moment in reopened))
            add(people, benefits, reopened)
            close(at=closed_at)

        assert reported(at) == expected(at)
        assert list(checks.differences()) == []
        transaction.set_rollback(True)


def add(people, benefits, uses):
    return BenefitUsage.objects.bulk_create(
        BenefitUsage(person=people[person], benefit=benefits[benefit], used_at=moment)
        for person, benefit, moment in uses
    )


def close(*, at):
    for _ in summary.close(at=at):
        pass
