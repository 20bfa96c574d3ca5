from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from customers.models import Customer, Segment
from customers.segment_rules import (
    SegmentFacts,
    attach_customer_counts,
    attach_segments,
    members_of,
    segment_ids_by_customer,
    segment_ids_of,
)
from customers.tests.factories import CustomerFactory, SegmentFactory

NOW = datetime(2030, 5, 14, 18, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MONTH = timedelta(days=30)


def answers(segment, customer):
    """Ask in every way there is whether a customer belongs to a segment at NOW."""
    attach_customer_counts([segment], at=NOW)
    return {
        members_of(segment, at=NOW).filter(customer_id=customer.pk).exists(),
        segment.pk in segment_ids_by_customer([customer.pk], [segment], at=NOW)[customer.pk],
        segment.customer_count == 1,
    }


@pytest.mark.parametrize(
    ("created_at", "belongs"),
    [
        pytest.param(NOW, True, id="this very moment"),
        pytest.param(NOW - MONTH + MICROSECOND, True, id="a microsecond less than 30 days ago"),
        pytest.param(NOW - MONTH, False, id="exactly 30 days ago"),
        pytest.param(NOW - MONTH - MICROSECOND, False, id="a microsecond more than 30 days ago"),
        pytest.param(NOW + MICROSECOND, False, id="a microsecond later than the moment asked for"),
    ],
)
@pytest.mark.django_db
def test_new_customers_were_created_within_the_last_days(created_at, belongs):
    segment = SegmentFactory(new_customers=True)
    customer = CustomerFactory(created_at=created_at)

    assert answers(segment, customer) == {belongs}


@pytest.mark.django_db
def test_who_is_put_in_by_hand_belongs_to_it_and_nobody_else():
    segment = SegmentFactory()
    chosen, other = CustomerFactory(), CustomerFactory()
    chosen.chosen_segments.add(segment)

    assert answers(segment, chosen) == {True}
    assert segment_ids_by_customer([other.pk], [segment], at=NOW) == {other.pk: set()}


def visit(api, customer, starts_at, status="attended"):
    """Book, come, and be checked in, as in life."""
    with time_machine.travel(starts_at - timedelta(days=1), tick=False):
        kind = api.post("/api/class_types", {"name": "Yoga"}).json()["id"]
        session = api.post(
            "/api/class_sessions", {"class_type": kind, "starts_at": starts_at.isoformat()}
        ).json()["id"]
        body = {"customer": customer.pk, "class_session": session}
        booking = api.post("/api/bookings", body).json()["id"]
    at = starts_at - timedelta(minutes=1 if status == "cancelled" else -1)
    with time_machine.travel(at, tick=False):
        response = api.patch(f"/api/bookings/{booking}", {"status": status})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("first", "belongs"),
    [
        pytest.param(NOW - MONTH + MICROSECOND, True, id="a microsecond less than 30 days ago"),
        pytest.param(NOW - MONTH, False, id="exactly 30 days ago"),
        pytest.param(NOW - MONTH - MICROSECOND, False, id="a microsecond more than 30 days ago"),
    ],
)
def test_frequent_visitors_came_often_enough_within_the_last_days(api, first, belongs):
    segment = SegmentFactory(frequent_visitors=True)
    customer = CustomerFactory()

    visit(api, customer, first)
    visit(api, customer, NOW)

    assert answers(segment, customer) == {belongs}


@pytest.mark.parametrize(("visits", "belongs"), [(1, False), (2, True), (3, True)])
def test_as_many_visits_as_the_rule_says_are_enough(api, visits, belongs):
    segment = SegmentFactory(frequent_visitors=True)
    customer = CustomerFactory()

    for days in range(1, visits + 1):
        visit(api, customer, NOW - timedelta(days=days))

    assert answers(segment, customer) == {belongs}


@pytest.mark.parametrize("status", ["no_show", "cancelled"])
def test_only_coming_counts_as_a_visit(api, status):
    segment = SegmentFactory(frequent_visitors=True)
    customer = CustomerFactory()

    visit(api, customer, NOW - timedelta(days=2))
    visit(api, customer, NOW - timedelta(days=1), status=status)

    assert answers(segment, customer) == {False}


def test_two_visits_of_two_customers_make_nobody_frequent(api):
    segment = SegmentFactory(frequent_visitors=True)
    customers = CustomerFactory.create_batch(2)

    for customer in customers:
        visit(api, customer, NOW - timedelta(days=1))

    assert {answer for one in customers for answer in answers(segment, one)} == {False}


@time_machine.travel(NOW, tick=False)
def test_a_segment_counts_its_customers_whatever_put_them_there(api):
    by_hand, by_rule = SegmentFactory(), SegmentFactory(new_customers=True)
    for age in (1, 29, 31):
        customer = CustomerFactory(created_at=NOW - timedelta(days=age))
        customer.chosen_segments.add(by_hand)

    rows = {row["id"]: row["customer_count"] for row in api.get("/api/segments").json()["results"]}

    assert rows == {by_hand.pk: 3, by_rule.pk: 2}
    assert api.get(f"/api/segments/{by_rule.pk}").json()["customer_count"] == 2


@time_machine.travel(NOW, tick=False)
def test_customers_are_found_by_segment_whatever_put_them_there(api):
    by_hand, by_rule = SegmentFactory(), SegmentFactory(new_customers=True)
    old = CustomerFactory(created_at=NOW - timedelta(days=31))
    young = CustomerFactory(created_at=NOW)
    old.chosen_segments.add(by_hand)

    def found(segment):
        rows = api.get("/api/customers", {"segment": segment.pk}).json()["results"]
        return [(row["id"], row["segments"]) for row in rows]

    assert found(by_hand) == [(old.pk, [by_hand.pk])]
    assert found(by_rule) == [(young.pk, [by_rule.pk])]


@time_machine.travel(NOW, tick=False)
def test_a_customer_with_both_kinds_of_segment_is_put_back_unchanged(api):
    by_hand, by_rule = SegmentFactory(), SegmentFactory(new_customers=True)
    customer = CustomerFactory(created_at=NOW)
    customer.chosen_segments.add(by_hand)
    path = f"/api/customers/{customer.pk}"
    read = api.get(path).json()

    response = api.put(path, read)

    assert (response.status_code, response.json()) == (200, read)
    assert read["segments"] == [by_hand.pk, by_rule.pk]
    assert list(customer.chosen_segments.all()) == [by_hand]


@pytest.mark.parametrize("is_in", [True, False], ids=["taking out", "putting in"])
@time_machine.travel(NOW, tick=False)
def test_nobody_is_put_into_a_segment_with_a_rule_or_taken_out_by_hand(api, is_in):
    by_hand, by_rule = SegmentFactory(), SegmentFactory(new_customers=True)
    age = timedelta(0) if is_in else MONTH
    customer = CustomerFactory(created_at=NOW - age, first_name="Anna")
    sent = [by_hand.pk] if is_in else [by_hand.pk, by_rule.pk]

    response = api.patch(f"/api/customers/{customer.pk}", {"first_name": "Berta", "segments": sent})

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["attr"], error["code"]) == ("segments", "segment_has_rule")
    customer.refresh_from_db()
    assert customer.first_name == "Anna"
    assert not customer.chosen_segments.exists()


@time_machine.travel(NOW, tick=False)
def test_a_customer_is_not_created_in_a_segment_with_a_rule(api):
    segment = SegmentFactory(new_customers=True)
    body = {"first_name": "A", "last_name": "B", "email": "a@example.org"}

    refused = api.post("/api/customers", body | {"segments": [segment.pk]})
    created = api.post("/api/customers", body | {"segments": []})

    assert refused.json()["errors"][0]["code"] == "segment_has_rule"
    # The rule finds them all the same.
    assert (created.status_code, created.json()["segments"]) == (201, [segment.pk])


def test_segments_are_replaced_by_what_is_sent_and_kept_where_nothing_is_sent(api):
    first, second = SegmentFactory(), SegmentFactory()
    customer = CustomerFactory()
    path = f"/api/customers/{customer.pk}"

    sent = [[first.pk], [second.pk, first.pk], [second.pk], []]
    got = [api.patch(path, {"segments": ids}).json()["segments"] for ids in sent]
    api.patch(path, {"segments": [first.pk]})
    kept = api.patch(path, {"first_name": "Berta"}).json()["segments"]

    assert got == [sorted(ids) for ids in sent]
    assert kept == [first.pk]


@pytest.mark.django_db
def test_a_customer_who_is_gone_is_in_no_segment():
    by_hand, by_rule = SegmentFactory(), SegmentFactory(new_customers=True)
    customer = CustomerFactory(created_at=NOW)
    customer.chosen_segments.add(by_hand)
    facts = [
        SegmentFacts(one.pk, one.rule, one.rule_days, one.rule_min_visits)
        for one in (by_hand, by_rule)
    ]
    before = segment_ids_of(customer.pk, facts, at=NOW)

    Customer.objects.filter(pk=customer.pk).delete()
    attach_segments([customer], at=NOW)

    assert before == {by_hand.pk, by_rule.pk}
    assert segment_ids_of(customer.pk, facts, at=NOW) == set()
    assert customer.segments == []


def test_there_may_be_more_segments_than_a_query_has_columns(api):
    Segment.objects.bulk_create(Segment(name=f"Club {number}") for number in range(2100))
    first, *_, last = Segment.objects.order_by("pk").values_list("pk", flat=True)
    body = {"first_name": "A", "last_name": "B", "email": "a@example.org"}

    created = api.post("/api/customers", body | {"segments": [first, last]})

    assert (created.status_code, created.json()["segments"]) == (201, [first, last])
    assert api.get(f"/api/customers/{created.json()['id']}").json() == created.json()
    assert api.get("/api/customers").json()["results"] == [created.json()]
    assert api.get("/api/customers", {"segment": last}).json()["results"] == [created.json()]
    assert api.get("/api/segments").json()["count"] == 2100
