"""
Does one phone win, and do the totals stay right, when everything happens at once?

Real threads over the API, on the database of the run, beside a worker that closes slots and an
import that opens them again.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from benefits import checks, summary
from benefits.models import Benefit, BenefitUsage, UsageSummary, UsageTotal
from benefits.services import record_use
from benefits.summary import SETTLED_AFTER, SLOT
from benefits.tests.agreement import expected, reported
from benefits.tests.factories import BenefitFactory, BenefitUsageFactory
from core.transactions import in_transaction
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from tests.racing import at_once, outcomes
from venues.models import Venue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RIVALS = 8
DAY = timedelta(hours=24)
NOT_AVAILABLE = (409, "benefit_not_available")


@pytest.fixture
def rounds(race_rounds, transactional_db):
    """Begin each round with nothing, and end it by comparing everything with the uses."""

    def begin():
        for _ in range(race_rounds):
            yield
            everything_is_right()
            close()
            everything_is_right()
            summary.start_over()
            for model in (BenefitUsage, Benefit, Venue, Customer):
                model.objects.all().delete()

    return begin


def everything_is_right():
    at = timezone.now()
    assert list(checks.differences()) == []
    assert reported(at) == expected(at)


def record(person, benefit, used_at=None):
    body = {"person": person.pk, "benefit": benefit.pk}
    told = {"used_at": used_at.isoformat()} if used_at else {}
    return "post", "/api/benefit_usages", body | told


def delete(usage):
    return "delete", f"/api/benefit_usages/{usage.pk}", None


def last_end():
    """Give where the last slot that is over ended."""
    return summary.slot_before(timezone.now() - SETTLED_AFTER)


def close():
    for _ in summary.close(at=timezone.now()):
        pass


@contextmanager
def meanwhile(*jobs):
    """Do each job several times, in a thread of its own, beside what the block does."""

    def repeat(job):
        try:
            for _ in range(5):
                job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(repeat, job) for job in jobs]
        yield
    for one in running:
        one.result()


# --- Who may use it? ----------------------------------------------------------------------------


def test_of_twenty_phones_of_one_person_one_uses_the_benefit(rounds):
    for _ in rounds():
        person, benefit = CustomerFactory(), BenefitFactory()

        responses = at_once(*[record(person, benefit)] * 20)

        assert outcomes(responses) == {201: 1, NOT_AVAILABLE: 19}
        [winner] = [answer.json() for answer in responses if answer.status_code == 201]
        refused = [answer.json()["errors"][0] for answer in responses if answer.status_code == 409]
        assert {error["facts"]["last_used_at"] for error in refused} == {winner["used_at"]}
        assert BenefitUsage.objects.get().pk == winner["id"]


def test_of_late_uses_that_are_too_close_to_each_other_one_is_recorded(rounds):
    for _ in rounds():
        person, benefit = CustomerFactory(), BenefitFactory()
        BenefitUsageFactory(benefit=benefit, used_at=last_end() - 8 * SLOT)
        close()
        times = [last_end() - 4 * SLOT + timedelta(hours=number) for number in range(RIVALS)]

        responses = at_once(*(record(person, benefit, used_at) for used_at in times))

        assert outcomes(responses) == {201: 1, NOT_AVAILABLE: RIVALS - 1}
        assert BenefitUsage.objects.filter(person=person).count() == 1


def test_one_person_uses_two_benefits_and_several_people_use_one(rounds):
    for _ in rounds():
        person, *people = CustomerFactory.create_batch(RIVALS)
        benefit, other = BenefitFactory.create_batch(2)

        responses = at_once(
            record(person, benefit),
            record(person, other),
            *(record(each, benefit) for each in people),
        )

        assert outcomes(responses) == {201: RIVALS + 1}
        assert BenefitUsage.objects.filter(person=person).count() == 2
        assert BenefitUsage.objects.filter(benefit=benefit).count() == RIVALS


def test_a_use_that_is_deleted_by_several_is_deleted_once(rounds):
    for _ in rounds():
        used_at = last_end() - SLOT
        benefit = BenefitFactory()
        gone, kept = BenefitUsageFactory.create_batch(2, benefit=benefit, used_at=used_at)
        close()

        responses = at_once(*[delete(gone)] * RIVALS)

        assert outcomes(responses) == {204: 1, (404, "not_found"): RIVALS - 1}
        assert BenefitUsage.objects.get() == kept
        assert UsageTotal.objects.get(benefit=benefit, until=last_end()).uses == 1


@pytest.mark.parametrize("kind", ["benefits", "customers"])
def test_what_is_deleted_while_it_is_used_is_held_or_gone(rounds, kind):
    for _ in rounds():
        person, benefit = CustomerFactory(), BenefitFactory(recurrence="day")
        BenefitUsageFactory(used_at=last_end() - 24 * SLOT)
        close()
        times = [last_end() - number * DAY for number in range(1, 6)]
        held = benefit if kind == "benefits" else person
        remove = ("delete", f"/api/{kind}/{held.pk}", None)

        deleted, *responses = at_once(remove, *(record(person, benefit, time) for time in times))

        if deleted.status_code == 204:
            assert outcomes(responses) == {(400, "does_not_exist"): len(times)}
            assert not type(held).objects.filter(pk=held.pk).exists()
        else:
            assert outcomes([deleted]) == {(409, "protected"): 1}
            assert outcomes(responses) == {201: len(times)}


def test_benefits_that_nobody_used_are_deleted_while_slots_are_closed(rounds):
    for _ in rounds():
        BenefitUsageFactory(used_at=last_end() - 20 * SLOT)
        unused = BenefitFactory.create_batch(6)

        with meanwhile(close, close):
            responses = at_once(*(("delete", f"/api/benefits/{one.pk}", None) for one in unused))

        assert outcomes(responses) == {204: len(unused)}
        assert UsageSummary.objects.get().closed_at == last_end()


# --- Do the totals stay right? ------------------------------------------------------------------


reopen = in_transaction(summary.reopen)


@in_transaction
def import_uses(person, benefits):
    """Write uses as an import does: from some moment on, without noting each."""
    since = last_end() - 7 * SLOT
    summary.reopen(since=since)
    BenefitUsage.objects.bulk_create(
        BenefitUsage(person=person, benefit=benefit, used_at=since + number * SLOT / 2)
        for number, benefit in enumerate(benefits)
    )


def test_whatever_is_written_while_slots_are_closed_and_reopened_is_in_the_totals(rounds):
    for _ in rounds():
        benefits = BenefitFactory.create_batch(2)
        somebody, *people = CustomerFactory.create_batch(7)
        end = last_end()
        old = [
            BenefitUsageFactory(
                person=somebody, benefit=benefits[number % 2], used_at=end - 2 * number * SLOT
            )
            for number in range(1, 7)
        ]
        close()
        # They are younger than the slots that are closed.
        benefits += BenefitFactory.create_batch(2, venue=benefits[0].venue)
        late = [
            record(person, benefits[number % 4], end - number * 2 * SLOT - timedelta(minutes=1))
            for number, person in enumerate(people, start=1)
        ]
        venue = f"venueId={benefits[0].venue_id}"
        asked = [
            ("get", "/api/benefits/top", None),
            ("get", f"/api/benefits/available?{venue}&personId={people[0].pk}", None),
            ("get", f"/api/benefits/inactivity_periods?{venue}", None),
        ]

        with meanwhile(close, partial(import_uses, somebody, benefits)):
            responses = at_once(*late, *map(delete, old), *asked)

        assert outcomes(responses) == {201: len(late), 204: len(old), 200: len(asked)}


def test_late_uses_of_one_benefit_at_once_are_all_in_its_totals(rounds):
    for _ in rounds():
        BenefitUsageFactory(used_at=last_end() - 30 * SLOT)
        close()
        benefit, end = BenefitFactory(), last_end()
        late = [
            record(person, benefit, end - number * SLOT)
            for number, person in enumerate(CustomerFactory.create_batch(RIVALS), start=1)
        ]

        responses = at_once(*late)

        assert outcomes(responses) == {201: RIVALS}
        assert UsageTotal.objects.get(benefit=benefit, until=end).uses == RIVALS


def test_a_report_says_the_same_whatever_slots_are_closed_at_that_moment(rounds):
    for _ in rounds():
        benefits, end = BenefitFactory.create_batch(2), last_end()
        for number in range(1, 13):
            BenefitUsageFactory(benefit=benefits[number % 2], used_at=end - number * SLOT)
        close()
        since = end - 5 * SLOT

        with meanwhile(close, partial(reopen, since=since), summary.start_over):
            responses = at_once(*[("get", "/api/benefits/top", None)] * 10)

        for response in responses:
            assert response.json() == [
                {
                    "venueId": benefit.venue_id,
                    "topBenefits180Days": [{"benefitId": benefit.pk, "usageCount": 6}],
                }
                for benefit in benefits
            ]


def test_of_several_workers_each_slot_is_closed_by_one(rounds):
    for _ in rounds():
        benefit, end = BenefitFactory(), last_end()
        BenefitUsageFactory(benefit=benefit, used_at=end - 20 * SLOT)

        with meanwhile(close, close, close):
            responses = at_once(record(CustomerFactory(), benefit, end - 10 * SLOT))

        assert outcomes(responses) == {201: 1}
        assert UsageSummary.objects.get().closed_at == end
        assert UsageTotal.objects.count() == 20
        assert UsageTotal.objects.get(benefit=benefit, until=end).uses == 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time.")
def test_two_people_who_use_one_benefit_do_not_wait_for_each_other():
    benefit, (first, second) = BenefitFactory(), CustomerFactory.create_batch(2)
    close()

    with transaction.atomic():
        now = timezone.now()
        record_use(person_id=first.pk, benefit_id=benefit.pk, used_at=now, at=now)
        # Answers only if it does not wait for what is not committed yet.
        [response] = at_once(record(second, benefit))

    assert response.status_code == 201
    assert BenefitUsage.objects.count() == 2
