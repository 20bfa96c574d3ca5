"""A class on the schedule every week."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from bookings.tests.admin import SESSIONS, said_in
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory

pytestmark = pytest.mark.django_db

SERIES = SESSIONS + "series/"
# The 14th is a Tuesday.
TWO_WEEKS = {
    "starts_on": "2030-05-14",
    "ends_on": "2030-05-27",
    "weekdays": ["2", "4"],
    "local_time": "18:00",
}


def test_a_series_says_how_many_it_made_and_how_many_were_there(admin_client):
    yoga = ClassTypeFactory(name="Yoga", duration_minutes=45, capacity=20)
    ClassSessionFactory(class_type=yoga, starts_at=TUESDAY_18)

    answer = admin_client.post(SERIES, {**TWO_WEEKS, "class_type": yoga.pk}, follow=True)

    assert said_in(answer) == ["3 sessions were put on the schedule. One was there already."]
    made = ClassSession.objects.exclude(starts_at=TUESDAY_18).order_by("starts_at")
    assert [(one.starts_at, one.duration_minutes, one.capacity) for one in made] == [
        (datetime(2030, 5, day, 18, tzinfo=UTC), 45, 20) for day in (16, 21, 23)
    ]
    assert len(answer.context["cl"].result_list) == 4
    logged = LogEntry.objects.order_by("object_id").values_list("object_id", "change_message")
    assert list(logged) == [(str(one.pk), "Made with a weekly series.") for one in made]


def test_a_series_that_is_there_is_not_made_twice(admin_client):
    asked = {**TWO_WEEKS, "class_type": ClassTypeFactory().pk}
    admin_client.post(SERIES, asked)

    answer = admin_client.post(SERIES, asked)

    sentence = "No session was put on the schedule. 4 were there already."
    assert said_in(answer)[-1] == sentence
    assert ClassSession.objects.count() == 4
    assert LogEntry.objects.count() == 4


def test_a_series_keeps_the_gyms_time_across_a_dst_change(admin_client, berlin):
    days = {"starts_on": "2030-03-26", "ends_on": "2030-04-02", "weekdays": ["2"]}

    admin_client.post(SERIES, {**TWO_WEEKS, **days, "class_type": ClassTypeFactory().pk})

    assert list(ClassSession.objects.order_by("starts_at").values_list("starts_at", flat=True)) == [
        datetime(2030, 3, 26, 17, tzinfo=UTC),
        datetime(2030, 4, 2, 16, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"ends_on": "2030-05-13"}, {"ends_on": ["The last day comes before the first."]}),
        ({"ends_on": "2040-05-13"}, {"ends_on": ["At most 400 sessions at once."]}),
        (
            {"ends_on": "2030-05-14", "weekdays": ["3"]},
            {"weekdays": ["None of these weekdays lies between the two days."]},
        ),
        ({"weekdays": []}, {"weekdays": ["This field is required."]}),
        (
            {"weekdays": ["8"]},
            {"weekdays": ["Select a valid choice. 8 is not one of the available choices."]},
        ),
        ({"starts_on": "1899-12-31"}, {"starts_on": ["The year must be within 1900 to 2199."]}),
        ({"local_time": "25:00"}, {"local_time": ["Enter a valid time."]}),
        (
            {"class_type": "0"},
            {
                "class_type": [
                    "Select a valid choice. That choice is not one of the available choices."
                ]
            },
        ),
    ],
    ids=["backwards", "endless", "never", "no day", "no such day", "no such year", "25", "type"],
)
def test_a_wrong_series_is_told_on_the_field_and_nothing_is_made(admin_client, wrong, errors):
    asked = {**TWO_WEEKS, "class_type": ClassTypeFactory().pk, **wrong}

    answer = admin_client.post(SERIES, asked)

    assert answer.context["form"].errors == errors
    assert ClassSession.objects.count() == 0
    assert LogEntry.objects.count() == 0


def test_who_may_not_add_sessions_makes_no_series(client, django_user_model):
    guest = django_user_model.objects.create(username="guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename="change_classsession"))
    client.force_login(guest)
    asked = {**TWO_WEEKS, "class_type": ClassTypeFactory().pk}

    its_list = client.get(SESSIONS)
    refused = [client.get(SERIES), client.post(SERIES, asked)]

    assert "Weekly series" not in its_list.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403]
    assert ClassSession.objects.count() == 0
