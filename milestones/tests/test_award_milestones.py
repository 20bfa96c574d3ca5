"""What `manage.py award_milestones` awards for the past."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bookings.tests.factories import BookingFactory
from customers.tests.factories import CustomerFactory
from milestones.models import MilestoneAward
from milestones.services import award_the_past
from milestones.states import Counts
from milestones.tests.factories import MilestoneFactory
from milestones.tests.stretches import MONDAY_18, book, day
from notifications.models import Mail, Notification

pytestmark = pytest.mark.django_db


def award(milestone, *options):
    """Give what the command printed."""
    printed = StringIO()
    number = milestone if isinstance(milestone, int) else milestone.pk
    call_command("award_milestones", f"--milestone={number}", *options, stdout=printed)
    return printed.getvalue()


def weekly(sessions, **given):
    return MilestoneFactory(name="In a week", session_count=sessions, interval_unit="week", **given)


def awards(**of):
    found = MilestoneAward.objects.filter(**of).order_by("customer", "number")
    return [(one.number, one.booking.class_session.starts_at, one.window_end) for one in found]


def test_the_past_is_awarded_as_if_session_after_session_had_been_counted():
    anna, berta = CustomerFactory.create_batch(2)
    # Booked in another order than they take place.
    book(anna, 5, 4, 9, 1, 3, 0)
    book(berta, 0, 7)
    milestone = weekly(2)

    said = award(milestone)

    assert said == "In a week: 3 awarded, without telling anybody.\n"
    assert awards() == [
        (1, day(1), day(1)),
        (2, day(4), day(4)),
        (3, day(9), day(9)),
    ]
    assert not MilestoneAward.objects.filter(customer=berta).exists()


def test_awarding_the_past_again_awards_nothing():
    book(CustomerFactory(), 0, 1, 2)
    milestone = weekly(2)
    award(milestone, "--notify")
    before = list(MilestoneAward.objects.values())

    said = award(milestone, "--notify")

    assert said == "In a week: 0 awarded, each with a congratulation.\n"
    assert list(MilestoneAward.objects.values()) == before
    assert Notification.objects.count() == Mail.objects.count() == 1


def test_nobody_is_told_unless_staff_ask_for_it(api):
    customer = CustomerFactory()
    book(customer, 0, 1)

    award(weekly(2))

    [found] = api.get("/api/milestone_awards").json()["results"]
    assert found["email_status"] == "none"
    assert not Notification.objects.exists()
    assert not Mail.objects.exists()


def test_each_award_is_told_once_where_staff_ask_for_it(api):
    first, second = CustomerFactory.create_batch(2, first_name="Zoë")
    book(first, 0, 1, 2, 3)
    book(second, 0, 1)

    award(weekly(2, email_subject="{{ customer.first_name }}: {{ award_number }}"), "--notify")

    told = Notification.objects.order_by("customer", "pk").values_list("customer", "title")
    assert list(told) == [(first.pk, "Zoë: 1"), (first.pk, "Zoë: 2"), (second.pk, "Zoë: 1")]
    found = api.get("/api/milestone_awards").json()["results"]
    assert [one["email_status"] for one in found] == ["queued"] * 3


def test_what_was_awarded_with_the_bookings_is_not_awarded_again():
    milestone = weekly(2)
    customer = CustomerFactory()
    book(customer, 0, 1, 2)
    # As an import would: nobody hears of these.
    for number in (3, 4, 5):
        BookingFactory(customer=customer, class_session__starts_at=day(number))

    award(milestone)

    assert awards() == [(1, day(1), day(1)), (2, day(3), day(3)), (3, day(5), day(5))]
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        pytest.param(Counts.BOOKED, [day(1), day(3)], id="bookings, whether they came or not"),
        pytest.param(Counts.ATTENDED, [day(2)], id="visits"),
    ],
)
def test_the_past_counts_what_the_milestone_counts(counts, ends):
    customer = CustomerFactory()
    statuses = ("attended", "no_show", "attended", "booked", "cancelled", "late_cancelled")
    for number, status in enumerate(statuses):
        BookingFactory(customer=customer, class_session__starts_at=day(number), status=status)

    award(weekly(2, counts=counts))

    assert [end for _, _, end in awards()] == ends


def test_a_milestone_that_is_not_there_is_named():
    with pytest.raises(CommandError, match=r"^There is no milestone 999999\.$"):
        award(999_999)


def test_an_inactive_milestone_is_not_awarded():
    book(CustomerFactory(), 0)

    with pytest.raises(CommandError, match=r"^In a week is not active\.$"):
        award(weekly(1, is_active=False))

    assert not MilestoneAward.objects.exists()


def test_a_run_that_broke_off_is_taken_up_where_it_was():
    first, second = CustomerFactory.create_batch(2)
    for customer in (first, second):
        book(customer, 0, 1)
    milestone = weekly(2)
    award_the_past(milestone=milestone, customer_ids=[first.pk], is_told=True, at=MONDAY_18)

    said = award(milestone, "--notify")

    assert said == "In a week: 1 awarded, each with a congratulation.\n"
    assert Mail.objects.filter(notification__customer=first).count() == 1
    assert Mail.objects.filter(notification__customer=second).count() == 1


def test_the_past_costs_the_same_for_one_customer_as_for_ten(django_assert_num_queries, queries_in):
    milestone = weekly(1)
    BookingFactory()
    for_one = queries_in(lambda: award(milestone, "--notify"))
    for customer in CustomerFactory.create_batch(10):
        for number in range(3):
            BookingFactory(customer=customer, class_session__starts_at=day(number))

    with django_assert_num_queries(for_one):
        award(milestone, "--notify")

    assert MilestoneAward.objects.count() == 31
