"""The page of a venue: exact figures of how its benefits are used."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission

from benefits import reports
from benefits.admin import venue_charts
from benefits.states import Recurrence
from benefits.tests.admin import BENEFITS, DAY, VENUES, change, found_in
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory, use
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


def at_of(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "used", "weeks"),
    [
        pytest.param(
            "2026-10-27T12:00",
            ["2026-10-25T22:59:59.999999", "2026-10-25T23:00", "2026-10-27T12:00"],
            {date(2026, 10, 19): 1, date(2026, 10, 26): 2},
            id="the night of 25 hours is over",
        ),
        pytest.param(
            "2026-04-01T12:00",
            ["2026-03-29T21:59:59.999999", "2026-03-29T22:00", "2026-03-22T23:00"],
            {date(2026, 3, 23): 2, date(2026, 3, 30): 1},
            id="the night of 23 hours is over",
        ),
        pytest.param(
            "2026-04-01T12:00",
            ["2025-10-05T21:59:59.999999", "2025-10-05T22:00"],
            {date(2025, 10, 6): 1},
            id="half a year ago it was summer",
        ),
        pytest.param(
            "2026-03-29T22:00",
            ["2026-03-29T22:00", "2026-03-29T22:00:00.000001"],
            {date(2026, 3, 30): 1},
            id="what comes after the asked time is left out",
        ),
        pytest.param("2026-05-14T12:00", [], {}, id="none"),
    ],
)
def test_a_week_begins_on_monday_at_midnight_in_the_gym(at, used, weeks):
    benefit = BenefitFactory()
    use(benefit, *map(at_of, used))
    use(BenefitFactory(venue=VenueFactory()), *map(at_of, used))

    found = reports.uses_per_week(venue_id=benefit.venue_id, at=at_of(at), tz=BERLIN)

    mondays = [monday for monday, _ in found]
    assert {monday: number for monday, number in found if number} == weeks
    assert len(found) == 26
    assert mondays[-1] <= at_of(at).astimezone(BERLIN).date() < mondays[-1] + timedelta(weeks=1)
    assert all(monday.weekday() == 0 for monday in mondays)


def test_a_venues_page_costs_the_same_however_much_is_used(admin_client, queries_in):
    venue = VenueFactory()
    use(BenefitFactory(venue=venue), NOON)
    one = queries_in(lambda: admin_client.get(change(VENUES, venue)))
    for _ in range(4):
        use(BenefitFactory(venue=venue), NOON, NOON - DAY, NOON - 40 * DAY)

    five = queries_in(lambda: admin_client.get(change(VENUES, venue)))

    assert five == one


def test_a_venues_page_shows_how_its_benefits_are_used(admin_client, at_noon, berlin):
    venue = VenueFactory()
    burgers = BenefitFactory(venue=venue, title="Burgers", recurrence=Recurrence.MONTH)
    fries = BenefitFactory(venue=venue, title="Fries", recurrence=Recurrence.DAY)
    cake = BenefitFactory(venue=venue, title="A cake", recurrence=Recurrence.DAY)
    use(burgers, *(NOON - days * DAY for days in range(0, 180, 29)))
    use(fries, *(NOON - days * DAY for days in (*range(14, 100, 13), *range(120, 180, 13))))

    answer = admin_client.get(change(VENUES, venue))

    [weeks, top, unused] = answer.context["charts"]
    assert weeks.bars[-1] == ("11 May", 1, weeks.bars[-1].link)
    assert sum(bar.value for bar in weeks.bars) == 19
    assert [(bar.label, bar.value, bar.link) for bar in top.bars] == [
        ("Fries", 12, change(BENEFITS, fries)),
        ("Burgers", 7, change(BENEFITS, burgers)),
    ]
    assert [(row.label, [span.text for span in row.spans]) for row in unused.rows] == [
        ("Fries", ["14 Jan 2026 to 11 Feb 2026: 28 days", "Since 30 Apr 2026: 14 days, ongoing"]),
        ("A cake", ["All 180 days, ongoing"]),
    ]
    assert [row.link for row in unused.rows] == [change(BENEFITS, fries), change(BENEFITS, cake)]
    for chart in answer.context["charts"]:
        assert str(chart) in answer.content.decode()


def test_a_weeks_figure_leads_to_its_uses(admin_client, at_noon, berlin):
    benefit = BenefitFactory()
    sunday, monday = at_of("2026-05-10T21:59:59"), at_of("2026-05-10T22:00")
    use(benefit, sunday, monday)
    use(BenefitFactory(venue=VenueFactory()), monday)

    [weeks, *_] = admin_client.get(change(VENUES, benefit.venue)).context["charts"]
    leads_to = [found_in(admin_client.get(bar.link)) for bar in weeks.bars[-2:]]

    assert [[usage.used_at for usage in uses] for uses in leads_to] == [[sunday], [monday]]


def test_the_page_of_a_venue_whose_benefits_nobody_uses_says_so(admin_client):
    benefit = BenefitFactory()

    page = admin_client.get(change(VENUES, benefit.venue)).content.decode()

    assert "Nothing was used in the last 26 weeks." in page
    assert "Nothing was used in the last 180 days." in page
    assert "All 180 days, ongoing" in page


def test_the_page_of_a_venue_whose_benefits_are_all_used_says_so(admin_client, at_noon):
    benefit = BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, *(NOON - days * DAY for days in range(1, 180, 13)))

    page = admin_client.get(change(VENUES, benefit.venue)).content.decode()

    assert "Nothing: each benefit was used again before long." in page


def test_the_page_of_a_venue_without_benefits_says_so(admin_client):
    venue = VenueFactory()

    page = admin_client.get(change(VENUES, venue)).content.decode()

    assert "This venue offers no benefits yet." in page
    assert f"{BENEFITS}add/?venue={venue.pk}" in page


@pytest.mark.parametrize("most", [1, 2])
def test_only_the_most_used_benefits_are_drawn(admin_client, at_noon, monkeypatch, most):
    monkeypatch.setattr(venue_charts, "MOST_SHOWN", most)
    venue = VenueFactory()
    for number in (1, 3, 2):
        benefit = BenefitFactory(venue=venue, title=f"{number} times")
        use(benefit, *(NOON - days * DAY for days in range(number)))

    [_, top, _] = admin_client.get(change(VENUES, venue)).context["charts"]

    assert [bar.value for bar in top.bars] == [3, 2, 1][:most]


def test_venues_and_benefits_lead_to_the_lists_about_them(admin_client):
    benefit = BenefitFactory()
    [theirs, others] = [BenefitUsageFactory(benefit=benefit), BenefitUsageFactory()]

    about_venue = admin_client.get(change(VENUES, benefit.venue)).context["elsewhere"]
    of_venue = [(name, address) for name, address in about_venue if "enefit" in name]
    of_benefit = admin_client.get(change(BENEFITS, benefit)).context["elsewhere"]

    assert [name for name, _ in of_venue] == ["Benefits", "Benefit usages"]
    assert [name for name, _ in of_benefit] == ["Benefit usages"]
    lists = [found_in(admin_client.get(address)) for _, address in (*of_venue, *of_benefit)]
    assert lists == [[benefit], [theirs], [theirs]]
    assert others.benefit_id != benefit.pk


def test_a_venues_page_leads_nowhere_that_staff_may_not_go(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.set(Permission.objects.filter(codename="view_venue"))
    client.force_login(guest)

    answer = client.get(change(VENUES, VenueFactory()))

    assert answer.context["elsewhere"] == []
    assert "Add one" not in answer.content.decode()
