"""Customers and segments in the admin: the same rules as over HTTP."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from customers.models import Customer, Segment
from customers.tests.factories import CustomerFactory, SegmentFactory

pytestmark = pytest.mark.django_db

CUSTOMERS = "/admin/customers/customer/"
SEGMENTS = "/admin/customers/segment/"
ANNA = {
    "first_name": "Anna",
    "last_name": "Schmidt",
    "email": "anna@example.org",
    "origin": "web",
    "latitude": "",
    "longitude": "",
}
SUMMER = {"name": "Summer", "description": "", "rule": "manual"}


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def names_on(answer):
    return [customer.first_name for customer in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("url", "make"), [(CUSTOMERS, CustomerFactory), (SEGMENTS, SegmentFactory)]
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_a_customer_is_made_and_put_into_segments_by_hand(admin_client):
    vip = SegmentFactory()

    admin_client.post(CUSTOMERS + "add/", {**ANNA, "chosen_segments": [vip.pk]})

    anna = Customer.objects.get()
    assert (anna.email, anna.origin) == ("anna@example.org", "web")
    assert list(anna.chosen_segments.all()) == [vip]


def test_nobody_is_put_into_a_segment_that_has_a_rule(admin_client):
    newcomers = SegmentFactory(new_customers=True)

    answer = admin_client.post(CUSTOMERS + "add/", {**ANNA, "chosen_segments": [newcomers.pk]})

    problem = f"Select a valid choice. {newcomers.pk} is not one of the available choices."
    assert errors_on(answer) == {"chosen_segments": [problem]}
    assert Customer.objects.count() == 0


def test_nobody_is_put_into_a_segment_of_an_impossible_id(admin_client):
    answer = admin_client.post(CUSTOMERS + "add/", {**ANNA, "chosen_segments": ["9" * 30]})

    problem = f"Select a valid choice. {'9' * 30} is not one of the available choices."
    assert errors_on(answer) == {"chosen_segments": [problem]}


def test_somebody_in_a_rules_segment_can_be_put_into_another_and_taken_out(admin_client):
    SegmentFactory(new_customers=True)
    vip, anna = SegmentFactory(), CustomerFactory(**ANNA | {"latitude": None, "longitude": None})
    change = f"{CUSTOMERS}{anna.pk}/change/"

    admin_client.post(change, {**ANNA, "chosen_segments": [vip.pk]})
    put_in = list(anna.chosen_segments.all())
    admin_client.post(change, ANNA)

    assert put_in == [vip]
    assert list(anna.chosen_segments.all()) == []


def test_an_edit_writes_only_what_was_changed(admin_client):
    anna = CustomerFactory(created_at=datetime(2030, 1, 1, tzinfo=UTC))
    body = {**ANNA, "last_name": "Meyer", "email": anna.email, "origin": "other"}

    admin_client.post(f"{CUSTOMERS}{anna.pk}/change/", body)

    fresh = Customer.objects.get()
    assert (fresh.last_name, fresh.email) == ("Meyer", anna.email)
    assert fresh.created_at == anna.created_at


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"email": "TAKEN@example.org"},
            {"__all__": ["There is a customer with this e-mail already."]},
        ),
        (
            {"latitude": "52.5"},
            {"__all__": ["Latitude and longitude come together or not at all."]},
        ),
        (
            {"latitude": "91", "longitude": "0"},
            {"latitude": ["Ensure this value is less than or equal to 90."]},
        ),
        ({"first_name": " "}, {"first_name": ["This field is required."]}),
        ({"first_name": "\x00"}, {"first_name": ["Null characters are not allowed."]}),
    ],
)
def test_a_wrong_customer_is_told_and_not_written(admin_client, wrong, errors):
    CustomerFactory(email="taken@example.org")

    answer = admin_client.post(CUSTOMERS + "add/", ANNA | wrong)

    assert answer.status_code == 200
    assert errors_on(answer) == errors
    assert Customer.objects.count() == 1
    assert LogEntry.objects.count() == 0


def test_customers_are_found_by_a_part_of_the_name_and_by_the_whole_address(admin_client):
    CustomerFactory(first_name="Anna", email="anna@example.org")
    CustomerFactory(first_name="Hannah", email="hannah@example.org")

    by_name = admin_client.get(CUSTOMERS, {"q": "ANN"})
    by_address = admin_client.get(CUSTOMERS, {"q": "ANNA@example.org"})
    by_domain = admin_client.get(CUSTOMERS, {"q": "@example.org"})

    assert names_on(by_name) == ["Hannah", "Anna"]
    assert names_on(by_address) == ["Anna"]
    assert names_on(by_domain) == ["Hannah", "Anna"]


def test_customers_are_filtered_by_segment_be_it_by_hand_or_by_rule(admin_client):
    vip, newcomers = SegmentFactory(), SegmentFactory(new_customers=True)
    CustomerFactory(first_name="Anna").chosen_segments.add(vip)
    CustomerFactory(first_name="Old", created_at=datetime(2020, 1, 1, tzinfo=UTC))

    by_hand = admin_client.get(CUSTOMERS, {"segment": vip.pk})
    by_rule = admin_client.get(CUSTOMERS, {"segment": newcomers.pk})

    assert names_on(by_hand) == ["Anna"]
    assert names_on(by_rule) == ["Anna"]


def test_customers_are_filtered_by_the_local_days_they_were_created_on(admin_client, berlin):
    for name, hour in (("Monday 23:30", 21), ("Tuesday 00:30", 22)):
        CustomerFactory(first_name=name, created_at=datetime(2030, 5, 13, hour, 30, tzinfo=UTC))
    tuesday = {"created_at_from": "2030-05-14", "created_at_to": "2030-05-14"}

    answer = admin_client.get(CUSTOMERS, tuesday)

    assert names_on(answer) == ["Tuesday 00:30"]


@pytest.mark.parametrize("nonsense", ["soon", "0001-01-01", "9999-12-31", "2030-02-30", "\x00"])
def test_a_day_that_is_none_is_no_error_page(admin_client, nonsense):
    answer = admin_client.get(CUSTOMERS, {"created_at_to": nonsense})

    assert (answer.status_code, answer.url) == (302, f"{CUSTOMERS}?e=1")


def test_picking_a_customer_shows_the_address_beside_the_name(admin_client):
    anna = CustomerFactory(last_name="Schmidt", email="anna@example.org")
    asked = {"app_label": "bookings", "model_name": "booking", "field_name": "customer"}

    answer = admin_client.get(CUSTOMERS + "pick/", {**asked, "term": "schm"})

    assert answer.json()["results"] == [
        {"id": str(anna.pk), "text": "Anna Schmidt · anna@example.org"}
    ]


# --- Segments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"rule": "new_customers"}, {"rule_days": ["The rule needs this."]}),
        (
            {"rule": "frequent_visitors", "rule_days": "30"},
            {"rule_min_visits": ["The rule needs this."]},
        ),
        ({"rule_days": "30"}, {"rule_days": ["The rule has no use for this."]}),
        (
            {"rule": "new_customers", "rule_days": "30", "rule_min_visits": "2"},
            {"rule_min_visits": ["The rule has no use for this."]},
        ),
    ],
)
def test_a_rule_needs_its_numbers_and_no_other(admin_client, changes, errors):
    answer = admin_client.post(SEGMENTS + "add/", SUMMER | changes)

    assert errors_on(answer) == errors
    assert Segment.objects.count() == 0


def test_the_numbers_of_a_rule_are_named_for_what_they_mean(admin_client):
    SegmentFactory()

    pages = [admin_client.get(url).content.decode() for url in (SEGMENTS, SEGMENTS + "add/")]

    for page in pages:
        assert "Days looked back" in page
        assert "Visits needed" in page
        assert "Rule min" not in page


def test_a_segment_with_customers_gets_no_rule(admin_client):
    segment = SegmentFactory(name="Summer")
    CustomerFactory().chosen_segments.add(segment)
    body = SUMMER | {"name": "Winter", "rule": "new_customers", "rule_days": "30"}

    answer = admin_client.post(f"{SEGMENTS}{segment.pk}/change/", body)

    assert answer.status_code == 200
    sentence = (
        "Somebody was put into this segment by hand (1). "
        "Take them out before a rule decides who belongs to it."
    )
    assert errors_on(answer) == {"__all__": [sentence]}
    assert answer.context["adminform"].form["name"].value() == "Winter"
    fresh = Segment.objects.get()
    assert (fresh.name, fresh.rule) == ("Summer", "manual")
    assert LogEntry.objects.count() == 0


def test_a_segments_page_says_how_many_are_in_it_now(admin_client):
    segment = SegmentFactory(new_customers=True)
    CustomerFactory.create_batch(2)

    page = admin_client.get(f"{SEGMENTS}{segment.pk}/change/").content.decode()

    assert f'<a href="{CUSTOMERS}?segment={segment.pk}" class="text-link">2</a>' in page


def test_a_segment_goes_and_its_customers_stay(admin_client):
    segment = SegmentFactory()
    CustomerFactory().chosen_segments.add(segment)

    admin_client.post(f"{SEGMENTS}{segment.pk}/delete/", {"post": "yes"})

    assert Segment.objects.count() == 0
    assert Customer.objects.count() == 1
