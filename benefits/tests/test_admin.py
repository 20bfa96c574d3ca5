"""Venues, benefits and their uses in the admin: no way around a rule, and what charts show."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from zeal import zeal_ignore

from benefits import reports, summary
from benefits.admin import usages, venue_charts
from benefits.checks import differences
from benefits.models import Benefit, BenefitUsage
from benefits.states import Recurrence
from benefits.tests.factories import NOON, BenefitFactory, BenefitUsageFactory, use
from customers.tests.factories import CustomerFactory
from venues.models import Venue
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

VENUES = "/admin/venues/venue/"
BENEFITS = "/admin/benefits/benefit/"
USAGES = "/admin/benefits/benefitusage/"
DAY = timedelta(hours=24)
TICK = timedelta.resolution
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def found_in(answer):
    return list(answer.context["cl"].result_list)


# --- Lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(VENUES, lambda: use(BenefitFactory(), NOON), id="venues"),
        pytest.param(BENEFITS, BenefitFactory, id="benefits"),
        pytest.param(USAGES, BenefitUsageFactory, id="uses"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_the_list_of_venues_says_what_they_offer_and_how_often_it_is_used(admin_client, at_noon):
    busy, empty = VenueFactory(name="A busy one"), VenueFactory(name="An empty one")
    for _ in range(4):
        use(BenefitFactory(venue=busy), NOON - 180 * DAY, NOON)
    use(busy.benefits.first(), NOON - 180 * DAY - TICK)

    shown = found_in(admin_client.get(VENUES))

    assert [(venue, venue.benefit_count, venue.uses) for venue in shown] == [
        (busy, 4, 8),
        (empty, 0, 0),
    ]


def test_uses_are_found_by_person_by_benefit_by_venue_and_by_day(admin_client):
    anna = CustomerFactory(first_name="Anna", last_name="Weber", email="weber@example.org")
    wraps = BenefitFactory(title="Wraps", venue__name="Bun & Co")
    annas = BenefitUsageFactory(person=anna, used_at=datetime(2026, 5, 15, tzinfo=UTC))
    wrap = BenefitUsageFactory(benefit=wraps, used_at=datetime(2026, 5, 14, tzinfo=UTC))
    BenefitUsageFactory(used_at=datetime(2026, 5, 13, tzinfo=UTC))

    asked = {
        "q=anna+weber": [annas],
        "q=WEBER@example.org": [annas],
        "q=wraps": [wrap],
        "q=bun": [wrap],
        "q=wraps+weber": [],
        f"benefit__id__exact={wraps.pk}": [wrap],
        f"benefit__venue__id__exact={wraps.venue_id}": [wrap],
        f"person__id__exact={anna.pk}": [annas],
        "used_at_from=2026-05-14&used_at_to=2026-05-14": [wrap],
        "used_at_from=2026-05-14": [annas, wrap],
    }
    found = {query: found_in(admin_client.get(f"{USAGES}?{query}")) for query in asked}

    assert found == asked


@pytest.mark.parametrize(
    ("matching", "found", "said"),
    [
        pytest.param(2, 2, [], id="as many as are looked up"),
        pytest.param(
            3, 0, ["More than 2 are called so. Type more of the name, please."], id="one more"
        ),
    ],
)
def test_a_search_that_finds_too_many_asks_for_more(
    admin_client, monkeypatch, matching, found, said
):
    monkeypatch.setattr(usages, "MOST_FOUND", 2)
    for _ in range(matching):
        BenefitUsageFactory(person__first_name="Zoë")

    answer = admin_client.get(USAGES, {"q": "Zoë"})

    assert (len(found_in(answer)), said_in(answer)) == (found, said)


def test_uses_are_exported_with_who_what_and_where(admin_client):
    usage = BenefitUsageFactory(external_id=7)
    person, benefit = usage.person, usage.benefit

    answer = admin_client.post(USAGES, {"action": "export_to_csv", "_selected_action": usage.pk})

    [heading, row] = csv.reader(StringIO(answer.getvalue().decode().removeprefix("\ufeff")))
    assert dict(zip(heading, row, strict=True)) == {
        "id": str(usage.pk),
        "used": "2026-05-14 12:00:00+00:00",
        "person id": str(person.pk),
        "first name": person.first_name,
        "last name": person.last_name,
        "email": person.email,
        "benefit id": str(benefit.pk),
        "benefit": benefit.title,
        "venue id": str(benefit.venue_id),
        "venue": benefit.venue.name,
        "external id": "7",
    }


@pytest.mark.parametrize("typed", ["9" * 30, "-1", "0"])
def test_an_id_that_nothing_has_finds_nothing(admin_client, typed):
    BenefitUsageFactory()

    answer = admin_client.get(USAGES, {"benefit__id__exact": typed})

    assert found_in(answer) == []


def test_a_benefit_is_picked_by_its_title_and_its_venue(admin_client):
    benefit = BenefitFactory(title="Burgers", venue__name="Bun & Co")
    field = {"app_label": "benefits", "model_name": "benefitusage", "field_name": "benefit"}

    answer = admin_client.get(BENEFITS + "pick/", {"term": "burg bun", **field})

    labels = [one["text"] for one in answer.json()["results"]]
    assert labels == ["Burgers · Bun & Co"]
    proposed = admin_client.get(USAGES, {"benefit__id__exact": benefit.pk})
    assert "Burgers · Bun &amp; Co</option>" in proposed.content.decode()


# --- Recording and deleting ---------------------------------------------------------------------


def recorded(person, benefit, at=NOON):
    day, time = at.isoformat()[:10], at.isoformat()[11:19]
    return {"person": person.pk, "benefit": benefit.pk, "used_at_0": day, "used_at_1": time}


def test_a_use_is_recorded_by_the_service(admin_client, at_noon):
    person, benefit = CustomerFactory(), BenefitFactory()
    use(benefit, NOON - 3 * DAY)
    for _ in summary.close(at=NOON):
        pass
    proposed = admin_client.get(USAGES + "add/").context["adminform"].form["used_at"].value()

    admin_client.post(USAGES + "add/", recorded(person, benefit, NOON - 2 * DAY))

    usage = BenefitUsage.objects.latest("pk")
    assert proposed == NOON
    assert (usage.person, usage.benefit, usage.used_at) == (person, benefit, NOON - 2 * DAY)
    assert LogEntry.objects.get().object_id == str(usage.pk)
    # Only the service keeps the totals.
    assert list(differences()) == []


TOO_SOON = (
    "The benefit was used, and cannot be used again yet. "
    "Last used at: Wed 13 May 2026, 12:01. Available at: Thu 14 May 2026, 12:01."
)
TOO_SOON_BEFORE = (
    "The benefit was used again too soon after that time. Last used at: Wed 13 May 2026, 12:01."
)


@pytest.mark.parametrize(
    ("asked_at", "errors"),
    [
        pytest.param(NOON, {"__all__": [TOO_SOON]}, id="too soon"),
        pytest.param(
            NOON - 2 * DAY + timedelta(minutes=2),
            {"__all__": [TOO_SOON_BEFORE]},
            id="too soon before another",
        ),
        pytest.param(
            NOON + timedelta(seconds=1),
            {"used_at": ["This lies in the future."]},
            id="in the future",
        ),
    ],
)
def test_a_refused_use_is_told_and_not_written(admin_client, at_noon, asked_at, errors):
    person, benefit = CustomerFactory(), BenefitFactory(recurrence=Recurrence.DAY)
    use(benefit, NOON - DAY + timedelta(minutes=1), by=person)

    answer = admin_client.post(USAGES + "add/", recorded(person, benefit, asked_at))

    assert errors_on(answer) == errors
    assert BenefitUsage.objects.count() == 1
    assert LogEntry.objects.count() == 0


def test_a_use_is_looked_at_and_never_edited(admin_client):
    usage, imported = BenefitUsageFactory(), BenefitUsageFactory(external_id=7041)
    before = list(BenefitUsage.objects.values())

    pages = [admin_client.get(change(USAGES, one)).content.decode() for one in (usage, imported)]
    answer = admin_client.post(
        change(USAGES, usage), recorded(CustomerFactory(), BenefitFactory(), NOON - DAY)
    )

    assert change(VENUES, usage.benefit.venue) in pages[0]
    assert ["7041" in page for page in pages] == [False, True]
    assert answer.status_code == 403
    assert list(BenefitUsage.objects.values()) == before


@pytest.mark.parametrize("number", [1, 2], ids=["on its page", "several at once"])
def test_a_use_is_deleted_by_the_service(admin_client, number):
    benefit = BenefitFactory()
    use(benefit, *(NOON - days * DAY for days in (1, 2, 3)))
    for _ in summary.close(at=NOON):
        pass
    chosen = list(BenefitUsage.objects.order_by("pk").values_list("pk", flat=True)[:number])
    several = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    if number == 1:
        admin_client.post(f"{USAGES}{chosen[0]}/delete/", {"post": "yes"})
    else:
        # Each by the service, so they are no query for all.
        with zeal_ignore():
            admin_client.post(USAGES, several)

    assert BenefitUsage.objects.count() == 3 - number
    assert not BenefitUsage.objects.filter(pk__in=chosen).exists()
    assert list(differences()) == []


@pytest.mark.parametrize(
    ("url", "holder", "why"),
    [
        pytest.param(VENUES, lambda use: use.benefit.venue, "benefits refer to it.", id="venue"),
        pytest.param(
            BENEFITS, lambda use: use.benefit, "benefit usages refer to it.", id="benefit"
        ),
    ],
)
def test_what_has_a_history_is_not_deleted(admin_client, url, holder, why):
    held = holder(BenefitUsageFactory())

    answer = admin_client.post(f"{url}{held.pk}/delete/", {"post": "yes"})

    assert said_in(answer) == [f"This cannot be deleted: {why}"]
    assert (Venue.objects.count(), Benefit.objects.count()) == (1, 1)


# --- The page of a venue ------------------------------------------------------------------------


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

    of_venue = admin_client.get(change(VENUES, benefit.venue)).context["elsewhere"]
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
