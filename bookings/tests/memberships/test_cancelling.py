"""Cancelling a membership: on which days, dry and in earnest, and again."""

from datetime import date

import pytest

from bookings.tests.memberships import (
    THE_DAY,
    cancel,
    errors_of,
    every_row,
)
from memberships.tests.factories import MembershipFactory
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_a_membership_ends_today_and_takes_its_bookings_along(api, membership, booked):
    later, sooner = booked(2), booked(1)

    answer = cancel(api, membership, reason="Moved away")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": membership.pk,
        "customer": membership.customer.pk,
        "plan": membership.plan.pk,
        "starts_on": "2030-05-01",
        "ends_on": "2030-05-31",
        "cancelled_on": "2030-05-14",
        "cancellation_reason": "Moved away",
        "is_current": False,
        "bookings": [
            {
                "id": sooner.pk,
                "class_session": sooner.class_session.pk,
                "class_type_name": "Pilates",
                "starts_at": "2030-05-15T18:00:00Z",
            },
            {
                "id": later.pk,
                "class_session": later.class_session.pk,
                "class_type_name": "Pilates",
                "starts_at": "2030-05-16T18:00:00Z",
            },
        ],
    }
    membership.refresh_from_db()
    assert membership.cancelled_on == THE_DAY
    assert membership.cancellation_reason == "Moved away"


@pytest.mark.parametrize(
    ("at", "cancelled_on"),
    [
        pytest.param("2030-05-14T21:59:59Z", date(2030, 5, 14), id="a second before midnight"),
        pytest.param("2030-05-14T22:00:00Z", date(2030, 5, 15), id="midnight in Berlin"),
    ],
)
def test_today_is_the_gyms_day(api, berlin, membership, at, cancelled_on):
    cancel(api, membership, at=at)

    membership.refresh_from_db()
    assert membership.cancelled_on == cancelled_on


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [
        pytest.param("2030-04-30", True, id="the day before its first"),
        pytest.param("2030-05-01", False, id="its first day"),
        pytest.param("2030-05-31", False, id="its last day"),
        pytest.param("2030-06-01", True, id="the day after its last"),
    ],
)
@pytest.mark.parametrize("query", ["", "?dry_run=true"], ids=["in earnest", "dry"])
def test_a_membership_is_cancelled_on_one_of_its_days(api, membership, day, is_refused, query):
    answer = cancel(api, membership, query, cancelled_on=day)

    membership.refresh_from_db()
    if is_refused:
        assert (answer.status_code, errors_of(answer)) == (400, [("invalid", "cancelled_on")])
    else:
        assert answer.status_code == 200
    is_written = not is_refused and not query
    assert membership.cancelled_on == (date.fromisoformat(day) if is_written else None)
    assert Notification.objects.count() == int(is_written)


def test_an_open_ended_membership_can_be_cancelled_on_any_later_day(api, pilates):
    membership = MembershipFactory(plan__open_ended=True, plan__class_types=[pilates])

    answer = cancel(api, membership, cancelled_on="2199-12-31")

    assert answer.json()["cancelled_on"] == "2199-12-31"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"cancelled_on": None}, ("null", "cancelled_on")),
        ({"cancelled_on": "tomorrow"}, ("invalid", "cancelled_on")),
        ({"cancelled_on": "2030-02-30"}, ("invalid", "cancelled_on")),
        ({"reason": None}, ("null", "reason")),
        ({"reason": 5}, ("invalid", "reason")),
        ({"reason": "a" * 1001}, ("max_length", "reason")),
        ({"canceled_on": "2030-05-14"}, ("unknown_field", "canceled_on")),
    ],
    ids=str,
)
def test_a_malformed_cancellation_is_a_400_that_writes_nothing(
    api, membership, booked, body, error
):
    booked(1)
    before = every_row()

    answer = cancel(api, membership, **body)

    assert (answer.status_code, errors_of(answer)) == (400, [error])
    assert every_row() == before


@pytest.mark.parametrize("maybe", ["maybe", "1", "True", "true,false"])
def test_a_dry_run_is_true_or_false(api, membership, booked, maybe):
    booked(1)
    before = every_row()

    answer = cancel(api, membership, f"?dry_run={maybe}")

    assert (answer.status_code, [attr for _, attr in errors_of(answer)]) == (400, ["dry_run"])
    assert every_row() == before


@pytest.mark.parametrize("query", ["", "?dry_run=true"])
def test_a_membership_that_does_not_exist_is_a_404(api, query):
    answer = api.post(f"/api/memberships/999999/cancel{query}", {})

    assert (answer.status_code, errors_of(answer)) == (404, [("not_found", None)])


def test_a_dry_run_tells_the_same_and_writes_nothing(api, membership, booked):
    booked(1), booked(2)
    before = every_row()

    told = cancel(api, membership, "?dry_run=true", cancelled_on="2030-05-15")
    after = every_row()
    done = cancel(api, membership, "?dry_run=false", cancelled_on="2030-05-15")

    assert told.status_code == 200
    assert after == before
    assert len(told.json()["bookings"]) == 2
    assert told.json()["bookings"] == done.json()["bookings"]
    assert told.json()["cancelled_on"] is None


@pytest.mark.parametrize(
    "day", [None, "2030-05-20", "2030-07-01"], ids=["today", "another day", "a day outside"]
)
@pytest.mark.parametrize("query", ["", "?dry_run=true"], ids=["in earnest", "dry"])
def test_cancelling_again_changes_nothing(api, membership, booked, day, query):
    booked(1)
    first = cancel(api, membership, cancelled_on="2030-05-10", reason="Moved away").json()
    before = every_row()

    body = {"cancelled_on": day} if day else {}
    again = cancel(api, membership, query, reason="Something else", **body)

    assert again.status_code == 200
    assert again.json() == first | {"bookings": []}
    assert every_row() == before
