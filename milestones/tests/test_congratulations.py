"""What the customer is told of an award: once, in the milestone's own words."""

import pytest

from customers.tests.factories import CustomerFactory
from milestones.models import MilestoneAward
from milestones.tests.factories import MilestoneFactory
from milestones.tests.stretches import MONDAY_18, book
from notifications.models import Mail, Notification
from notifications.states import MailStatus

pytestmark = pytest.mark.django_db


def test_an_award_is_told_in_the_inbox_and_one_mail_is_queued():
    customer = CustomerFactory(first_name="Anna")
    milestone = MilestoneFactory(name="Warm-up", session_count=2)
    book(customer, 0)

    booking = book(customer, 1)

    award = MilestoneAward.objects.get()
    told = Notification.objects.get()
    assert (told.customer, told.kind) == (customer, "milestone_award")
    assert (told.key, award.notification) == (f"milestone_award:{award.pk}", told)
    assert told.data == {"award": award.pk, "milestone": milestone.pk, "booking": booking.pk}
    assert told.created_at == MONDAY_18
    assert told.title == "Warm-up: congratulations, Anna!"
    assert told.body == (
        'Hello Anna,\n\n2 sessions within 1 month: you have reached "Warm-up". Well done!\n\n'
        "See you at the next one.\n"
    )
    mail = Mail.objects.get()
    assert (mail.notification, mail.status) == (told, MailStatus.QUEUED)
    assert mail.queued_at == mail.due_at == MONDAY_18


def test_subject_and_body_are_the_milestones_own_with_every_letter_as_it_is_written(berlin):
    customer = CustomerFactory(first_name="Zoë", last_name="O'Neill", email="zoë@exämple.org")
    MilestoneFactory(
        name="Söhne & Töchter's <3",
        session_count=1,
        interval_count=2,
        interval_unit="week",
        email_subject="An {{ customer.first_name }} {{ customer.last_name }}: {{ milestone.name }}",
        email_body=(
            "{{ customer.email }}\r\n{{ session_count }} in {{ interval }}\r\n"
            "{{ interval_count }}x{{ interval_unit }}, Nº {{ award_number }}\r\n"
            '{{ window_start|date:"Y-m-d" }} to {{ window_end|date:"Y-m-d" }}'
        ),
    )

    book(customer, 0)

    told = Notification.objects.get()
    assert told.title == "An Zoë O'Neill: Söhne & Töchter's <3"
    assert told.body == ("zoë@exämple.org\n1 in 2 weeks\n2xweek, Nº 1\n2030-04-30 to 2030-05-14\n")


def test_each_award_is_told_by_its_own_number():
    customer = CustomerFactory()
    MilestoneFactory(session_count=1, email_subject="Number {{ award_number }}")

    book(customer, 0, 1)

    titles = Notification.objects.order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Number 1", "Number 2"]
    assert Mail.objects.count() == 2


def test_what_was_told_stays_when_the_words_are_changed():
    customer = CustomerFactory()
    milestone = MilestoneFactory(session_count=1, email_subject="Before")
    book(customer, 0)

    milestone.email_subject = "After"
    milestone.save(update_fields=["email_subject"])

    assert Notification.objects.get().title == "Before"


def test_a_name_with_a_line_break_stays_one_line_of_the_subject():
    customer = CustomerFactory(first_name="Anna\r\nBcc: all@example.org")
    MilestoneFactory(session_count=1, email_subject="{{ customer.first_name }}!")

    book(customer, 0)

    assert Notification.objects.get().title == "Anna Bcc: all@example.org!"
