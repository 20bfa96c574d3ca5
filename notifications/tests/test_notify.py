from datetime import timedelta

import pytest
from django.db import transaction

from customers.tests.factories import CustomerFactory
from notifications.kinds import Kind
from notifications.models import Mail, Notification
from notifications.services import Message, mark_read, notify, send_again
from notifications.states import MailStatus
from notifications.tests.factories import MONDAY_NOON, MailFactory, NotificationFactory

WITH_MAIL = Kind(name="milestone_award", label="Milestone reached", mails=True)
WITHOUT_MAIL = Kind(name="hint", label="Hint", mails=False)
LATER = MONDAY_NOON + timedelta(hours=1)


def message(customer, key="milestone_award:1", kind=WITH_MAIL, title="Well done"):
    return Message(
        customer_id=customer.pk, kind=kind, key=key, title=title, body="Ten!\n", data={"award": 1}
    )


@pytest.mark.django_db
def test_a_message_lies_in_the_inbox_and_its_mail_is_due_at_once():
    customer = CustomerFactory()

    told = notify([message(customer)], at=MONDAY_NOON)

    written = Notification.objects.get()
    assert told == {"milestone_award:1": written}
    assert written.customer == customer
    assert (written.kind, written.title, written.body) == ("milestone_award", "Well done", "Ten!\n")
    assert (written.data, written.created_at, written.read_at) == ({"award": 1}, MONDAY_NOON, None)
    mail = Mail.objects.get()
    assert mail.notification == written
    assert (mail.status, mail.queued_at, mail.due_at) == (
        MailStatus.QUEUED,
        MONDAY_NOON,
        MONDAY_NOON,
    )


@pytest.mark.django_db
def test_an_occasion_is_told_once_and_as_it_was_told_first():
    customer = CustomerFactory()
    first = notify([message(customer)], at=MONDAY_NOON)

    again = notify([message(customer, title="Other words")], at=LATER)

    assert again == first
    assert list(Notification.objects.values_list("title", "created_at")) == [
        ("Well done", MONDAY_NOON)
    ]
    assert list(Mail.objects.values_list("queued_at", flat=True)) == [MONDAY_NOON]


@pytest.mark.django_db
def test_an_occasion_whose_mail_was_sent_is_not_mailed_again():
    sent = MailFactory(sent=True)

    notify([message(sent.notification.customer, key=sent.notification.key)], at=LATER)

    assert list(Mail.objects.values_list("status", "sent_at")) == [(MailStatus.SENT, MONDAY_NOON)]


@pytest.mark.django_db
def test_a_key_that_comes_twice_in_one_call_is_told_once():
    customer = CustomerFactory()

    notify([message(customer), message(customer, title="Other words")], at=MONDAY_NOON)

    assert Notification.objects.get().title == "Well done"
    assert Mail.objects.count() == 1


@pytest.mark.django_db
def test_only_the_kinds_that_ask_for_a_mail_are_mailed():
    customer = CustomerFactory()

    told = notify(
        [message(customer, key="a"), message(customer, key="b", kind=WITHOUT_MAIL)], at=MONDAY_NOON
    )

    assert Notification.objects.count() == 2
    assert Mail.objects.get().notification == told["a"]


@pytest.mark.django_db
def test_fifty_messages_cost_the_statements_of_one(queries_in):
    customers = CustomerFactory.create_batch(51)
    one, *others = [message(each, key=f"award:{each.pk}") for each in customers]

    with transaction.atomic():
        statements = [
            queries_in(lambda messages=messages: notify(messages, at=MONDAY_NOON))
            for messages in ([one], others)
        ]

    # Two of them are the savepoint's.
    assert statements == [5, 5]
    assert Mail.objects.count() == 51


@pytest.mark.django_db
def test_nothing_to_tell_costs_no_statement(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(2):
        told = notify([], at=MONDAY_NOON)

    assert told == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("rolls_back", "said"), [(True, 0), (False, 1)], ids=["rolled back", "committed"]
)
def test_a_message_shares_the_fate_of_its_callers_transaction(rolls_back, said):
    customer = CustomerFactory()

    with transaction.atomic():
        notify([message(customer)], at=MONDAY_NOON)
        transaction.set_rollback(rolls_back)

    assert Notification.objects.count() == said
    assert Mail.objects.count() == said


@pytest.mark.django_db
def test_a_message_read_twice_was_read_the_first_time():
    notification = NotificationFactory()

    mark_read(notification=notification, at=MONDAY_NOON)
    mark_read(notification=notification, at=LATER)

    notification.refresh_from_db()
    assert notification.read_at == MONDAY_NOON


@pytest.mark.django_db
def test_a_mail_given_up_gets_a_whole_day_again():
    mail = MailFactory(failed=True)

    is_queued = send_again(mail=mail, at=LATER)

    mail.refresh_from_db()
    assert is_queued
    assert (mail.status, mail.queued_at, mail.due_at) == (MailStatus.QUEUED, LATER, LATER)
    assert (mail.attempts, mail.worker) == (0, "")


@pytest.mark.django_db
@pytest.mark.parametrize("state", [{}, {"sent": True}], ids=["queued", "sent"])
def test_only_what_was_given_up_is_sent_again(state):
    mail = MailFactory(**state)
    before = Mail.objects.values().get()

    is_queued = send_again(mail=mail, at=LATER)

    assert not is_queued
    assert Mail.objects.values().get() == before


@pytest.mark.django_db
def test_a_message_whose_words_came_to_nothing_is_called_by_its_kind():
    notify([message(CustomerFactory(), title="")], at=MONDAY_NOON)

    assert Notification.objects.get().title == "Milestone reached"
