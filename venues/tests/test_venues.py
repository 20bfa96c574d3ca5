import pytest

from venues.models import Venue
from venues.tests.factories import VenueFactory

pytestmark = pytest.mark.django_db

VENUES = "/api/venues"


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_a_venue_has_a_name_and_a_place(api):
    sent = {"name": "Burger Bar", "latitude": 52.52, "longitude": -13.405}

    made = api.post(VENUES, sent)

    assert made.status_code == 201
    assert made.json() == {"id": Venue.objects.get().pk, **sent}


def test_a_venue_may_be_nowhere_yet(api):
    made = api.post(VENUES, {"name": "Burger Bar"})

    assert made.status_code == 201
    assert (made.json()["latitude"], made.json()["longitude"]) == (None, None)


@pytest.mark.parametrize(
    ("sent", "missing"),
    [
        pytest.param({"latitude": 52.5}, "longitude", id="a latitude alone"),
        pytest.param({"longitude": 13.4}, "latitude", id="a longitude alone"),
    ],
)
def test_half_a_place_is_a_400_that_names_the_other_half(api, sent, missing):
    venue = VenueFactory()

    posted = api.post(VENUES, {"name": "Smoothie Bar", **sent})
    patched = api.patch(f"{VENUES}/{venue.pk}", sent)

    assert (posted.status_code, errors_of(posted)) == (400, [("required", missing)])
    assert (patched.status_code, errors_of(patched)) == (400, [("required", missing)])
    assert Venue.objects.values_list("name", "latitude", "longitude").get() == (
        "Burger Bar",
        None,
        None,
    )


def test_venues_are_listed_by_id_and_found_and_ordered_by_name(api):
    pizza, burger = VenueFactory(name="Pizza Place"), VenueFactory(name="Burger Bar")

    assert ids(api.get(VENUES)) == [pizza.pk, burger.pk]
    assert ids(api.get(VENUES, {"ordering": "name"})) == [burger.pk, pizza.pk]
    assert ids(api.get(VENUES, {"search": "place"})) == [pizza.pk]
