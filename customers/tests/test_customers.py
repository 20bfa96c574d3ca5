import pytest

from customers.models import Customer
from customers.tests.factories import CustomerFactory, SegmentFactory

URL = "/api/customers"
ANNA = {"first_name": "Anna", "last_name": "Schmidt", "email": "anna@example.org"}


def only_error(response):
    [error] = response.json()["errors"]
    assert response.status_code == 400
    return error["attr"], error["code"]


def test_a_customer_needs_two_names_and_an_email_and_nothing_else(api):
    response = api.post(URL, ANNA)

    assert response.status_code == 201
    customer = Customer.objects.get()
    assert response.json() == {
        "id": customer.pk,
        "first_name": "Anna",
        "last_name": "Schmidt",
        "email": "anna@example.org",
        "origin": "other",
        "latitude": None,
        "longitude": None,
        "segments": [],
        "created_at": customer.created_at.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("missing", ["first_name", "last_name", "email"])
def test_each_of_the_three_is_needed(api, missing):
    body = {name: value for name, value in ANNA.items() if name != missing}

    assert only_error(api.post(URL, body)) == (missing, "required")
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    "email",
    [
        pytest.param("anna@example.org", id="the same"),
        pytest.param("ANNA@EXAMPLE.ORG", id="in capitals"),
        pytest.param("Anna@Example.org", id="in both"),
        pytest.param("  anna@example.org ", id="with blanks around it"),
    ],
)
def test_an_email_belongs_to_one_customer_in_any_case(api, email):
    CustomerFactory(email="anna@Example.org")
    other = CustomerFactory()

    created = api.post(URL, {**ANNA, "email": email})
    edited = api.patch(f"{URL}/{other.pk}", {"email": email})

    assert only_error(created) == only_error(edited) == ("email", "unique")
    assert Customer.objects.filter(email__iexact="anna@example.org").count() == 1


def test_the_case_of_a_domain_with_umlauts_does_not_matter_either(api):
    CustomerFactory(email="anna@münchen.de")

    assert only_error(api.post(URL, {**ANNA, "email": "anna@MÜNCHEN.DE"})) == ("email", "unique")


def test_a_customer_may_change_the_case_of_the_own_email(api):
    customer = CustomerFactory(email="anna@example.org")

    response = api.patch(f"{URL}/{customer.pk}", {"email": "Anna@example.org"})

    assert (response.status_code, response.json()["email"]) == (200, "Anna@example.org")


@pytest.mark.parametrize("origin", ["web", "referral", "walk_in", "phone", "other"])
def test_customers_are_found_by_where_they_came_from(api, origin):
    customer = api.post(URL, {**ANNA, "origin": origin}).json()
    CustomerFactory(origin="web" if origin != "web" else "phone")

    found = api.get(URL, {"origin": origin}).json()["results"]

    assert found == [customer]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        pytest.param(90, 180, id="the north pole at the date line"),
        pytest.param(-90, -180, id="the south pole at the date line"),
        pytest.param(0, 0, id="where the equator meets Greenwich"),
        pytest.param(52.520008, 13.404954, id="Berlin"),
    ],
)
def test_a_customer_may_live_anywhere_on_earth(api, latitude, longitude):
    response = api.post(URL, {**ANNA, "latitude": latitude, "longitude": longitude})

    assert response.status_code == 201
    assert (response.json()["latitude"], response.json()["longitude"]) == (latitude, longitude)


@pytest.mark.parametrize(
    ("position", "attr", "code"),
    [
        pytest.param({"latitude": 90.000001, "longitude": 0}, "latitude", "max_value", id="north"),
        pytest.param({"latitude": -90.000001, "longitude": 0}, "latitude", "min_value", id="south"),
        pytest.param({"latitude": 0, "longitude": 180.000001}, "longitude", "max_value", id="east"),
        pytest.param({"latitude": 0, "longitude": -180.0001}, "longitude", "min_value", id="west"),
        pytest.param({"latitude": 52}, "longitude", "required", id="only a latitude"),
        pytest.param({"longitude": 13}, "latitude", "required", id="only a longitude"),
        pytest.param(
            {"latitude": 52, "longitude": None}, "longitude", "required", id="half of it null"
        ),
    ],
)
def test_a_position_is_whole_and_on_earth(api, position, attr, code):
    assert only_error(api.post(URL, ANNA | position)) == (attr, code)
    assert not Customer.objects.exists()


def test_half_of_a_position_cannot_be_taken_away(api):
    customer = CustomerFactory(latitude=52, longitude=13)
    path = f"{URL}/{customer.pk}"

    half = api.patch(path, {"latitude": None})
    whole = api.patch(path, {"latitude": None, "longitude": None})

    assert only_error(half) == ("latitude", "required")
    assert (whole.status_code, whole.json()["latitude"]) == (200, None)


def test_the_filters_add_up(api):
    segment = SegmentFactory()
    both = CustomerFactory(origin="web")
    both.chosen_segments.add(segment)
    CustomerFactory(origin="phone").chosen_segments.add(segment)
    CustomerFactory(origin="web")

    found = api.get(URL, {"origin": "web", "segment": segment.pk}).json()["results"]

    assert [row["id"] for row in found] == [both.pk]
