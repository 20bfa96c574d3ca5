"""Statuses that nothing but time changes, and what happens after it did."""

import pytest
import time_machine

from bookings import services as bookings
from bookings.models import Booking
from classes.tests.factories import TUESDAY_18
from customers.services import edit_customer
from followups import services
from followups.models import FollowUp, FollowUpChange, FollowUpTally
from followups.services import people_by_status, settle
from followups.services.keeping import keep_current
from followups.tests.stories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_18,
    SECOND,
    book,
    change,
    come_for_a_trial,
    history,
    sell,
    session_at,
    status_and_since,
    written,
)

pytestmark = pytest.mark.django_db

BOOKED = ("trial_booked", written(MONDAY_18))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY_18, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("read_at", "status", "since"),
    [
        pytest.param(TUESDAY_18 - SECOND, "trial_booked", MONDAY_18, id="a second before"),
        pytest.param(TUESDAY_18, "trial_no_show", TUESDAY_18, id="exactly at the start"),
        pytest.param(TUESDAY_18 + SECOND, "trial_no_show", TUESDAY_18, id="a second after"),
        pytest.param(TUESDAY_18 + 9 * DAY, "trial_no_show", TUESDAY_18, id="nine days after"),
    ],
)
@pytest.mark.parametrize("reader", ["one", "the list", "the summary", "the history", "the worker"])
def test_a_session_that_begins_is_a_change_whoever_reads_it(
    api, clock, read_at, status, since, reader
):
    customer = come_for_a_trial()
    booking = book(customer)
    clock.move_to(read_at)

    if reader == "one":
        assert api.get(f"/api/follow_ups/{customer.pk}").json()["follow_up_status"] == status
    elif reader == "the list":
        [row] = api.get("/api/follow_ups", {"follow_up_status": status}).json()["results"]
        assert row["since"] == written(since)
    elif reader == "the summary":
        assert api.get("/api/follow_ups/summary").json()[status] == 1
    elif reader == "the history":
        assert history(api, customer)[-1][0] == status
    else:
        keep_current(lambda: read_at, lambda: False)

    row = FollowUp.objects.get()
    assert (row.status, row.since) == (status, since)
    changes = list(FollowUpChange.objects.order_by("pk").values_list("to_status", "changed_at"))
    assert changes == [
        ("trial_booked", MONDAY_18),
        *([("trial_no_show", TUESDAY_18)] if read_at >= TUESDAY_18 else []),
    ]
    started = f"session {booking.class_session_id} started"
    assert FollowUpChange.objects.filter(cause=started).count() == len(changes) - 1


def test_nothing_more_is_written_when_it_is_read_again(api, clock):
    customer = come_for_a_trial()
    book(customer)
    clock.move_to(TUESDAY_18)

    for _ in range(3):
        status_and_since(api, customer)
        settle(at=TUESDAY_18 + DAY)

    assert len(history(api, customer)) == 2
    assert people_by_status()["trial_no_show"] == 1
    assert sum(people_by_status().values()) == 1


def test_of_two_sessions_that_began_unread_the_last_to_come_dates_the_change(api, clock):
    customer = come_for_a_trial()
    wednesday = book(customer, session_at(TUESDAY_18 + DAY))
    book(customer)

    clock.move_to(TUESDAY_18 + 5 * DAY)

    assert history(api, customer) == [
        (*BOOKED, f"booking {wednesday.pk} made"),
        (
            "trial_no_show",
            written(TUESDAY_18 + DAY),
            f"session {wednesday.class_session_id} started",
        ),
    ]


def test_of_two_late_cancelled_that_began_unread_the_first_dates_the_change(api, clock):
    customer = come_for_a_trial()
    bookings_of_days = [book(customer, session_at(TUESDAY_18 + day * DAY)) for day in range(3)]
    for booking in bookings_of_days[1:]:
        # As if the cutoff were days before.
        Booking.objects.filter(pk=booking.pk).update(cutoff_at=MONDAY_18 - DAY)
        change(booking, "cancelled", at=MONDAY_18 + HOUR)
    came_at = TUESDAY_18 - MINUTE
    change(bookings_of_days[0], "attended", at=came_at)

    clock.move_to(TUESDAY_18 + 5 * DAY)

    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        ("trial_show_no_sale", written(came_at)),
        ("trial_no_show", written(TUESDAY_18 + DAY)),
    ]


def test_a_late_cancelled_session_counts_as_not_attended_from_its_start(api, clock):
    customer = come_for_a_trial(origin="referral")
    booking = book(customer)
    late = TUESDAY_18 - MINUTE
    change(booking, "cancelled", at=late)
    clock.move_to(TUESDAY_18 - SECOND)
    assert status_and_since(api, customer) == ("referral", written(late))

    clock.move_to(TUESDAY_18)

    assert status_and_since(api, customer) == ("trial_no_show", written(TUESDAY_18))


def test_a_check_in_before_the_start_is_a_show_from_then_on(api, clock):
    customer = come_for_a_trial()
    booking = book(customer)
    early = TUESDAY_18 - HOUR
    change(booking, "attended", at=early)
    clock.move_to(early)
    assert status_and_since(api, customer) == ("trial_show_no_sale", written(early))

    clock.move_to(TUESDAY_18 + HOUR)

    assert status_and_since(api, customer) == ("trial_show_no_sale", written(early))
    assert len(history(api, customer)) == 2


STARTED = ("trial_no_show", written(TUESDAY_18))
LATER = TUESDAY_18 + 10 * MINUTE


def test_who_is_checked_in_after_the_start_had_not_come_until_then(api, clock):
    customer = come_for_a_trial()
    booking = book(customer)

    change(booking, "attended", at=LATER)

    clock.move_to(LATER)
    session = booking.class_session_id
    assert history(api, customer) == [
        (*BOOKED, f"booking {booking.pk} made"),
        (*STARTED, f"session {session} started"),
        ("trial_show_no_sale", written(LATER), f"booking {booking.pk}: booked to attended"),
    ]


def test_who_books_again_after_the_start_had_not_come_until_then(api, clock):
    customer = come_for_a_trial()
    book(customer)

    book(customer, session_at(TUESDAY_18 + DAY), at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        STARTED,
        ("trial_booked", written(LATER)),
    ]


def test_a_late_cancellation_forgiven_after_the_start_counted_until_then(api, clock):
    customer = come_for_a_trial(origin="web")
    booking = change(book(customer), "cancelled", at=TUESDAY_18 - MINUTE)

    bookings.forgive(booking=booking, by="desk", reason="ill", at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        ("web_lead", written(TUESDAY_18 - MINUTE)),
        STARTED,
        ("web_lead", written(LATER)),
    ]


@pytest.mark.parametrize("to", ["booked", "no_show"])
def test_an_early_check_in_corrected_after_the_start_was_a_show_until_then(api, clock, to):
    customer = come_for_a_trial()
    booking = change(book(customer), "attended", at=TUESDAY_18 - MINUTE)

    change(booking, to, at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        ("trial_show_no_sale", written(TUESDAY_18 - MINUTE)),
        ("trial_no_show", written(LATER)),
    ]


def test_a_no_show_that_is_written_down_later_is_dated_at_the_start(api, clock):
    customer = come_for_a_trial()

    change(book(customer), "no_show", at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [BOOKED, STARTED]


def test_what_is_bought_after_the_start_comes_after_the_no_show(api, clock):
    customer = come_for_a_trial()
    book(customer)

    sell(customer, at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        STARTED,
        ("active_customer", written(LATER)),
    ]


def test_an_origin_edited_after_the_start_comes_after_the_no_show(api, clock):
    customer = come_for_a_trial()
    book(customer)

    edit_customer(customer=customer, changes={"origin": "web"}, segments=None, at=LATER)

    assert [one[:2] for one in history(api, customer)] == [BOOKED, STARTED]


def test_time_changes_nobody_who_bought_something(api, clock):
    customer = come_for_a_trial()
    sell(customer, at=MONDAY_18)
    book(customer)

    clock.move_to(TUESDAY_18 + DAY)

    assert status_and_since(api, customer)[0] == "active_customer"
    assert FollowUp.objects.get().due_at is None


def test_an_agreement_that_becomes_a_trial_makes_time_matter_again(api, clock):
    customer = come_for_a_trial()
    agreement = sell(customer)
    book(customer)

    services.edit_agreement(
        agreement=agreement, changes={"is_trial": True}, by="desk", at=MONDAY_18 + MINUTE
    )

    clock.move_to(TUESDAY_18)
    assert status_and_since(api, customer) == ("trial_no_show", written(TUESDAY_18))


def test_a_session_to_come_that_the_gym_cancels_later_was_to_come_until_then(api, clock):
    customer = come_for_a_trial()
    book(customer)
    coming = book(customer, session_at(TUESDAY_18 + DAY)).class_session

    bookings.cancel_session(session=coming, reason="ill", at=LATER)

    clock.move_to(LATER)
    assert [one[:2] for one in history(api, customer)] == [
        BOOKED,
        ("trial_no_show", written(LATER)),
    ]


def test_the_worker_adds_the_tallies_up():
    for number in range(20):
        come_for_a_trial(email=f"{number}@example.org")

    keep_current(lambda: MONDAY_18, lambda: False)

    assert FollowUpTally.objects.count() == 1
    assert people_by_status()["lead"] == 20
