"""Milestones and awards over HTTP: what staff and phones send and see."""

from datetime import timedelta

import pytest
import time_machine

from bookings.tests.factories import BookingFactory
from customers.tests.factories import CustomerFactory
from milestones.models import Milestone, MilestoneAward
from milestones.tests.factories import MilestoneAwardFactory, MilestoneFactory
from milestones.tests.stretches import MONDAY_18, day
from notifications.tests.factories import MailFactory

pytestmark = pytest.mark.django_db

AWARDS = "/api/milestone_awards"
TEN_IN_A_MONTH = {
    "name": "Ten in a month",
    "session_count": 10,
    "interval_count": 1,
    "interval_unit": "month",
}


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def ids(answer):
    return [row["id"] for row in answer.json()["results"]]


def test_a_milestone_needs_a_name_a_count_and_an_interval_and_brings_its_words(api):
    made = api.post("/api/milestones", TEN_IN_A_MONTH)

    assert made.status_code == 201
    assert made.json() == {
        **TEN_IN_A_MONTH,
        "id": Milestone.objects.get().pk,
        "counts": "booked",
        "is_active": True,
        "email_subject": "{{ milestone.name }}: congratulations, {{ customer.first_name }}!",
        "email_body": Milestone._meta.get_field("email_body").default,
    }


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        pytest.param({"name": ""}, [("blank", "name")], id="a blank name"),
        ({"name": "x" * 101}, [("max_length", "name")]),
        ({"session_count": 0}, [("min_value", "session_count")]),
        ({"session_count": -1}, [("min_value", "session_count")]),
        ({"session_count": 10_001}, [("max_value", "session_count")]),
        ({"session_count": 2**63}, [("max_value", "session_count")]),
        ({"session_count": None}, [("null", "session_count")]),
        ({"session_count": "10"}, [("invalid", "session_count")]),
        ({"session_count": 1.5}, [("invalid", "session_count")]),
        ({"interval_count": 0}, [("min_value", "interval_count")]),
        ({"interval_count": 2**63}, [("max_value", "interval_count")]),
        ({"interval_count": 1201}, [("max_value", "interval_count")]),
        ({"interval_count": None}, [("null", "interval_count")]),
        ({"interval_unit": "fortnight"}, [("invalid_choice", "interval_unit")]),
        ({"interval_unit": None}, [("null", "interval_unit")]),
        ({"counts": "cancelled"}, [("invalid_choice", "counts")]),
        ({"is_active": "yes"}, [("invalid", "is_active")]),
        ({"email_subject": "{{ customer.nam }}"}, [("unknown_variable", "email_subject")]),
        ({"email_subject": "{{ customer.first_name"}, [("invalid_template", "email_subject")]),
        ({"email_body": "{% if %}x{% endif %}"}, [("invalid_template", "email_body")]),
        ({"email_body": "{% include 'x' %}"}, [("invalid_template", "email_body")]),
        ({"email_body": '{{ window_end|date:"H:i" }}'}, [("invalid_template", "email_body")]),
        ({"email_body": ""}, [("blank", "email_body")]),
        ({"email_subject": "x" * 201}, [("max_length", "email_subject")]),
        ({"email_body": "x" * 10_001}, [("max_length", "email_body")]),
        ({"sessions": 10}, [("unknown_field", "sessions")]),
    ],
    ids=lambda value: str(value)[:50] if isinstance(value, dict) else "",
)
def test_a_milestone_that_makes_no_sense_is_a_400_that_names_the_field(api, wrong, errors):
    milestone = MilestoneFactory()
    before = Milestone.objects.values().get()

    posted = api.post("/api/milestones", TEN_IN_A_MONTH | wrong)
    patched = api.patch(f"/api/milestones/{milestone.pk}", wrong)

    assert (posted.status_code, errors_of(posted)) == (400, errors)
    assert (patched.status_code, errors_of(patched)) == (400, errors)
    assert Milestone.objects.values().get() == before


@pytest.mark.parametrize(
    ("count", "unit"), [(36_500, "day"), (5_200, "week"), (1_200, "month"), (100, "year")]
)
def test_an_interval_lasts_at_most_a_hundred_years(api, count, unit):
    longest = {"interval_count": count, "interval_unit": unit}

    made = api.post("/api/milestones", TEN_IN_A_MONTH | longest)
    refused = api.post("/api/milestones", TEN_IN_A_MONTH | longest | {"interval_count": count + 1})

    assert made.status_code == 201
    assert (refused.status_code, errors_of(refused)) == (400, [("max_value", "interval_count")])
    assert Milestone.objects.count() == 1


def test_a_unit_that_is_patched_alone_is_judged_with_the_count_that_is_there(api):
    milestone = MilestoneFactory(interval_count=101, interval_unit="month")
    path = f"/api/milestones/{milestone.pk}"

    refused = api.patch(path, {"interval_unit": "year"})
    taken = api.patch(path, {"interval_unit": "week"})

    assert (refused.status_code, errors_of(refused)) == (400, [("max_value", "interval_count")])
    assert (taken.status_code, taken.json()["interval_unit"]) == (200, "week")


def test_milestones_are_filtered_by_what_they_count_and_whether_they_are_active(api):
    booked = MilestoneFactory(name="Early bird")
    attended = MilestoneFactory(counts="attended", is_active=False)

    assert ids(api.get("/api/milestones?counts=attended")) == [attended.pk]
    assert ids(api.get("/api/milestones?is_active=true")) == [booked.pk]
    assert ids(api.get("/api/milestones?search=early")) == [booked.pk]
    assert errors_of(api.get("/api/milestones?counts=missed")) == [("invalid_choice", "counts")]


def test_a_milestone_that_somebody_reached_stays(api):
    award = MilestoneAwardFactory()

    answer = api.delete(f"/api/milestones/{award.milestone.pk}")

    assert answer.status_code == 409
    [error] = answer.json()["errors"]
    assert (error["code"], error["facts"]) == (
        "protected",
        {"held_by": {"milestone awards": [award.pk]}},
    )
    assert Milestone.objects.exists()


@time_machine.travel(MONDAY_18, tick=False)
def test_an_award_says_who_reached_what_by_which_booking_and_when(api):
    milestone = MilestoneFactory(session_count=1)
    customer = CustomerFactory()
    session = BookingFactory(class_session__starts_at=day(0)).class_session

    booking = api.post(
        "/api/bookings", {"customer": customer.pk, "class_session": session.pk}
    ).json()

    expected = {
        "id": MilestoneAward.objects.get().pk,
        "milestone": milestone.pk,
        "customer": customer.pk,
        "booking": booking["id"],
        "window_start": "2030-04-14T18:00:00Z",
        "window_end": "2030-05-14T18:00:00Z",
        "awarded_at": "2030-05-13T18:00:00Z",
        "email_status": "queued",
    }
    assert api.get(AWARDS).json()["results"] == [expected]
    assert api.get(f"{AWARDS}/{expected['id']}").json() == expected


@pytest.mark.parametrize(
    ("state", "email_status"),
    [({}, "queued"), ({"sent": True}, "sent"), ({"failed": True}, "failed")],
)
def test_an_award_says_how_its_mail_fares(api, state, email_status):
    award = MilestoneAwardFactory(notification=MailFactory(**state).notification)

    assert api.get(f"{AWARDS}/{award.pk}").json()["email_status"] == email_status


def test_an_award_that_nobody_was_told_of_has_no_mail(api):
    award = MilestoneAwardFactory()

    assert api.get(f"{AWARDS}/{award.pk}").json()["email_status"] == "none"


def test_awards_are_filtered_by_customer_and_milestone_the_newest_first(api):
    first, second = MilestoneAwardFactory.create_batch(2)
    third = MilestoneAwardFactory(milestone=first.milestone)

    assert ids(api.get(AWARDS)) == [third.pk, second.pk, first.pk]
    assert ids(api.get(AWARDS, {"customer": second.customer.pk})) == [second.pk]
    assert ids(api.get(AWARDS, {"milestone": first.milestone.pk})) == [third.pk, first.pk]
    assert errors_of(api.get(AWARDS, {"customer": 999_999})) == [("invalid_choice", "customer")]
    assert errors_of(api.get(AWARDS, {"booking": 1})) == [("unknown_parameter", "booking")]


def test_awards_are_filtered_by_time_from_the_first_moment_to_before_the_last(api):
    early, late = (
        MilestoneAwardFactory(awarded_at=MONDAY_18 + timedelta(hours=hours)) for hours in (0, 1)
    )
    since, until = "2030-05-13T18:00:00Z", "2030-05-13T19:00:00Z"

    assert ids(api.get(AWARDS, {"awarded_at_after": until})) == [late.pk]
    assert ids(api.get(AWARDS, {"awarded_at_before": until})) == [early.pk]
    both = api.get(AWARDS, {"awarded_at_after": since, "awarded_at_before": until})
    assert ids(both) == [early.pk]
    assert errors_of(api.get(AWARDS, {"awarded_at_after": "soon"})) == [
        ("invalid", "awarded_at_after")
    ]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_awards_are_only_read(api, method):
    award = MilestoneAwardFactory()
    address = AWARDS if method == "post" else f"{AWARDS}/{award.pk}"

    answer = getattr(api, method)(address, {"number": 7})

    assert answer.status_code == 405
    assert MilestoneAward.objects.get().number == 1
