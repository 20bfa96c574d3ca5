"""The inbox over HTTP."""

from datetime import timedelta

import pytest
import time_machine

from customers.tests.factories import CustomerFactory
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.tests.factories import MONDAY_NOON, MailFactory, NotificationFactory

pytestmark = pytest.mark.django_db

LATER = MONDAY_NOON + timedelta(hours=1)


def ids(answer):
    assert answer.status_code == 200, answer.json()
    return [row["id"] for row in answer.json()["results"]]


def errors_of(answer):
    return [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def test_a_message_is_read_as_it_is_listed(api):
    notification = NotificationFactory(data={"award": 17})

    read = api.get(f"/api/notifications/{notification.pk}")

    assert read.status_code == 200
    assert read.json() == {
        "id": notification.pk,
        "customer": notification.customer.pk,
        "kind": "milestone_award",
        "title": "Congratulations, Anna!",
        "body": "Ten sessions within a month. Well done!\n",
        "data": {"award": 17},
        "created_at": "2030-05-13T12:00:00Z",
        "read_at": None,
        "email_status": "none",
    }
    assert api.get("/api/notifications").json()["results"] == [read.json()]


def test_the_newest_message_comes_first(api):
    first, second = NotificationFactory.create_batch(2)

    answer = api.get("/api/notifications")

    assert ids(answer) == [second.pk, first.pk]


@pytest.mark.parametrize(
    ("state", "email_status"),
    [({}, "queued"), ({"sent": True}, "sent"), ({"failed": True}, "failed")],
    ids=["queued", "sent", "failed"],
)
def test_a_message_says_what_became_of_its_mail(api, state, email_status):
    mail = MailFactory(**state)

    answer = api.get(f"/api/notifications/{mail.pk}")

    assert answer.json()["email_status"] == email_status


def test_messages_are_found_by_customer_kind_and_whether_they_were_read(api):
    anna, berta = CustomerFactory.create_batch(2)
    unread = NotificationFactory(customer=anna)
    read = NotificationFactory(customer=anna, read_at=LATER)
    other = NotificationFactory(customer=berta, kind="membership_cancelled")

    def found(**filters):
        return ids(api.get("/api/notifications", filters))

    assert found(customer=anna.pk) == [read.pk, unread.pk]
    assert found(kind="membership_cancelled") == [other.pk]
    assert found(unread="true") == [other.pk, unread.pk]
    assert found(unread="false") == [read.pk]
    assert found(customer=anna.pk, kind="milestone_award", unread="true") == [unread.pk]


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"customer": "anna"}, ("invalid", "customer")),
        ({"customer": "999999"}, ("invalid_choice", "customer")),
        ({"kind": "gossip"}, ("invalid_choice", "kind")),
        ({"unread": "maybe"}, ("invalid_choice", "unread")),
        ({"unread": "1"}, ("invalid_choice", "unread")),
        ({"read": "true"}, ("unknown_parameter", "read")),
    ],
    ids=str,
)
def test_a_filter_that_makes_no_sense_is_a_400(api, filters, error):
    answer = api.get("/api/notifications", filters)

    assert answer.status_code == 400
    assert errors_of(answer) == [error]


def test_a_message_that_is_read_twice_keeps_the_first_time(api):
    notification = NotificationFactory()
    address = f"/api/notifications/{notification.pk}/read"

    with time_machine.travel(MONDAY_NOON, tick=False):
        first = api.post(address)
    with time_machine.travel(LATER, tick=False):
        second = api.post(address, {})

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["read_at"] == second.json()["read_at"] == "2030-05-13T12:00:00Z"
    assert api.get(f"/api/notifications/{notification.pk}").json() == second.json()


def test_reading_takes_no_fields_and_needs_a_message(api):
    notification = NotificationFactory()

    with_field = api.post(f"/api/notifications/{notification.pk}/read", {"read_at": "2030-01-01"})
    of_nobody = api.post(f"/api/notifications/{notification.pk + 1}/read")

    assert (with_field.status_code, of_nobody.status_code) == (400, 404)
    assert errors_of(with_field) == [("unknown_field", "read_at")]
    notification.refresh_from_db()
    assert notification.read_at is None


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_messages_over_http(api, method):
    notification = NotificationFactory()
    address = "/api/notifications" if method == "post" else f"/api/notifications/{notification.pk}"

    answer = getattr(api, method)(address, {"title": "You won a car"})

    assert answer.status_code == 405
    assert errors_of(answer) == [("method_not_allowed", None)]
    assert Notification.objects.get().title == "Congratulations, Anna!"


def test_messages_cost_the_same_queries_for_one_as_for_five(api, queries_in):
    MailFactory()
    one = queries_in(lambda: api.get("/api/notifications"))
    MailFactory.create_batch(4)

    five = queries_in(lambda: api.get("/api/notifications"))

    assert five == one


def test_the_openapi_document_lists_every_kind_and_every_state_of_a_mail(api):
    document = api.get("/api/schema", {"format": "json"}).json()

    fields = document["components"]["schemas"]["Notification"]["properties"]

    def choices(field):
        [reference] = field.get("allOf", [field])
        name = reference["$ref"].rsplit("/", 1)[1] if "$ref" in reference else None
        return set((document["components"]["schemas"][name] if name else field)["enum"])

    assert choices(fields["kind"]) >= {*KINDS, "milestone_award", "membership_cancelled"}
    assert choices(fields["email_status"]) == {"none", "queued", "sent", "failed"}


@pytest.mark.parametrize("field", ["email_subject", "email_body"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello {{ customer.first_name", "invalid_template"),
        ("{% load static %}", "invalid_template"),
        ("{{ window_start|date:'H:i' }}", "invalid_template"),
        ("{{ customer.password }}", "unknown_variable"),
    ],
)
def test_a_milestone_with_words_that_cannot_be_sent_is_refused(api, field, text, code):
    milestone = {"name": "Ten", "session_count": 10, "interval_count": 1, "interval_unit": "month"}

    made = api.post("/api/milestones", {**milestone, field: text})

    assert made.status_code == 400
    assert errors_of(made) == [(code, field)]
    assert api.get("/api/milestones").json()["count"] == 0
    kept = api.post("/api/milestones", milestone).json()
    changed = api.patch(f"/api/milestones/{kept['id']}", {field: text})
    assert changed.status_code == 400
    assert errors_of(changed) == [(code, field)]
    assert api.get(f"/api/milestones/{kept['id']}").json() == kept


def test_a_milestones_words_are_not_read_where_they_are_too_long(api):
    # Django's reader of templates needs minutes for this.
    endless = "{{" * 200_000

    answer = api.post(
        "/api/milestones",
        {
            "name": "Ten",
            "session_count": 10,
            "interval_count": 1,
            "interval_unit": "month",
            "email_subject": endless,
            "email_body": endless,
        },
    )

    assert answer.status_code == 400
    assert sorted(errors_of(answer)) == [
        ("max_length", "email_body"),
        ("max_length", "email_subject"),
    ]
