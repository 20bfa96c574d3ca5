"""Messages, the outbox and the mail templates in the admin."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages

from notifications import kinds
from notifications.kinds import KINDS, Kind
from notifications.models import Mail, MailTemplate, Notification
from notifications.tests.factories import MONDAY_NOON, MailFactory, NotificationFactory

pytestmark = pytest.mark.django_db

MESSAGES = "/admin/notifications/notification/"
MAILS = "/admin/notifications/mail/"
TEMPLATES = "/admin/notifications/mailtemplate/"
AGAIN = {"notifications_mail_send_again": "1"}
TUESDAY_NOON = datetime(2030, 5, 14, 12, tzinfo=UTC)


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY_NOON, tick=False) as clock:
        yield clock


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def found(admin_client, url, **asked):
    return list(admin_client.get(url, asked).context["cl"].result_list)


@pytest.mark.parametrize(
    ("url", "make"),
    [
        pytest.param(MESSAGES, lambda: MailFactory().notification, id="messages"),
        pytest.param(MAILS, lambda: MailFactory(failed=True), id="mails"),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


# --- Messages -------------------------------------------------------------------------------------


def test_messages_are_looked_at_and_never_changed(admin_client):
    message = NotificationFactory(body="First line\n<b>second</b>\n")
    before = list(Notification.objects.values())

    looked_at = admin_client.get(change(MESSAGES, message))
    refused = [
        admin_client.post(change(MESSAGES, message), {"title": "Another"}),
        admin_client.post(f"{MESSAGES}{message.pk}/delete/", {"post": "yes"}),
        admin_client.post(MESSAGES + "add/", {}),
    ]

    assert "First line<br>&lt;b&gt;second&lt;/b&gt;" in looked_at.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert list(Notification.objects.values()) == before


def test_messages_are_filtered_by_kind_by_what_was_read_and_by_their_mail(admin_client):
    read = NotificationFactory(read_at=MONDAY_NOON)
    failed = MailFactory(failed=True).notification
    another = NotificationFactory(kind="membership_cancelled")

    assert found(admin_client, MESSAGES, read="yes") == [read]
    assert found(admin_client, MESSAGES, read="no") == [another, failed]
    assert found(admin_client, MESSAGES, kind="membership_cancelled") == [another]
    assert found(admin_client, MESSAGES, mail__status__exact="failed") == [failed]


@pytest.mark.parametrize(
    ("mail", "status"),
    [({}, "Queued"), ({"sent": True}, "Sent"), ({"failed": True}, "Given up"), (None, "No e-mail")],
    ids=["queued", "sent", "given up", "none"],
)
def test_a_message_says_what_became_of_its_mail(admin_client, mail, status):
    message = NotificationFactory() if mail is None else MailFactory(**mail).notification

    row = str(admin_client.get(MESSAGES).context["results"][0])
    its_page = admin_client.get(change(MESSAGES, message)).content.decode()

    assert status in row
    assert status in its_page
    assert (change(MAILS, message) in its_page) is (mail is not None)


# --- Mails ----------------------------------------------------------------------------------------


def test_the_outbox_says_why_a_mail_was_given_up(admin_client):
    failed = MailFactory(failed=True)
    MailFactory()
    MailFactory(sent=True)

    answer = admin_client.get(MAILS, {"status__exact": "failed"})

    assert list(answer.context["cl"].result_list) == [failed]
    assert "550 No such mailbox here" in str(answer.context["results"][0])
    assert "550 No such mailbox here" in admin_client.get(change(MAILS, failed)).content.decode()


@pytest.mark.parametrize(
    ("values", "is_told"), [({"failed": True}, True), ({}, False)], ids=["given up", "queued"]
)
def test_the_page_of_what_was_given_up_leads_to_the_address(admin_client, values, is_told):
    mail = MailFactory(**values)
    customer = mail.notification.customer
    where = f'<a href="/admin/customers/customer/{customer.pk}/change/" class="text-link">'

    page = admin_client.get(change(MAILS, mail)).content.decode()

    assert (f"correct it first ({where}{customer.email}</a>)" in page) is is_told


def test_a_mail_that_was_given_up_is_sent_again_by_its_button(admin_client):
    mail = MailFactory(failed=True)

    answer = admin_client.post(change(MAILS, mail), AGAIN, follow=True)

    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("queued", 0)
    assert (mail.queued_at, mail.due_at) == (TUESDAY_NOON, TUESDAY_NOON)
    assert said_in(answer) == ["Queued again."]
    assert LogEntry.objects.get().change_message == "Sent again."


@pytest.mark.parametrize("values", [{}, {"sent": True}], ids=["queued", "sent"])
def test_what_was_not_given_up_is_not_sent_again(admin_client, values):
    mail = MailFactory(**values)
    before = list(Mail.objects.values())

    its_page = admin_client.get(change(MAILS, mail))
    answer = admin_client.post(change(MAILS, mail), AGAIN, follow=True)

    assert its_page.context["actions_submit_line"] == []
    assert said_in(answer) == ["Nothing to change."]
    assert list(Mail.objects.values()) == before
    assert LogEntry.objects.count() == 0


def test_several_mails_are_sent_again_at_once(admin_client):
    failed = MailFactory.create_batch(2, failed=True)
    sent = MailFactory(sent=True)
    chosen = [mail.pk for mail in (*failed, sent)]

    answer = admin_client.post(
        MAILS, {"action": "send_chosen_again", "_selected_action": chosen}, follow=True
    )

    assert said_in(answer) == [
        "2 queued again.",
        "1 as they were: only what was given up is sent again.",
    ]
    assert Mail.objects.filter(status="queued", due_at=TUESDAY_NOON).count() == 2
    assert LogEntry.objects.count() == 2


def test_who_may_only_look_sends_nothing_again(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="view_mail"))
    client.force_login(guest)
    mail = MailFactory(failed=True)
    chosen = {"action": "send_chosen_again", "_selected_action": mail.pk}

    looked_at = client.get(change(MAILS, mail))
    refused = client.post(change(MAILS, mail), AGAIN)
    client.post(MAILS, chosen)

    assert (looked_at.status_code, refused.status_code) == (200, 403)
    assert looked_at.context["actions_submit_line"] == []
    assert Mail.objects.get().status == "failed"


# --- Mail templates -------------------------------------------------------------------------------

CLOSED = Kind(
    name="closed",
    label="The gym is closed",
    mails=True,
    variables={"customer.first_name": "Anna", "count": 2},
    subject="Closed, {{ customer.first_name }}",
    body="{{ count }} day{{ count|pluralize }} <long>",
)


@pytest.fixture
def template(monkeypatch):
    monkeypatch.setitem(KINDS, "closed", CLOSED)
    return MailTemplate.objects.create(kind="closed", subject=CLOSED.subject, body=CLOSED.body)


def test_each_kind_with_words_of_its_own_has_a_template_and_none_is_added_or_deleted(admin_client):
    worded = {kind for kind, _ in kinds.choices() if KINDS[kind].subject}
    one = MailTemplate.objects.first()

    refused = [
        admin_client.post(TEMPLATES + "add/", {"subject": "A", "body": "B"}),
        admin_client.post(f"{TEMPLATES}{one.pk}/delete/", {"post": "yes"}),
    ]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert {row.kind for row in found(admin_client, TEMPLATES)} == worded


def test_a_template_is_edited_and_the_page_shows_how_it_reads(admin_client, template):
    body = {"subject": "Shut, {{ customer.first_name|upper }}", "body": template.body}

    admin_client.post(change(TEMPLATES, template), body)
    answer = admin_client.get(change(TEMPLATES, template))

    preview = answer.context["preview"]
    assert (preview.subject, preview.body) == ("Shut, ANNA", "2 days <long>\n")
    assert preview.variables == [("{{ customer.first_name }}", "Anna"), ("{{ count }}", "2")]
    assert "2 days &lt;long&gt;" in answer.content.decode()


@pytest.mark.parametrize("field", ["subject", "body"])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "{{ customer.frist_name }}",
            "There is no customer.frist_name here. There are: customer.first_name, count.",
            id="unknown variable",
        ),
        pytest.param("{{ count", "{{ stands alone in line 1.", id="half a tag"),
        pytest.param("{% include 'x' %}", None, id="another tag"),
        pytest.param(" ", "This field is required.", id="empty"),
        pytest.param("\x00", "Null characters are not allowed.", id="null"),
        pytest.param("a" * 10_001, None, id="too long"),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused_on_its_field(
    admin_client, template, field, text, problem
):
    before = list(MailTemplate.objects.values())
    body = {"subject": template.subject, "body": template.body} | {field: text}

    answer = admin_client.post(change(TEMPLATES, template), body)

    assert list(errors_on(answer)) == [field]
    assert problem is None or errors_on(answer)[field] == [problem]
    assert answer.context["preview"].subject == "Closed, Anna"
    assert list(MailTemplate.objects.values()) == before
    assert LogEntry.objects.count() == 0


def test_a_saved_text_whose_variables_are_gone_is_told_instead_of_shown(
    admin_client, template, monkeypatch
):
    monkeypatch.delitem(KINDS, "closed")

    answer = admin_client.get(change(TEMPLATES, template))

    assert answer.status_code == 200
    assert answer.context["preview"].problem.startswith("There is no customer.first_name here.")
