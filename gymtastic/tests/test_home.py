"""The admin's home page: today's figures, for whoever may see them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.utils.html import strip_tags

import bookings.admin.home_charts
import promotions.admin.home_charts
from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.states import SessionStatus
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp
from followups.tests.admin import sold, somebody
from promotions.states import ReservationStatus
from promotions.tests.factories import FlashPromoFactory, PromoReservationFactory

pytestmark = pytest.mark.django_db

HOME = "/admin/"
# A Tuesday, in a gym that is two hours ahead.
NOON = datetime(2030, 5, 14, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def admin_user(django_user_model):
    """Somebody who may do everything; hashing a password would take longer than the test."""
    return django_user_model.objects.create(username="desk", is_staff=True, is_superuser=True)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def panels_on(client):
    """Give each panel's charts by its name."""
    answer = client.get(HOME)
    assert answer.status_code == 200
    return {panel.name: panel.charts for panel in answer.context["panels"]}


def fill(chart):
    return [(one.label, one.figure) for one in chart.fills]


def test_the_sessions_of_the_gyms_day_say_how_full_they_are(admin_client, berlin, at_noon):
    yoga = ClassTypeFactory(name="Yoga")
    midnight = datetime(2030, 5, 13, 22, tzinfo=UTC)
    at_noon.move_to(midnight)
    for starts_at in (midnight - timedelta(seconds=1), midnight + 24 * HOUR):
        ClassSessionFactory(class_type=yoga, starts_at=starts_at)
    full = ClassSessionFactory(class_type=yoga, starts_at=midnight, capacity=1)
    BookingFactory(class_session=full)
    WaitlistEntryFactory(class_session=full)
    ClassSessionFactory(class_type=yoga, starts_at=NOON, capacity=4)
    ClassSessionFactory(class_type=yoga, starts_at=NOON + HOUR)
    called_off = {"status": SessionStatus.CANCELLED, "cancelled_at": NOON}
    ClassSessionFactory(class_type=yoga, starts_at=NOON + 2 * HOUR, capacity=4, **called_off)

    answer = admin_client.get(HOME)

    page = answer.content.decode()
    [chart] = answer.context["panels"][0].charts
    assert fill(chart) == [
        ("00:00 Yoga", "1 of 1 booked, 0 left, 1 waiting"),
        ("14:00 Yoga", "0 of 4 booked, 4 left"),
        ("15:00 Yoga", "0 booked, unlimited"),
        ("16:00 Yoga", "Cancelled by the gym"),
    ]
    assert [lengths[0] for _, *lengths in chart.drawn()] == ["100.00", "0.00", "0.00", "0.00"]
    assert chart.title == "3 sessions, 1 booked, 1 waiting"
    assert "Sessions today, Tue 14 May 2030" in page
    assert f'href="/admin/classes/classsession/{full.pk}/change/">00:00 Yoga</a>' in page


def test_of_a_long_day_those_to_come_are_shown_before_those_that_began_long_ago(
    admin_client, monkeypatch
):
    for hours in (-2, -1, 0, 1):
        ClassSessionFactory(starts_at=NOON + hours * HOUR)

    shown = {}
    for most in (1, 3, 4):
        monkeypatch.setattr(bookings.admin.home_charts, "MOST_SHOWN", most)
        [chart] = panels_on(admin_client)["sessions"]
        shown[chart.title] = " ".join(one.label.removesuffix(" Yoga") for one in chart.fills)

    assert shown == {
        "4 sessions, 0 booked. 1 of them:": "12:00",
        "4 sessions, 0 booked. 3 of them:": "11:00 12:00 13:00",
        "4 sessions, 0 booked": "10:00 11:00 12:00 13:00",
    }


def test_late_cancellations_are_counted_by_the_gyms_week_and_lead_to_their_list(
    admin_client, berlin, at_noon
):
    this_monday = datetime(2030, 5, 12, 22, tzinfo=UTC)
    at_noon.move_to(this_monday)
    late = {"status": BookingStatus.LATE_CANCELLED}
    for starts_at in (this_monday - timedelta(seconds=1), this_monday, this_monday + 2 * HOUR):
        BookingFactory(class_session__starts_at=starts_at, **late)
    for starts_at in (this_monday - 11 * WEEK - 2 * HOUR, this_monday + WEEK):
        BookingFactory(class_session__starts_at=starts_at, **late)
    for status in (BookingStatus.ATTENDED, BookingStatus.CANCELLED, BookingStatus.NO_SHOW):
        BookingFactory(class_session__starts_at=this_monday, status=status)

    [chart] = panels_on(admin_client)["late-cancellations"]
    listed = admin_client.get(chart.bars[-1].link).context["cl"].result_list

    assert [bar.value for bar in chart.bars] == [0] * 10 + [1, 2]
    assert [chart.bars[0].label, chart.bars[-1].label] == ["25 Feb", "13 May"]
    assert chart.title == "3 in 12 weeks, each from Monday on"
    assert len(listed) == 2
    assert {booking.status for booking in listed} == {BookingStatus.LATE_CANCELLED}


def test_people_are_counted_by_follow_up_status_as_of_this_moment(admin_client):
    sold(), sold(), somebody(origin="web")
    # Nobody has looked since time changed it.
    trying = sold(is_trial=True).customer
    BookingFactory(customer=trying, class_session__starts_at=NOON - HOUR)
    FollowUp.objects.filter(pk=trying.pk).update(due_at=NOON)

    customers, prospects = panels_on(admin_client)["follow-ups"]

    told = {bar.label: bar.value for bar in (*customers.bars, *prospects.bars) if bar.value}
    [link] = [bar.link for bar in prospects.bars if bar.label == "Web Lead"]
    [listed] = admin_client.get(link).context["cl"].result_list
    assert told == {"Active Customer": 2, "Web Lead": 1, "Trial No Show": 1}
    assert listed.status == "web_lead"


def test_a_running_promotion_says_what_is_sold_on_hold_and_how_long_it_runs(admin_client):
    burgers = FlashPromoFactory(quantity=4, starts_at=NOON - HOUR, product__venue__name="Bun & Co")
    PromoReservationFactory(promo=burgers, status=ReservationStatus.COMPLETED)
    # The minute of the first is over.
    for created_at in (NOON - HOUR, NOON):
        PromoReservationFactory(promo=burgers, created_at=created_at)
    FlashPromoFactory(product__name="Fries", ends_at=NOON + timedelta(seconds=59))
    FlashPromoFactory(product__name="Over", starts_at=NOON - HOUR, ends_at=NOON)
    FlashPromoFactory(product__name="Sold out", sold_count=1)
    FlashPromoFactory(product__name="Stopped", is_active=False)

    [chart] = panels_on(admin_client)["promotions"]

    fries, cheeseburger = chart.fills
    assert fill(chart) == [
        ("Fries", "0 of 1 sold"),
        ("Cheeseburger", "1 of 4 sold, 1 on hold"),
    ]
    assert fries.note.endswith("· ends in less than a minute")
    assert cheeseburger.note == "Bun & Co · ends in 1\xa0hour"
    assert [lengths for _, *lengths in chart.drawn()][1] == ["25.00", "25.00"]
    assert cheeseburger.link == f"/admin/promotions/flashpromo/{burgers.pk}/change/"
    assert admin_client.get(cheeseburger.link).status_code == 200


def test_of_many_promotions_those_that_end_first_are_shown(admin_client, monkeypatch):
    monkeypatch.setattr(promotions.admin.home_charts, "MOST_SHOWN", 1)
    for hours in (3, 2):
        FlashPromoFactory(product__name=f"In {hours}", ends_at=NOON + hours * HOUR)

    [chart] = panels_on(admin_client)["promotions"]

    assert [one.label for one in chart.fills] == ["In 2"]
    assert chart.title == "2 running. The 1 that end first:"


def test_an_empty_gym_says_so_in_each_panel(admin_client):
    said = " ".join(strip_tags(admin_client.get(HOME).content.decode()).split())

    for sentence in (
        "No session starts today.",
        "Nobody cancelled late in 12 weeks.",
        "Customers: 0 Nobody. Prospects: 0 Nobody.",
        "No promotion is running.",
    ):
        assert sentence in said


@pytest.mark.parametrize(
    ("may_view", "panels"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param(["classsession"], ["sessions"], id="sessions"),
        pytest.param(["booking"], ["late-cancellations"], id="bookings"),
        pytest.param(["flashpromo", "followup"], ["promotions", "follow-ups"], id="the others"),
    ],
)
def test_a_panel_is_for_those_who_may_view_what_it_tells_of(client, may_view, panels):
    guest = User.objects.create(username="guest", is_staff=True)
    codes = [f"view_{model}" for model in may_view]
    guest.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(guest)

    assert list(panels_on(client)) == panels


def test_the_page_costs_the_same_however_much_there_is(admin_client, queries_in):
    def more():
        late = {"status": BookingStatus.LATE_CANCELLED}
        BookingFactory(class_session__starts_at=NOON, **late)
        PromoReservationFactory(created_at=NOON)
        sold(CustomerFactory())

    more()
    one = queries_in(lambda: admin_client.get(HOME))
    for _ in range(4):
        more()

    five = queries_in(lambda: admin_client.get(HOME))

    assert five == one
    assert (ClassSession.objects.count(), Booking.objects.count()) == (5, 5)
