from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from bookings.models import Booking
from classes.tests.factories import TUESDAY_18
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups import checks
from followups.models import Agreement, FollowUp, FollowUpChange, FollowUpTally
from followups.services import people_by_status
from followups.tests.factories import AgreementFactory
from followups.tests.stories import MONDAY_18, book, change, come, come_for_a_trial, sell

pytestmark = pytest.mark.django_db

RIGHT = "customers checked: every status is right."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY_18, tick=False) as traveller:
        yield traveller


def check_follow_ups(**options):
    """Give the lines that the command printed and the sentence with which it failed, if it did."""
    printed = StringIO()
    try:
        call_command("check_follow_ups", stdout=printed, **options)
    except CommandError as error:
        return printed.getvalue().splitlines(), str(error)
    return printed.getvalue().splitlines(), None


def people():
    return {status: number for status, number in people_by_status().items() if number}


def test_everybody_as_the_services_leave_them_is_right(clock):
    sell(come())
    book(come_for_a_trial(email="trial@example.org"))
    come(email="lead@example.org")

    assert check_follow_ups() == ([f"3 {RIGHT}"], None)
    clock.move_to(TUESDAY_18)
    assert check_follow_ups() == ([f"3 {RIGHT}"], None)
    assert people() == {"active_customer": 1, "trial_no_show": 1, "lead": 1}


def test_nobody_is_right():
    assert check_follow_ups() == ([f"0 {RIGHT}"], None)


def behind_the_back(customer, agreement, booking):
    return {
        "an origin": lambda: Customer.objects.filter(pk=customer.pk).update(origin="web"),
        "an agreement's state": lambda: Agreement.objects.filter(pk=agreement.pk).update(
            status="suspended"
        ),
        "a booking": lambda: Booking.objects.filter(pk=booking.pk).update(
            status="attended", checked_in_at=MONDAY_18
        ),
        "a status": lambda: FollowUp.objects.filter(pk=customer.pk).update(status="drop_in"),
        "the agreement that decided": lambda: FollowUp.objects.filter(
            pk=agreement.customer_id
        ).update(agreement=None),
    }


@pytest.mark.parametrize(
    ("changed", "whose", "said"),
    [
        ("an origin", "lead", "lead, not web_lead"),
        ("an agreement's state", "customer", "active_customer, not active_customer_suspended"),
        ("a booking", "trial", "trial_booked, not trial_show_no_sale"),
        ("a status", "lead", "drop_in, not lead"),
        ("the agreement that decided", "customer", "active_customer, not active_customer"),
    ],
)
def test_what_was_changed_by_hand_is_named_left_alone_and_repaired(changed, whose, said):
    people_of = {
        "lead": come(email="lead@example.org"),
        "customer": come(email="customer@example.org"),
        "trial": come_for_a_trial(email="trial@example.org"),
    }
    agreement, booking = sell(people_of["customer"]), book(people_of["trial"])
    behind_the_back(people_of["lead"], agreement, booking)[changed]()
    before = list(FollowUp.objects.order_by("pk").values())

    lines, failed = check_follow_ups()

    assert lines[0] == f"Customer {people_of[whose].pk}: {said}."
    assert failed is not None
    assert failed.endswith("--repair puts them right.")
    assert list(FollowUp.objects.order_by("pk").values()) == before

    lines, failed = check_follow_ups(repair=True)

    assert failed is None
    assert lines[-1].startswith("Repaired: ")
    assert check_follow_ups() == ([f"3 {RIGHT}"], None)
    assert sum(people().values()) == 3


def test_a_repair_is_in_the_history():
    customer = come()
    Customer.objects.filter(pk=customer.pk).update(origin="web")

    check_follow_ups(repair=True)

    change = FollowUpChange.objects.get()
    assert (change.from_status, change.to_status) == ("lead", "web_lead")
    assert (change.changed_at, change.cause) == (MONDAY_18, "corrected by check_follow_ups")


def test_who_was_written_behind_the_applications_back_has_no_status_until_repaired():
    customer = CustomerFactory(origin="referral")
    imported = AgreementFactory(status="collections").customer

    assert check_follow_ups() == (
        [
            f"Customer {customer.pk}: no status, not referral.",
            f"Customer {imported.pk}: no status, not collections_customer.",
        ],
        "Differences: 2. --repair puts them right.",
    )

    assert check_follow_ups(repair=True)[0][-1] == "Repaired: 2."
    assert check_follow_ups() == ([f"2 {RIGHT}"], None)
    assert people() == {"collections_customer": 1, "referral": 1}
    assert not FollowUpChange.objects.exists()


def test_a_missing_row_is_made_again():
    customer = come()
    FollowUp.objects.all().delete()

    lines, _ = check_follow_ups()
    assert lines == [
        f"Customer {customer.pk}: no status, not lead.",
        "lead: counted 1, there are 0.",
    ]

    check_follow_ups(repair=True)

    assert check_follow_ups() == ([f"1 {RIGHT}"], None)
    assert people() == {"lead": 1}


@pytest.mark.parametrize("wrong", [-2, 3], ids=["too few", "too many"])
def test_a_wrong_tally_is_named_and_repaired(wrong):
    come()
    FollowUpTally.objects.create(status="lead", people=wrong)

    assert check_follow_ups() == (
        [f"lead: counted {1 + wrong}, there are 1."],
        "Differences: 1. --repair puts them right.",
    )

    assert check_follow_ups(repair=True)[0][-1] == "Repaired: 1."
    assert check_follow_ups() == ([f"1 {RIGHT}"], None)
    assert people() == {"lead": 1}


@pytest.mark.slow
def test_everybody_is_checked_span_by_span(monkeypatch):
    monkeypatch.setattr(checks, "CHECKED_TOGETHER", 2)
    made = [CustomerFactory() for _ in range(5)]

    lines, _ = check_follow_ups()

    assert lines == [f"Customer {one.pk}: no status, not lead." for one in made]


def test_of_many_a_hundred_are_named():
    CustomerFactory.create_batch(101)

    lines, failed = check_follow_ups()

    assert (len(lines), lines[-1]) == (101, "… and 1 more.")
    assert failed == "Differences: 101. --repair puts them right."


def test_what_happens_during_the_check_is_no_difference(clock):
    customer = come_for_a_trial()
    booking = book(customer)
    span = checks.spans()[-1]
    before = TUESDAY_18 - timedelta(minutes=5)
    change(booking, "attended", at=before + timedelta(seconds=1))

    differing = list(checks.wrong_statuses(*span, at=before))

    assert [one.customer_id for one in differing] == [customer.pk]
    assert checks.confirmed(differing, at=TUESDAY_18) == []
