"""The admin's common ground: refusals as sentences, exports, counts."""

import csv
from io import StringIO
from itertools import product

import pytest
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.admin import export
from core.admin.counting import ESTIMATED_FROM
from core.admin.refusals import NotDone, attempt
from core.models import ApiKey
from core.tests.operations import Broken

pytestmark = pytest.mark.django_db

PAGES = admin.site._registry
# They come about by themselves, whatever staff may do.
NOT_MADE_BY_STAFF = {
    "bookings.CalendarToken",
    "followups.FollowUp",
    "milestones.MilestoneAward",
    "notifications.Mail",
    "notifications.MailTemplate",
    "notifications.Notification",
    "promotions.PromoNotice",
    "promotions.PromoReservation",
    "workouts.Workout",
}
KEYS = "/admin/core/apikey/"


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(
        username="desk", password="a hash", is_staff=True, is_superuser=True
    )


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def page(model, name):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")


def rows_of(answer):
    return list(csv.reader(StringIO(answer.getvalue().decode().removeprefix("\ufeff"))))


def test_every_list_is_there(admin_client):
    broken = Broken()

    for model in PAGES:
        with broken.by(model._meta.label):
            assert admin_client.get(page(model, "changelist")).status_code == 200

    assert not broken, str(broken)


def test_an_empty_form_is_there_for_everything_that_staff_make(admin_client):
    broken = Broken()

    for model in PAGES:
        with broken.by(model._meta.label):
            status = admin_client.get(page(model, "add")).status_code

            assert status == (403 if model._meta.label in NOT_MADE_BY_STAFF else 200)

    assert not broken, str(broken)


def test_a_form_is_there_whatever_its_address_proposes_to_pick(rf, admin_user):
    picking = [(model, its) for model, its in PAGES.items() if its.autocomplete_fields]
    broken = Broken()

    for (model, its), proposed in product(picking, ["9" * 30, "-1", "Anna", "1\x00"]):
        with broken.by(f"{model._meta.label}: {proposed!r}"):
            request = rf.get("/", dict.fromkeys(its.autocomplete_fields, proposed))
            request.user = admin_user

            answer = its.add_view(request)

            assert answer.status_code == 200
            # Without the page around it, which is the same each time.
            form = str(answer.context_data["adminform"].form)
            assert all(f'name="{field}"' in form for field in its.autocomplete_fields)

    assert not broken, str(broken)


def test_a_form_is_there_whatever_its_address_proposes_for_a_time(admin_client):
    for name in ("benefits_benefitusage", "classes_classsession"):
        answer = admin_client.get(
            reverse(f"admin:{name}_add"), {"used_at": "xyz", "starts_at": "xyz"}
        )

        assert answer.status_code == 200


def test_the_only_pickers_are_the_gyms_own(admin_client):
    asked = {"app_label": "benefits", "model_name": "benefitusage", "field_name": "benefit"}

    answer = admin_client.get("/admin/autocomplete/", asked | {"term": "\x00"})

    assert answer.status_code == 404


def test_nobody_but_staff_sees_a_page(client):
    broken = Broken()

    for model in PAGES:
        with broken.by(model._meta.label):
            answer = client.get(page(model, "changelist"))

            assert answer.status_code == 302
            assert answer.url.startswith("/admin/login/")

    assert not broken, str(broken)


def test_every_list_can_be_searched_and_finds_nothing_that_is_not_there(rf, admin_user):
    broken = Broken()

    for model, its in PAGES.items():
        with broken.by(model._meta.label):
            request = rf.get("/", {"q": "nobody is called this"})
            request.user = admin_user

            answer = its.changelist_view(request)

            assert answer.status_code == 200
            assert answer.context_data["cl"].result_count == 0

    assert not broken, str(broken)


def test_a_search_that_finds_nothing_is_a_page_that_says_so(admin_client):
    answer = admin_client.get(KEYS, {"q": "nobody is called this"})

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 0


def test_the_sidebar_links_what_one_may_see_and_no_more(client):
    guest = User.objects.create(username="guest", is_staff=True)
    client.force_login(guest)

    page_of_a_guest = client.get("/admin/").content.decode()

    assert KEYS not in page_of_a_guest


def test_the_sidebar_links_every_list(admin_client):
    home = admin_client.get("/admin/").content.decode()

    missing = [model for model in PAGES if page(model, "changelist") not in home]
    assert missing == []


def test_somebody_who_works_here_is_made_inactive_and_never_deleted(admin_client):
    gone = User.objects.create(username="gone", is_staff=True)
    LogEntry.objects.create(user=gone, action_flag=CHANGE, change_message="Check in.")

    one = admin_client.post(f"/admin/auth/user/{gone.pk}/delete/", {"post": "yes"})
    several = admin_client.post(
        "/admin/auth/user/",
        {"action": "delete_selected", "_selected_action": gone.pk, "post": "yes"},
        follow=True,
    )

    assert one.status_code == 403
    assert said_in(several) == ["No action selected."]
    assert LogEntry.objects.get().user == gone


# --- Refusals -----------------------------------------------------------------------------------


@pytest.fixture
def staffs_request(rf):
    request = rf.post("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def test_a_race_lost_at_the_last_moment_is_a_sentence(staffs_request):
    ApiKey.issue(name="Kiosk")

    with pytest.raises(NotDone) as told:
        attempt(staffs_request, lambda: ApiKey.issue(name="Kiosk"))

    assert str(told.value) == "There is one with this value already."
    assert ApiKey.objects.count() == 1


def test_a_mistake_of_the_programmers_stays_an_error(staffs_request):
    with pytest.raises(IntegrityError):
        attempt(staffs_request, lambda: ApiKey.objects.create(name=None))


@pytest.mark.django_db(transaction=True)
def test_a_contention_is_tried_again_and_told_of_once(staffs_request):
    tries = []

    def save():
        tries.append(ApiKey.issue(name="Kiosk"))
        messages.success(staffs_request, "Saved.")
        if len(tries) == 1:
            raise OperationalError("database is locked")

    attempt(staffs_request, save)

    assert len(tries) == 2
    assert ApiKey.objects.count() == 1
    assert [str(message) for message in get_messages(staffs_request)] == ["Saved."]


@pytest.mark.django_db(transaction=True)
def test_a_contention_that_lasts_is_a_sentence(staffs_request, no_waiting):
    def save():
        ApiKey.issue(name="Kiosk")
        messages.success(staffs_request, "Saved.")
        raise OperationalError("database is locked")

    with pytest.raises(NotDone) as told:
        attempt(staffs_request, save)

    assert str(told.value) == ("Too much happened at once. Nothing was written: please try again.")
    assert ApiKey.objects.count() == 0
    assert [str(message) for message in get_messages(staffs_request)] == []


# --- Export -------------------------------------------------------------------------------------


def test_every_list_can_be_exported(admin_client):
    body = {"action": "export_to_csv", "select_across": "1", "_selected_action": "0"}
    broken = Broken()

    for model, its in PAGES.items():
        with broken.by(model._meta.label):
            answer = admin_client.post(page(model, "changelist"), body)

            assert answer["Content-Type"] == "text/csv; charset=utf-8"
            assert rows_of(answer)[0] == list(its.csv_columns)

    assert not broken, str(broken)


def test_an_export_holds_what_was_selected(admin_client):
    chosen, _ = ApiKey.issue(name="Phone app", is_read_only=True)
    ApiKey.issue(name="Kiosk")

    answer = admin_client.post(KEYS, {"action": "export_to_csv", "_selected_action": chosen.pk})

    made = chosen.created_at.replace(microsecond=0).isoformat(sep=" ")
    assert rows_of(answer) == [
        ["id", "name", "prefix", "read only", "created", "revoked"],
        [str(chosen.pk), "Phone app", export.cell(chosen.prefix), "yes", made, ""],
    ]


def test_a_year_that_no_calendar_has_finds_no_page_of_errors(admin_client):
    answer = admin_client.get(KEYS, {"created_at__year": "9" * 14})

    assert (answer.status_code, answer["Location"]) == (302, f"{KEYS}?e=1")


@pytest.mark.parametrize("nonsense", ["abc", "9" * 30, "\x00", "1.5", "-1", ""])
def test_what_is_no_id_selects_nothing(admin_client, nonsense):
    answer = admin_client.post(KEYS, {"action": "export_to_csv", "_selected_action": nonsense})

    assert answer.status_code == 302


def test_no_export_holds_a_secret(admin_client):
    key, _ = ApiKey.issue(name="Kiosk")
    user = User.objects.get()

    answers = [
        admin_client.post(url, {"action": "export_to_csv", "_selected_action": pk})
        for url, pk in ((KEYS, key.pk), ("/admin/auth/user/", user.pk))
    ]

    text = "".join(answer.getvalue().decode() for answer in answers)
    assert user.username in text
    assert key.digest not in text
    assert user.password not in text


# --- Counting -----------------------------------------------------------------------------------


def test_a_large_list_is_counted_roughly_and_a_filtered_one_exactly(admin_client):
    Group.objects.bulk_create(Group(name=f"Group {n}") for n in range(ESTIMATED_FROM))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE auth_group")

    with CaptureQueriesContext(connection) as queries:
        whole = admin_client.get("/admin/auth/group/").context["cl"]
    counts = sum("COUNT(" in query["sql"] for query in queries)
    found = admin_client.get("/admin/auth/group/", {"q": "9999"}).context["cl"]

    assert counts == (0 if connection.vendor == "postgresql" else 1)
    assert whole.result_count == ESTIMATED_FROM
    assert len(whole.result_list) == 50
    assert found.result_count == 1
