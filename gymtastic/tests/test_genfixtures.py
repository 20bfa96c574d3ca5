from datetime import UTC, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

import bookings.demo
import classes.demo
from bookings.errors import DailyLimitReached
from bookings.models import Booking, BookingWindow
from bookings.services import book_session, cancel_membership, change_status, edit_session
from bookings.states import LIVE, BookingStatus, CancelledBy
from classes.models import ClassSession, ClassType
from core.demo import DemoPlan
from customers.models import Customer, Segment
from customers.segment_rules import attach_customer_counts
from customers.states import SegmentRuleName
from gymtastic.tests.demo import (
    AT,
    HALF_A_YEAR_LATER,
    every_row,
    genfixtures,
    start_over,
    story,
    what_follows,
)
from memberships.models import Membership, MembershipPlan
from milestones.models import Milestone
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def story_of_a_run_that_is_undone(**options):
    with transaction.atomic():
        genfixtures(**options)
        told = story()
        transaction.set_rollback(True)
    return told


def plan(at):
    return DemoPlan(at=at, tz=UTC, seed=1, scale=1, reached=0)


def without_progress(steps, label):
    return steps


def test_a_run_fills_five_weeks_with_every_kind_of_booking(made):
    assert Customer.objects.count() == 100
    assert ClassSession.objects.count() == 50
    assert Booking.objects.count() == pytest.approx(500, rel=0.2)
    assert set(Booking.objects.values_list("status", flat=True)) == set(BookingStatus)
    assert Booking.objects.filter(cancelled_by=CancelledBy.GYM).exists()
    assert Booking.objects.filter(forgiven_at__isnull=False, status="cancelled").exists()
    assert Booking.objects.filter(status__in=LIVE, class_session__starts_at__gt=AT).exists()
    starts = ClassSession.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert (starts.first(), starts.last()) == (
        datetime(2030, 4, 25, 18, 30, tzinfo=UTC),
        datetime(2030, 5, 29, 18, tzinfo=UTC),
    )
    full_to_come = ClassSession.objects.filter(starts_at__gt=AT, booked_count=F("capacity"))
    assert full_to_come.exists()


@pytest.mark.slow
def test_every_rule_of_segments_finds_somebody_and_every_kind_of_window_is_there(made):
    segments = list(Segment.objects.order_by("pk"))
    attach_customer_counts(segments, at=AT)
    assert {segment.rule for segment in segments} == set(SegmentRuleName)
    assert all(0 < segment.customer_count < 100 for segment in segments)
    assert set(
        BookingWindow.objects.values_list(
            "segment__name", "class_type__name", "opens_before", "unit"
        )
    ) == {
        (None, None, 14, "days"),
        (None, "Spinning", 7, "days"),
        ("Founding members", None, 21, "days"),
        ("Trial members", None, 72, "hours"),
    }


@pytest.mark.slow
def test_what_was_made_is_what_the_services_would_have_written(made):
    call_command("check_bookings", stdout=StringIO())
    for booking in Booking.objects.select_related("customer", "class_session__class_type"):
        session = booking.class_session
        cutoff = timedelta(minutes=session.class_type.late_cancel_cutoff_minutes)
        starts_at = was_to_start_at(booking)
        assert booking.cutoff_at == starts_at - cutoff
        assert booking.customer.created_at < booking.created_at < min(AT, session.starts_at)
        assert booking.created_at <= booking.updated_at < AT
        is_there = booking.status == BookingStatus.ATTENDED
        assert booking.checked_in_at == (booking.updated_at if is_there else None)
        if booking.cancelled_at:
            assert booking.created_at < booking.cancelled_at < session.starts_at
        if booking.status == BookingStatus.LATE_CANCELLED or booking.forgiven_at:
            assert booking.cancelled_at > booking.cutoff_at
        elif booking.cancelled_by == CancelledBy.CUSTOMER:
            assert booking.cancelled_at <= booking.cutoff_at
        assert (booking.occupied_day is None) == (booking.status == BookingStatus.CANCELLED)
        if session.status == "cancelled":
            assert booking.status not in LIVE


def was_to_start_at(booking):
    """Give the start for which the booking's life, or the rest of it, was planned."""
    moves = Notification.objects.filter(
        kind="session_moved", data__class_session=booking.class_session_id
    )
    is_older = booking.cancelled_at and moves.exists()
    return booking.class_session.starts_at + (timedelta(minutes=30) if is_older else timedelta())


@pytest.mark.slow
def test_nobody_booked_before_booking_opened(made):
    seen = set()
    rows = Booking.objects.values_list(
        "customer__chosen_segments__name",
        "class_session__class_type__name",
        "class_session__starts_at",
        "created_at",
    )
    for segment, class_type, starts_at, created_at in rows:
        days = {"Founding members": 21, "Trial members": 3, None: 14}[segment]
        if class_type == "Spinning" and segment is None:
            days = 7
        seen.add(days)
        assert created_at >= starts_at - timedelta(days=days)
    assert seen == {3, 7, 14, 21}


def test_a_second_run_adds_nothing(made):
    before, followed = every_row(), what_follows()

    said = genfixtures(at=AT + timedelta(hours=5))

    assert (every_row(), what_follows()) == (before, followed)
    assert "nothing was added" in said


@pytest.mark.slow
def test_what_staff_edited_stays_as_they_left_it(made):
    Customer.objects.filter(email__endswith=".7@gymtastic.example").update(email="me@example.org")
    ClassType.objects.filter(name="Pilates").update(name="Reformer")
    BookingWindow.objects.filter(segment__name="Trial members").delete()
    moved = ClassSession.objects.filter(class_type__name="Aerial Yoga", starts_at__gt=AT).last()
    for booking in Booking.objects.filter(class_session=moved, status="booked"):
        change_status(booking=booking, to="cancelled", at=AT)
    moved.refresh_from_db()
    edit_session(session=moved, changes={"starts_at": moved.starts_at + timedelta(days=3)}, at=AT)
    MembershipPlan.objects.filter(name="Trial week").update(name="Taster")
    endless = Membership.objects.filter(ends_on=None, cancelled_on=None).first()
    cancel_membership(membership=endless, on=AT.date(), reason="Moves away.", at=AT)
    Milestone.objects.filter(name="Eight in a month").update(session_count=3)
    booked = Booking.objects.filter(status="booked", class_session__starts_at__gt=AT).first()
    change_status(booking=booked, to="cancelled", at=AT)
    before = every_row()

    genfixtures()

    assert every_row() == before


@pytest.mark.slow
def test_a_run_two_days_later_carries_the_timetable_on_by_two_days(made):
    before = every_row()

    genfixtures(at=AT + timedelta(days=2))

    new = ClassSession.objects.filter(starts_at__gte=AT.replace(hour=0) + timedelta(days=14))
    assert set(new.values_list("starts_at", "class_type__name")) == {
        (datetime(2030, 5, 30, 18, 30, tzinfo=UTC), "Aerial Yoga"),
        (datetime(2030, 5, 31, 17, tzinfo=UTC), "Open Training"),
        (datetime(2030, 5, 31, 18, 30, tzinfo=UTC), "Pilates"),
    }
    after = every_row()
    assert all(after[name][: len(rows)] == rows for name, rows in before.items())
    later = ClassSession.objects.order_by("pk")[len(before["ClassSession"]) :]
    new_bookings = Booking.objects.order_by("pk")[len(before["Booking"]) :]
    assert {one.class_session_id for one in new_bookings} <= {one.pk for one in later}


@pytest.mark.slow
def test_a_run_half_a_year_later_makes_five_more_weeks(made):
    genfixtures(at=HALF_A_YEAR_LATER)

    assert ClassSession.objects.count() == 100
    assert Customer.objects.count() == 100
    call_command("check_bookings", stdout=StringIO())


@pytest.mark.slow
def test_a_seed_always_tells_the_same_story(made):
    told = story()
    start_over()

    assert len(told) > 400
    assert story_of_a_run_that_is_undone(seed=1) == told
    assert story_of_a_run_that_is_undone(seed=2) != told


@pytest.mark.slow
def test_a_larger_scale_adds_what_is_missing_to_a_smaller_one(made):
    small = every_row()

    genfixtures(scale=2)

    assert Customer.objects.count() == 200
    assert ClassSession.objects.count() == 100
    assert Booking.objects.count() == pytest.approx(1000, rel=0.1)
    large = every_row()
    assert all(large[name][: len(rows)] == rows for name, rows in small.items())
    call_command("check_bookings", stdout=StringIO())


@pytest.mark.slow
def test_a_class_keeps_its_hour_on_the_wall_when_summer_time_begins(berlin):
    genfixtures(at=datetime(2030, 3, 28, 12, tzinfo=UTC))

    starts = ClassSession.objects.filter(class_type__name="Yoga", starts_at__week_day=2)
    assert {one.astimezone(ZoneInfo("Europe/Berlin")).time() for one in starts_of(starts)} == {
        time(18, 30)
    }
    assert {one.time() for one in starts_of(starts)} == {time(17, 30), time(16, 30)}
    call_command("check_bookings", stdout=StringIO())


def starts_of(sessions):
    return sessions.values_list("starts_at", flat=True)


@pytest.mark.slow
@pytest.mark.parametrize("days", range(7))
def test_on_any_weekday_the_first_two_sessions_are_on_one_day_to_come(days):
    at = AT + timedelta(days=days)

    classes.demo.generate(plan(at), without_progress)

    first, second = ClassSession.objects.order_by("pk")[:2]
    assert first.starts_at.date() == second.starts_at.date() > at.date()
    assert (first.capacity, second.class_type.is_premium) == (None, False)


@pytest.mark.slow
def test_the_booking_that_is_printed_can_be_made_and_a_second_one_that_day_cannot(made):
    said = genfixtures()

    found = bookings.demo.showcase(at=AT)
    first, second = ClassSession.objects.order_by("pk")[:2]
    customer_id = Customer.objects.order_by("pk").first().pk
    assert found == (customer_id, first.pk, second.pk)
    assert f'{{"customer": {customer_id}, "class_session": {first.pk}}}' in said
    assert f'{{"customer": {customer_id}, "class_session": {second.pk}}}' in said
    book_session(customer_id=customer_id, session_id=first.pk, at=AT)
    with pytest.raises(DailyLimitReached):
        book_session(customer_id=customer_id, session_id=second.pk, at=AT)
    assert bookings.demo.showcase(at=AT).first_id not in (first.pk, second.pk)


@pytest.mark.parametrize(
    ("debug", "users"),
    [
        pytest.param(True, [("demo", True)], id="made for development"),
        pytest.param(False, [], id="never made in production"),
    ],
)
def test_a_login_for_the_demo(made, settings, debug, users):
    settings.DEBUG = debug
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    said = genfixtures()

    assert list(get_user_model().objects.values_list("username", "is_superuser")) == users
    assert ("with the password demo" in said) is debug


@pytest.mark.slow
def test_a_superuser_keeps_the_demo_login_from_being_made(made, settings):
    settings.DEBUG = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    get_user_model().objects.create_superuser("petra", password="secret")

    genfixtures()

    assert get_user_model().objects.get().username == "petra"


@pytest.mark.parametrize("scale", ["0", "-1", "1.5", "many"])
def test_a_scale_that_makes_no_sense_is_refused_and_nothing_written(scale):
    with pytest.raises(CommandError, match="is not a whole number from 1 on"):
        call_command("genfixtures", f"--scale={scale}")

    assert not Customer.objects.exists()
