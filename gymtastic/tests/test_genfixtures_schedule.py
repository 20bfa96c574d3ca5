from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F

from bookings.models import Booking, WaitlistEntry
from bookings.services import cancel_session, change_status, edit_session, join_waitlist
from bookings.states import LIVE, WaitlistStatus
from classes.models import ClassSession
from gymtastic.tests.demo import AT, HALF_A_YEAR_LATER, genfixtures
from milestones.models import MilestoneAward
from notifications.models import Mail, Notification

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OF_AN_ENTRY = ("customer", "class_session", "status", "created_at", "ended_at")
OF_A_BOOKING = (
    *("customer", "class_session", "status", "occupied_day", "cutoff_at", "free_until"),
    *("created_at", "updated_at", "cancelled_at", "cancelled_by"),
)
OF_A_MESSAGE = ("customer", "kind", "title", "body", "created_at")


def rows(of, *names):
    return sorted(of.values_list(*names), key=str)


def told(kind):
    return Notification.objects.filter(kind=kind)


def state(session):
    """Give all that the services keep of a session, without the ids that doing it again changes."""
    return (
        ClassSession.objects.filter(pk=session.pk).values().get(),
        rows(Booking.objects.filter(class_session=session), *OF_A_BOOKING),
        rows(WaitlistEntry.objects.filter(class_session=session), *OF_AN_ENTRY),
        rows(Notification.objects.filter(data__class_session=session.pk), *OF_A_MESSAGE),
    )


def forget_what_was_said(**of):
    MilestoneAward.objects.all().delete()
    forgotten = Notification.objects.filter(**of)
    Mail.objects.filter(notification__in=forgotten).delete()
    forgotten.delete()


def test_people_wait_got_a_spot_left_and_were_sent_away(made):
    entries = WaitlistEntry.objects.select_related("class_session")
    assert set(entries.values_list("status", flat=True)) == set(WaitlistStatus)
    waited_for = ClassSession.objects.filter(waitlist_count__gt=0)
    assert 2 <= waited_for.filter(starts_at__gt=AT, booked_count=F("capacity")).count() <= 10
    for entry in entries:
        assert entry.created_at < (entry.ended_at or AT) <= AT
        assert entry.created_at < entry.class_session.starts_at
    in_line = list(entries.order_by("class_session", "pk"))
    assert in_line == sorted(in_line, key=lambda one: (one.class_session_id, one.created_at))
    first = entries.order_by("customer").first()
    assert first.customer_id > Booking.objects.order_by("customer").first().customer_id


def test_whoever_waits_would_have_been_let_into_the_line_at_that_moment(made):
    waiting = list(WaitlistEntry.objects.waiting().select_related("class_session").order_by("pk"))

    for entry in waiting:
        before = state(entry.class_session)
        WaitlistEntry.objects.filter(pk=entry.pk).delete()
        ClassSession.objects.count_waiting(entry.class_session_id, -1)
        join_waitlist(
            customer_id=entry.customer_id, session_id=entry.class_session_id, at=entry.created_at
        )
        assert state(entry.class_session) == before

    assert len(waiting) > 3


def test_whoever_got_a_spot_would_have_got_it_from_the_services(made):
    genfixtures(at=HALF_A_YEAR_LATER)
    promoted = list(WaitlistEntry.objects.filter(status="promoted"))
    forgotten = {"kind__in": ["milestone_award", "waitlist_promoted"]}
    said = rows(told("waitlist_promoted"), *OF_A_MESSAGE)
    forget_what_was_said(**forgotten)

    for entry in promoted:
        got, at = entry.promoted_booking, entry.ended_at
        [gave_up] = Booking.objects.filter(class_session=entry.class_session_id, cancelled_at=at)
        undo_the_promotion(entry, gave_up)
        change_status(booking=gave_up, to="cancelled", at=at)
        entry.refresh_from_db()
        again = entry.promoted_booking
        assert (entry.status, entry.ended_at) == ("promoted", at)
        assert (again.free_until, again.created_at) == (at + timedelta(minutes=60), at)
        unlike = {"_state", "id", "status", "updated_at", "checked_in_at"}
        assert {name: value for name, value in vars(again).items() if name not in unlike} == {
            name: value for name, value in vars(got).items() if name not in unlike
        }

    assert rows(told("waitlist_promoted"), *OF_A_MESSAGE) == said
    assert len(said) == len(promoted) > 3
    call_command("check_bookings", stdout=StringIO())


def undo_the_promotion(entry, gave_up):
    got = entry.promoted_booking
    WaitlistEntry.objects.filter(pk=entry.pk).update(
        status="waiting", ended_at=None, promoted_booking=None
    )
    Booking.objects.filter(pk=got.pk).delete()
    Booking.objects.filter(pk=gave_up.pk).update(
        status="booked", occupied_day=got.occupied_day, cancelled_at=None, cancelled_by=""
    )
    ClassSession.objects.count_waiting(entry.class_session_id, 1)


def test_the_session_that_the_gym_cancelled_is_as_the_service_leaves_it(made):
    session = ClassSession.objects.get(status="cancelled")
    before = state(session)
    by_gym = Booking.objects.filter(class_session=session, cancelled_by="gym")
    closed = WaitlistEntry.objects.filter(class_session=session, status="closed")
    assert (by_gym.count(), session.booked_count) == (session.capacity, 0)
    assert told("session_cancelled").count() == by_gym.count() + closed.count()
    assert closed.exists()
    reads = told("session_cancelled").exclude(read_at=None).values_list("read_at", flat=True)
    assert len(set(reads)) == len(reads) > 1

    forget_what_was_said(kind="session_cancelled")
    ClassSession.objects.filter(pk=session.pk).update(
        status="scheduled",
        cancelled_at=None,
        cancellation_reason="",
        booked_count=by_gym.count(),
        waitlist_count=closed.count(),
    )
    closed.update(status="waiting", ended_at=None)
    by_gym.update(
        status="booked",
        occupied_day=session.starts_at.date(),
        cancelled_at=None,
        cancelled_by="",
        updated_at=F("created_at"),
    )
    reason, at = session.cancellation_reason, session.cancelled_at
    cancel_session(session=session, reason=reason, at=at)

    assert state(session) == before


def test_the_session_that_was_moved_is_as_the_service_leaves_it(made):
    [session_id] = set(told("session_moved").values_list("data__class_session", flat=True))
    session = ClassSession.objects.get(pk=session_id)
    before = state(session)
    live = Booking.objects.filter(class_session=session, status__in=LIVE)
    assert AT < session.starts_at < AT + timedelta(days=8)
    assert told("session_moved").count() == live.count() > 1
    at, half_an_hour = live.first().updated_at, timedelta(minutes=30)
    assert at < AT

    forget_what_was_said(kind="session_moved")
    ClassSession.objects.filter(pk=session_id).update(starts_at=session.starts_at + half_an_hour)
    live.update(
        cutoff_at=F("cutoff_at") + half_an_hour, free_until=None, updated_at=F("created_at")
    )
    edit_session(session=session, changes={"starts_at": session.starts_at}, at=at)

    assert state(session) == before
