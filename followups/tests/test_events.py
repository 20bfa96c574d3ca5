"""Whatever happens to a customer changes the status at once, and history says why."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from bookings import services as bookings
from classes.tests.factories import TUESDAY_18, ClassTypeFactory
from customers.services import edit_customer
from followups import services
from followups.models import FollowUp, FollowUpChange
from followups.tests.stories import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY_18,
    book,
    change,
    come,
    come_for_a_trial,
    history,
    sell,
    session_at,
    told,
    written,
)
from memberships.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

THEN = MONDAY_18 + HOUR
EARLY = TUESDAY_18 - MINUTE


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY_18, tick=False) as traveller:
        yield traveller


def stored(customer):
    """Give what is stored, without a reader's help: written in the transaction of the event."""
    row = FollowUp.objects.get(pk=customer.pk)
    return row.status, row.since, row.agreement_id, row.reason


def last_change(customer):
    change = FollowUpChange.objects.filter(customer=customer).latest("pk")
    assert (change.to_status, change.changed_at) == stored(customer)[:2]
    return change.from_status, change.to_status, change.changed_at, change.cause


def edit(agreement, *, at=THEN, **changes):
    services.edit_agreement(agreement=agreement, changes=changes, by="desk", at=at)


@pytest.mark.parametrize(
    ("origin", "status"),
    [("web", "web_lead"), ("referral", "referral"), ("walk_in", "lead"), ("other", "lead")],
)
def test_a_customer_begins_as_a_lead_of_their_origin(api, origin, status):
    body = {"first_name": "A", "last_name": "B", "email": "a@example.org", "origin": origin}

    made = api.post("/api/customers", body).json()

    row = FollowUp.objects.get(pk=made["id"])
    assert (row.status, row.since) == (status, MONDAY_18)
    assert written(row.since) == made["created_at"]
    assert not FollowUpChange.objects.exists()


def test_another_origin_is_another_lead():
    customer = come(origin="web")

    edit_customer(customer=customer, changes={"origin": "referral"}, segments=None, at=THEN)

    assert last_change(customer) == ("web_lead", "referral", THEN, "origin: referral")
    assert stored(customer)[3] == "Was referred; has bought nothing yet."


def test_another_name_is_no_change():
    customer = come(origin="web")

    edit_customer(customer=customer, changes={"last_name": "Meier"}, segments=None, at=THEN)

    assert stored(customer)[:2] == ("web_lead", MONDAY_18)
    assert not FollowUpChange.objects.exists()


def test_a_sale_makes_a_customer():
    customer = come(origin="web")

    agreement = sell(customer, at=THEN)

    sentence = f"Agreement {agreement.pk} is active and nothing is past due."
    assert stored(customer) == ("active_customer", THEN, agreement.pk, sentence)
    cause = f"agreement {agreement.pk} sold"
    assert last_change(customer) == ("web_lead", "active_customer", THEN, cause)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"past_due_balance": Decimal("0.01")}, "delinquent_customer", id="a cent due"),
        pytest.param({"status": "collections"}, "collections_customer", id="in collections"),
        pytest.param({"status": "suspended"}, "active_customer_suspended", id="suspended"),
        pytest.param(
            {"status": "inactive", "alert": "canceled"}, "canceled_customer", id="canceled"
        ),
        pytest.param({"status": "inactive", "alert": "expired"}, "expired_customer", id="expired"),
        pytest.param({"session_quantity": 1}, "renewal_opportunity", id="one session"),
        pytest.param(
            {"session_quantity": 1, "sessions_remaining": 0}, "drop_in", id="one session, used up"
        ),
        pytest.param({"is_trial": True}, "lead", id="a trial"),
    ],
)
def test_an_edit_of_an_agreement_is_a_change(changes, status):
    customer = come()
    agreement = sell(customer)

    edit(agreement, **changes)

    cause = f"agreement {agreement.pk} edited"
    assert last_change(customer) == ("active_customer", status, THEN, cause)


def test_an_edit_that_gives_the_same_status_is_no_change_but_has_another_reason():
    customer = come()
    agreement = sell(customer, past_due_balance=Decimal("35.00"))

    edit(agreement, past_due_balance=Decimal("20.00"))

    sentence = f"20.00 is past due on agreement {agreement.pk}."
    assert stored(customer) == ("delinquent_customer", MONDAY_18, agreement.pk, sentence)
    assert FollowUpChange.objects.count() == 1


def test_another_agreement_may_decide_without_a_change():
    customer = come()
    first = sell(customer)

    second = sell(customer, at=THEN)

    assert first.pk != second.pk == stored(customer)[2]
    assert stored(customer)[:2] == ("active_customer", MONDAY_18)
    assert FollowUpChange.objects.count() == 1


def test_the_last_of_one_session_makes_a_drop_in_and_its_correction_an_opportunity():
    customer = come()
    sell(customer, session_quantity=1)
    booking = book(customer)

    change(booking, "attended", at=EARLY)
    cause = f"booking {booking.pk}: booked to attended"
    assert last_change(customer) == ("renewal_opportunity", "drop_in", EARLY, cause)

    change(booking, "booked", at=TUESDAY_18)
    cause = f"booking {booking.pk}: attended to booked"
    assert last_change(customer) == ("drop_in", "renewal_opportunity", TUESDAY_18, cause)


def test_a_booking_of_a_trial_and_its_cancellation_in_time():
    customer = come_for_a_trial(origin="web")

    booking = book(customer, at=THEN)
    made = f"booking {booking.pk} made"
    assert last_change(customer) == ("web_lead", "trial_booked", THEN, made)
    sentence = f"Has a trial, and session {booking.class_session_id} to come."
    assert stored(customer)[3] == sentence

    change(booking, "cancelled", at=THEN + HOUR)
    cause = f"booking {booking.pk}: booked to cancelled"
    assert last_change(customer) == ("trial_booked", "web_lead", THEN + HOUR, cause)


@pytest.mark.parametrize(
    ("to", "at", "status", "became"),
    [
        pytest.param("cancelled", EARLY, "lead", "late_cancelled", id="cancelled late"),
        pytest.param("attended", EARLY, "trial_show_no_sale", "attended", id="checked in"),
    ],
)
def test_what_becomes_of_a_booking_of_a_trial(to, at, status, became):
    customer = come_for_a_trial()
    booking = book(customer)

    change(booking, to, at=at)

    cause = f"booking {booking.pk}: booked to {became}"
    assert last_change(customer) == ("trial_booked", status, at, cause)


def test_a_show_is_corrected_and_corrected_back(api):
    customer = come_for_a_trial()
    booking = change(book(customer), "attended", at=TUESDAY_18)

    for minute, to in enumerate(["no_show", "attended", "booked"], start=1):
        change(booking, to, at=TUESDAY_18 + minute * MINUTE)

    assert [(status, at) for status, at, _ in history(api, customer)] == [
        ("trial_booked", written(MONDAY_18)),
        ("trial_no_show", written(TUESDAY_18)),
        ("trial_show_no_sale", written(TUESDAY_18)),
        ("trial_no_show", written(TUESDAY_18 + MINUTE)),
        ("trial_show_no_sale", written(TUESDAY_18 + 2 * MINUTE)),
        ("trial_no_show", written(TUESDAY_18 + 3 * MINUTE)),
    ]


def test_a_forgiven_late_cancellation_counts_no_more():
    customer = come_for_a_trial(origin="referral")
    booking = change(book(customer), "cancelled", at=EARLY)
    services.settle(at=TUESDAY_18)
    assert stored(customer)[0] == "trial_no_show"

    bookings.forgive(booking=booking, by="desk", reason="ill", at=TUESDAY_18 + HOUR)

    cause = f"booking {booking.pk}: late_cancelled to cancelled"
    assert last_change(customer) == ("trial_no_show", "referral", TUESDAY_18 + HOUR, cause)


def test_who_is_promoted_from_the_waiting_list_is_booked():
    session = session_at(capacity=1)
    holding = book(come(email="holder@example.org"), session)
    customer = come_for_a_trial()
    bookings.join_waitlist(customer_id=customer.pk, session_id=session.pk, at=MONDAY_18)
    assert stored(customer)[0] == "lead"

    change(holding, "cancelled", at=THEN)

    cause = f"booking {customer.bookings.get().pk} made"
    assert last_change(customer) == ("lead", "trial_booked", THEN, cause)


def test_a_moved_session_is_past_from_its_new_start(api, clock):
    customer = come_for_a_trial()
    session = book(customer).class_session
    later = TUESDAY_18 + DAY

    bookings.edit_session(session=session, changes={"starts_at": later}, at=THEN)

    clock.move_to(TUESDAY_18 + HOUR)
    assert told(api, customer)["follow_up_status"] == "trial_booked"
    clock.move_to(later)
    row = told(api, customer)
    assert (row["follow_up_status"], row["since"]) == ("trial_no_show", written(later))


def test_a_session_that_only_late_cancelled_bookings_have_may_be_moved_into_the_past():
    customer = come_for_a_trial()
    session = change(book(customer), "cancelled", at=EARLY).class_session

    bookings.edit_session(session=session, changes={"starts_at": MONDAY_18}, at=EARLY)

    cause = f"session {session.pk} moved"
    assert last_change(customer) == ("lead", "trial_no_show", EARLY, cause)


def test_what_the_gym_cancels_is_not_to_come():
    customer = come_for_a_trial()
    session = book(customer).class_session

    bookings.cancel_session(session=session, reason="ill", at=THEN)

    cause = f"session {session.pk} cancelled"
    assert last_change(customer) == ("trial_booked", "lead", THEN, cause)


def test_what_is_lost_with_a_membership_is_not_to_come():
    customer = come_for_a_trial()
    pilates = ClassTypeFactory(is_premium=True)
    membership = MembershipFactory(customer=customer, plan__class_types=[pilates])
    session = session_at()
    session.class_type = pilates
    session.save()
    book(customer, session)
    assert stored(customer)[0] == "trial_booked"

    bookings.cancel_membership(membership=membership, on=THEN.date(), reason="moved away", at=THEN)

    cause = f"membership {membership.pk} cancelled"
    assert last_change(customer) == ("trial_booked", "lead", THEN, cause)


def test_bookings_of_whoever_bought_something_change_nothing():
    customer = come()
    sell(customer)
    before = stored(customer)

    booking = book(customer, at=THEN)
    change(booking, "cancelled", at=THEN + timedelta(minutes=1))

    assert stored(customer) == before
    assert FollowUpChange.objects.count() == 1


def test_a_clock_that_is_behind_puts_no_change_before_the_last_one(api):
    customer = come()
    agreement = sell(customer, at=THEN)

    edit(agreement, status="suspended", at=THEN - MINUTE)

    assert [(status, at) for status, at, _ in history(api, customer)] == [
        ("active_customer", written(THEN)),
        ("active_customer_suspended", written(THEN)),
    ]
