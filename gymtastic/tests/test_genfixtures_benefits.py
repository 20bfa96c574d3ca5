from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise

import pytest
from django.db.models import Count
from django.utils.timezone import get_default_timezone, localtime

import benefits.demo
import customers.demo
import venues.demo
from benefits import summary
from benefits.checks import differences
from benefits.models import Benefit, BenefitUsage
from benefits.reports import inactive_stretches, top_benefits
from benefits.services import record_use
from benefits.states import Recurrence
from core.demo import DemoPlan
from gymtastic.tests.demo import AT, HALF_A_YEAR_LATER, OF_PROMOTIONS, empty
from promotions.reports import PromoSegment
from venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

IN_TWO_DAYS = AT + timedelta(days=2)


def add(at=AT, scale=1):
    """Add what is below bookings: these take most of a whole run's time."""
    reached = customers.demo.scale_reached()
    plan = DemoPlan(at=at, tz=get_default_timezone(), seed=1, scale=scale, reached=reached)
    customers.demo.generate(plan, without_progress)
    add_benefits(plan)


def add_benefits(plan):
    venues.demo.generate(plan, without_progress)
    benefits.demo.generate(plan, without_progress)


def without_progress(steps, label):
    return steps


def stretches_of(title):
    benefit = Benefit.objects.get(title=title)
    return inactive_stretches(venue_id=benefit.venue_id, at=AT).get(benefit.pk, [])


def test_venues_offer_three_to_five_benefits_but_for_one_without_any(made):
    offered = {
        venue.name: list(venue.benefits.values_list("recurrence", flat=True))
        for venue in Venue.objects.all()
    }
    assert sorted(len(its) for its in offered.values()) == [0, 3, 4, 4, 5, 5]
    assert all(set(its) == set(Recurrence) for its in offered.values() if its)
    assert BenefitUsage.objects.count() == pytest.approx(1000, rel=0.1)
    assert [len(uses) for uses in top_benefits(at=AT).values()] == [3, 3, 3, 3, 3, 0]


def test_every_benefit_was_used_by_a_customer_and_again_only_after_its_recurrence(made):
    add(at=IN_TWO_DAYS)

    in_order = BenefitUsage.objects.order_by("person", "benefit", "used_at")
    every_use = in_order.select_related("person", "benefit")
    used_again = set()
    for (person, benefit), uses in groupby(every_use, lambda one: (one.person, one.benefit)):
        times = [use.used_at for use in uses]
        pauses = [after - before for before, after in pairwise(times)]
        assert person.created_at < times[0] <= times[-1] < IN_TWO_DAYS
        assert all(pause >= Recurrence(benefit.recurrence).pause for pause in pauses)
        used_again |= {benefit.recurrence} if pauses else set()
    assert used_again == set(Recurrence)


def test_the_service_would_have_recorded_the_same_uses(made):
    people = BenefitUsage.objects.values_list("person", flat=True)
    regular = people.annotate(times=Count("pk")).order_by("-times", "person").first()
    its = BenefitUsage.objects.filter(person=regular).order_by("used_at")
    columns = ("person_id", "benefit_id", "used_at", "external_id")
    before = list(its.values_list(*columns))

    its.delete()
    for person_id, benefit_id, used_at, _ in before:
        record_use(person_id=person_id, benefit_id=benefit_id, used_at=used_at, at=used_at)

    assert list(its.values_list(*columns)) == before
    assert len(before) > 10


def test_there_are_inactive_stretches_to_see(made):
    [never] = stretches_of("Name the burger of the month")
    assert (never.since, never.until) == (AT - timedelta(days=180), AT)
    [not_any_more] = stretches_of("Breakfast for two until ten")
    assert not_any_more.is_ongoing
    assert not_any_more.since == pytest.approx(AT - timedelta(days=40), abs=timedelta(days=5))
    sauna = Venue.objects.get(name="Sauna under the Arches")
    closed = (AT - timedelta(days=114), AT - timedelta(days=70, hours=13))
    found = inactive_stretches(venue_id=sauna.pk, at=AT)
    assert len(found) == 4
    for stretches in found.values():
        assert any(each.since < closed[0] and closed[1] < each.until for each in stretches)


def test_a_run_two_days_later_carries_the_uses_on_by_two_days(made):
    before = BenefitUsage.objects.count()

    add(at=IN_TWO_DAYS)

    new = BenefitUsage.objects.order_by("pk")[before:]
    assert {use.used_at.date() for use in new} == {AT.date(), AT.date() + timedelta(days=1)}


def test_a_run_half_a_year_later_carries_the_uses_on_for_all_of_it(made):
    before = BenefitUsage.objects.count()

    add(at=HALF_A_YEAR_LATER)

    new = BenefitUsage.objects.order_by("pk")[before:]
    assert len({use.used_at.date() for use in new}) == 182
    assert Benefit.objects.count() == 21


def test_what_a_later_run_adds_is_not_missing_in_the_totals(made):
    BenefitUsage.objects.filter(used_at__lt=AT - timedelta(days=3)).delete()
    assert list(summary.close(at=IN_TWO_DAYS))

    add(at=IN_TWO_DAYS)

    assert BenefitUsage.objects.filter(used_at__gt=AT).exists()
    assert list(differences()) == []
    assert list(summary.close(at=IN_TWO_DAYS))
    assert list(differences()) == []


def test_benefits_that_staff_renamed_are_not_carried_on(made):
    Benefit.objects.exclude(title="15 % off every bowl").update(title="Something else")
    before = BenefitUsage.objects.count()

    add(at=IN_TWO_DAYS + timedelta(days=14))

    new = BenefitUsage.objects.order_by("pk")[before:]
    assert {use.benefit.title for use in new} == {"15 % off every bowl"}


def test_a_larger_scale_uses_what_it_adds(made):
    add(scale=2)

    assert Venue.objects.count() == 8
    assert BenefitUsage.objects.count() == pytest.approx(2000, rel=0.1)
    assert BenefitUsage.objects.filter(benefit__venue__name="Lantern Bakery").exists()


def test_two_hundred_venues_with_two_thousand_benefits_are_the_most():
    add_benefits(DemoPlan(at=AT, tz=UTC, seed=1, scale=98, reached=0))

    assert Venue.objects.count() == len(set(venues.demo.names(98))) == 200
    assert Benefit.objects.count() == 2000
    assert benefits.demo.offers(99) == benefits.demo.offers(98)


def test_demo_data_from_before_there_were_venues_gets_them(made):
    empty(BenefitUsage, Benefit, *OF_PROMOTIONS, PromoSegment, Venue)

    add()

    assert (Venue.objects.count(), Benefit.objects.count()) == (6, 21)
    assert BenefitUsage.objects.count() == pytest.approx(1000, rel=0.1)


def test_uses_are_within_the_opening_hours_of_the_gyms_zone(berlin):
    add(at=datetime(2030, 4, 4, 12, tzinfo=UTC))

    hours = {localtime(use.used_at).hour for use in BenefitUsage.objects.all()}
    assert hours == set(range(11, 22))
