"""Milestones and awards in the admin: the API's rules, and how a congratulation reads."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from benefits.tests.factories import BenefitUsageFactory
from bookings.tests.admin import CUSTOMERS, as_shown, change, errors_on, said_in
from bookings.tests.factories import WaitlistEntryFactory
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory
from milestones.models import Milestone, MilestoneAward
from milestones.tests.factories import MilestoneAwardFactory, MilestoneFactory
from notifications.models import Notification
from notifications.tests.factories import MailFactory, NotificationFactory

pytestmark = pytest.mark.django_db

MILESTONES = "/admin/milestones/milestone/"
AWARDS = "/admin/milestones/milestoneaward/"
TEN = {
    "name": "Ten in a month",
    "session_count": "10",
    "interval_count": "1",
    "interval_unit": "month",
    "counts": "booked",
    "is_active": "on",
    "email_subject": "Well done, {{ customer.first_name }}",
    "email_body": "{{ session_count }} within {{ interval }}",
}


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


def told_award():
    return MilestoneAwardFactory(notification=MailFactory(failed=True).notification)


@pytest.mark.parametrize(("url", "make"), [(MILESTONES, MilestoneFactory), (AWARDS, told_award)])
def test_a_list_costs_the_same_however_long_it_is(admin_client, queries_in, url, make):
    make()
    one = queries_in(lambda: admin_client.get(url))
    for _ in range(4):
        make()

    five = queries_in(lambda: admin_client.get(url))

    assert five == one


def test_a_milestone_is_made_and_its_page_shows_how_the_congratulation_reads(admin_client):
    admin_client.post(MILESTONES + "add/", TEN)
    milestone = Milestone.objects.get()
    answer = admin_client.get(change(MILESTONES, milestone))

    preview = answer.context["preview"]
    assert (milestone.name, milestone.session_count) == ("Ten in a month", 10)
    assert (preview.subject, preview.body) == ("Well done, Anna", "10 within 1 month\n")
    assert ("{{ milestone.name }}", "Ten in a month") in preview.variables
    assert "Well done, Anna" in answer.content.decode()


def test_a_milestones_preview_is_about_this_milestone(admin_client):
    milestone = MilestoneFactory(
        name="Eight in two weeks", session_count=8, interval_count=2, interval_unit="week"
    )

    answer = admin_client.get(change(MILESTONES, milestone))

    preview = answer.context["preview"]
    examples = {one.written.strip("{} "): one.example for one in preview.variables}
    assert examples["milestone.name"] == "Eight in two weeks"
    assert (examples["session_count"], examples["interval"]) == ("8", "2 weeks")
    assert (examples["interval_count"], examples["interval_unit"]) == ("2", "week")
    assert (examples["window_start"], examples["window_end"]) == ("6 May 2030", "20 May 2030")
    assert "8 sessions within 2 weeks" in preview.body


def test_an_empty_form_begins_with_a_congratulation(admin_client):
    answer = admin_client.get(MILESTONES + "add/")

    assert answer.context["preview"].subject == "Ten in a month: congratulations, Anna!"
    assert as_shown(answer)["email_subject"].startswith("{{ milestone.name }}")


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        pytest.param(
            {"email_subject": "{{ customer.age }}"},
            {"email_subject": "There is no customer.age here."},
            id="unknown variable in the subject",
        ),
        pytest.param(
            {"email_body": "{% if session_count %}"},
            {"email_body": "Unclosed tag on line 1: 'if'."},
            id="half a template in the body",
        ),
        pytest.param(
            {"session_count": "0"},
            {"session_count": "Ensure this value is greater than or equal to 1."},
            id="no sessions",
        ),
        pytest.param(
            {"interval_count": "0"},
            {"interval_count": "Ensure this value is greater than or equal to 1."},
            id="no time",
        ),
        pytest.param(
            {"interval_count": "101", "interval_unit": "year"},
            {"interval_count": "At most 100 years."},
            id="more than a hundred years",
        ),
    ],
)
def test_a_wrong_milestone_is_told_on_its_field_and_not_written(admin_client, wrong, errors):
    milestone = MilestoneFactory(name="Eight in a week")
    before = list(Milestone.objects.values())

    answers = [
        admin_client.post(url, TEN | wrong)
        for url in (MILESTONES + "add/", change(MILESTONES, milestone))
    ]

    # What is previewed is what is saved.
    for answer, saved in zip(answers, ("Ten in a month", "Eight in a week"), strict=True):
        told = errors_on(answer)
        assert list(told) == list(errors)
        assert all(told[name][0].startswith(why) for name, why in errors.items())
        assert answer.context["preview"].subject == f"{saved}: congratulations, Anna!"
    assert list(Milestone.objects.values()) == before
    assert LogEntry.objects.count() == 0


def test_a_milestone_that_was_awarded_is_not_deleted(admin_client):
    award = MilestoneAwardFactory()

    answer = admin_client.post(f"{MILESTONES}{award.milestone_id}/delete/", {"post": "yes"})

    assert said_in(answer) == ["This cannot be deleted: milestone awards refer to it."]
    assert Milestone.objects.count() == 1


# --- A customer's page ----------------------------------------------------------------------------

LISTS = [
    "Benefit usages",
    "Bookings",
    "Memberships",
    "Milestone awards",
    "Notifications",
    "Waitlist entries",
]


def test_a_customers_page_leads_to_what_there_is_about_the_customer(admin_client):
    award, _another = told_award(), told_award()
    anna = award.customer
    waits = WaitlistEntryFactory(customer=anna)
    used = BenefitUsageFactory(person=anna)
    member = MembershipFactory(customer=anna)
    theirs = [used, award.booking, member, award, award.notification, waits]
    Notification.objects.filter(pk=award.notification_id).update(customer=anna)
    MembershipFactory()

    elsewhere = admin_client.get(change(CUSTOMERS, anna)).context["elsewhere"]
    # The apps above this one add theirs.
    elsewhere = [(name, address) for name, address in elsewhere if name in LISTS]

    assert [name for name, _ in elsewhere] == LISTS
    found = [admin_client.get(address).context["cl"].result_list for _, address in elsewhere]
    assert [list(rows) for rows in found] == [[one] for one in theirs]


def test_a_customers_page_leads_nowhere_that_staff_may_not_go(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    may = ["view_customer", "view_membership"]
    guest.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(guest)

    answer = client.get(change(CUSTOMERS, CustomerFactory()))

    assert [name for name, _ in answer.context["elsewhere"]] == ["Memberships"]


# --- Awards ---------------------------------------------------------------------------------------


def test_awards_are_looked_at_and_never_changed(admin_client):
    award = told_award()
    before = list(MilestoneAward.objects.values())

    its_page = admin_client.get(change(AWARDS, award))
    looked_at = its_page.content.decode()
    refused = [
        admin_client.post(change(AWARDS, award), {"number": "7"}),
        admin_client.post(f"{AWARDS}{award.pk}/delete/", {"post": "yes"}),
        admin_client.post(AWARDS + "add/", {}),
    ]

    assert its_page.context["subtitle"] == f"{award.milestone.name} #1"
    assert f"/admin/bookings/booking/{award.booking_id}/change/" in looked_at
    assert f"/admin/notifications/notification/{award.notification_id}/change/" in looked_at
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert list(MilestoneAward.objects.values()) == before


@pytest.mark.parametrize(
    ("notification", "in_the_list", "on_its_page"),
    [
        (lambda: None, "No e-mail", "Nobody was told"),
        (NotificationFactory, "No e-mail", "In the app only"),
        (lambda: MailFactory(sent=True).notification, "Sent", "E-mail: sent"),
        (lambda: MailFactory(failed=True).notification, "Given up", "E-mail: given up"),
    ],
    ids=["nobody told", "no mail", "sent", "given up"],
)
def test_an_award_says_what_became_of_its_mail(
    admin_client, notification, in_the_list, on_its_page
):
    award = MilestoneAwardFactory(notification=notification())

    row = str(admin_client.get(AWARDS).context["results"][0])
    its_page = admin_client.get(change(AWARDS, award)).content.decode()

    assert in_the_list in row
    assert on_its_page in its_page


def test_awards_are_filtered_by_milestone_and_by_their_mail(admin_client):
    untold, failed = MilestoneAwardFactory(), told_award()

    by_milestone = admin_client.get(AWARDS, {"milestone__id__exact": untold.milestone_id})
    by_mail = admin_client.get(AWARDS, {"notification__mail__status__exact": "failed"})

    assert list(by_milestone.context["cl"].result_list) == [untold]
    assert list(by_mail.context["cl"].result_list) == [failed]
