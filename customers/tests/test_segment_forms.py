import pytest
from django.db import IntegrityError, transaction

from customers.models import Segment
from customers.tests.factories import CustomerFactory, SegmentFactory


def test_a_segment_with_customers_by_hand_gets_no_rule(api):
    segment = SegmentFactory()
    CustomerFactory().chosen_segments.add(segment)
    path = f"/api/segments/{segment.pk}"

    response = api.patch(path, {"rule": "new_customers", "rule_days": 30})

    assert response.status_code == 409
    assert response.json()["errors"] == [
        {
            "code": "segment_has_customers",
            "detail": "Somebody was put into this segment by hand (1). "
            "Take them out before a rule decides who belongs to it.",
            "attr": None,
            "facts": {"customers": 1},
        }
    ]
    assert api.get(path).json()["rule"] == "manual"


def test_an_empty_segment_gets_a_rule_another_and_none_again(api):
    path = f"/api/segments/{SegmentFactory().pk}"
    rules = [
        {"rule": "new_customers", "rule_days": 30, "rule_min_visits": None},
        {"rule": "frequent_visitors", "rule_days": 7, "rule_min_visits": 3},
        {"rule": "manual", "rule_days": None, "rule_min_visits": None},
    ]

    for rule in rules:
        response = api.patch(path, rule)

        assert response.status_code == 200
        assert response.json().items() >= rule.items()


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"rule": "new_customers"}, {("rule_days", "required")}),
        ({"rule": "new_customers", "rule_days": None}, {("rule_days", "required")}),
        (
            {"rule": "frequent_visitors"},
            {("rule_days", "required"), ("rule_min_visits", "required")},
        ),
        ({"rule": "frequent_visitors", "rule_days": 1}, {("rule_min_visits", "required")}),
        ({"rule": "manual", "rule_days": 1}, {("rule_days", "invalid")}),
        (
            {"rule": "new_customers", "rule_days": 1, "rule_min_visits": 1},
            {("rule_min_visits", "invalid")},
        ),
    ],
)
def test_a_rule_is_told_what_it_needs_and_nothing_else(api, body, problems):
    response = api.post("/api/segments", {"name": "S"} | body)

    assert response.status_code == 400
    assert {(error["attr"], error["code"]) for error in response.json()["errors"]} == problems
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"rule": "new_customers"},
        {"rule": "frequent_visitors", "rule_days": 1},
        {"rule": "manual", "rule_days": 1},
        {"rule": "unheard_of"},
    ],
)
@pytest.mark.django_db
def test_the_database_itself_refuses_half_a_rule(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        SegmentFactory(**values)


@pytest.mark.parametrize("days", [1, 36_500])
def test_a_rule_looks_back_from_a_day_to_a_hundred_years(api, days):
    body = {"name": "S", "rule": "new_customers", "rule_days": days}

    assert api.post("/api/segments", body).status_code == 201
    CustomerFactory()
    assert api.get("/api/segments").json()["results"][0]["customer_count"] == 1


def test_the_name_of_a_segment_is_unique(api):
    SegmentFactory(name="Early birds")

    response = api.post("/api/segments", {"name": "Early birds"})

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["attr"], error["code"]) == ("name", "unique")
    assert Segment.objects.count() == 1


def test_an_empty_segment_can_be_deleted_and_one_with_customers_leaves_them(api):
    segment, customer = SegmentFactory(), CustomerFactory()
    customer.chosen_segments.add(segment)

    response = api.delete(f"/api/segments/{segment.pk}")

    assert response.status_code == 204
    assert api.get(f"/api/customers/{customer.pk}").json()["segments"] == []
