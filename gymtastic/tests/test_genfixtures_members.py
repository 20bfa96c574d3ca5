from datetime import timedelta
from io import StringIO
from itertools import pairwise

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db.models import F

from bookings.models import Booking
from bookings.states import LIVE, CancelledBy
from gymtastic.tests.demo import AT, HALF_A_YEAR_LATER, every_row, genfixtures
from memberships.entitlements import entitlements
from memberships.models import Membership, MembershipPlan
from milestones.models import Milestone, MilestoneAward
from milestones.services import award_the_past
from notifications.models import Mail, Notification
from notifications.states import MailStatus

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_memberships_of_every_kind_are_as_they_would_have_been_sold(made):
    memberships = list(Membership.objects.select_related("customer", "plan"))
    today = AT.date()
    assert 15 <= len({one.customer_id for one in memberships}) <= 25
    assert {one.plan for one in memberships} == set(MembershipPlan.objects.all())
    assert {one.plan.is_active for one in memberships} == {True, False}
    assert any(one.ends_on and one.ends_on < today for one in memberships)
    assert any(one.starts_on > today for one in memberships)
    assert any(one.ends_on is None and one.grants_on(today) for one in memberships)
    assert any(one.cancelled_on == today and one.cancellation_reason for one in memberships)
    for one in memberships:
        assert one.customer.created_at < one.sold_at < AT
        assert one.sold_at.date() <= one.starts_on
        if one.interval_unit:
            start = one.starts_on
            length = {
                "week": timedelta(days=7),
                "month": start + relativedelta(months=one.interval_count) - start,
                "year": start + relativedelta(years=1) - start,
            }[one.interval_unit]
            assert one.ends_on == start + length - timedelta(days=1)


def test_no_two_memberships_of_a_plan_and_customer_overlap(made):
    genfixtures(at=HALF_A_YEAR_LATER)

    renewed = set()
    sold = Membership.objects.order_by("customer", "plan", "starts_on")
    for one, following in pairwise(sold):
        if (one.customer_id, one.plan_id) == (following.customer_id, following.plan_id):
            assert one.last_day < following.starts_on
            renewed.add(one.customer_id)
    still = Membership.objects.granting_on(HALF_A_YEAR_LATER.date() - timedelta(days=1))
    assert renewed & set(still.values_list("customer_id", flat=True))


def test_whoever_booked_a_premium_class_had_a_membership_for_the_day_when_booking(made):
    genfixtures(at=HALF_A_YEAR_LATER)

    premium = Booking.objects.filter(class_session__class_type__is_premium=True)
    live = 0
    for booking in premium.select_related("class_session"):
        day, kind = booking.class_session.starts_at.date(), booking.class_session.class_type_id
        sold = Membership.objects.filter(
            customer=booking.customer_id, plan__class_types=kind, sold_at__lt=booking.created_at
        )
        assert sold.filter(starts_on__lte=day).exclude(ends_on__lt=day).exists()
        if booking.status in LIVE:
            live += 1
            assert entitlements(booking.customer_id, day, day).membership(kind, day)
    assert live > 10
    assert premium.filter(status="booked", class_session__starts_at__gt=HALF_A_YEAR_LATER).exists()


def test_what_was_lost_with_a_membership_was_cancelled_and_the_customer_told(made):
    cancelled = Membership.objects.filter(cancelled_on__isnull=False)
    lost = 0
    for one in cancelled:
        message = Notification.objects.get(key=f"membership_cancelled:{one.pk}")
        ids = message.data["bookings"]
        lost += len(ids)
        by_gym = Booking.objects.filter(
            customer=one.customer_id,
            cancelled_by=CancelledBy.GYM,
            class_session__class_type__is_premium=True,
        )
        assert set(by_gym.values_list("pk", "cancelled_at")) == {
            (pk, message.created_at) for pk in ids
        }
        assert all(row.class_session.starts_at.date() >= one.cancelled_on for row in by_gym)
        assert message.body.count("- Aerial Yoga, Thursday ") == len(ids)
    assert lost > 0


def test_awards_were_earned_when_the_booking_or_the_visit_completed_them(made):
    awards = MilestoneAward.objects.select_related("milestone", "notification", "booking")
    ends = {}
    for award in awards.order_by("number"):
        previous = ends.setdefault((award.customer_id, award.milestone_id), [])
        assert award.number == len(previous) + 1
        counted = Booking.objects.filter(
            customer=award.customer_id,
            class_session__starts_at__gt=max([award.window_start, *previous]),
            class_session__starts_at__lte=award.window_end,
        )
        if award.milestone.counts == "attended":
            counted = counted.filter(status="attended", updated_at__lte=award.awarded_at)
            assert award.awarded_at == award.booking.updated_at
        else:
            counted = counted.filter(created_at__lte=award.awarded_at)
            counted = counted.exclude(cancelled_at__lte=award.awarded_at)
            assert award.awarded_at == award.booking.created_at
        assert counted.count() == award.milestone.session_count
        assert award.booking in counted
        assert award.notification.key == f"milestone_award:{award.pk}"
        assert award.notification.created_at == award.awarded_at < AT
        previous.append(award.window_end)
    assert {counts for (counts,) in awards.values_list("milestone__counts")} == {
        "booked",
        "attended",
    }
    assert Milestone.objects.filter(is_active=False, awards__isnull=True).exists()


def test_customers_are_congratulated_in_the_words_of_the_service(made):
    made = MilestoneAward.objects.filter(number=1).select_related("notification").first()
    told = (made.notification.title, made.notification.body, set(made.notification.data))
    MilestoneAward.objects.all().delete()
    Mail.objects.all().delete()
    Notification.objects.all().delete()

    [award, *_] = award_the_past(
        milestone=made.milestone, customer_ids=[made.customer_id], is_told=True, at=AT
    )

    again = award.notification
    assert (again.title, again.body, set(again.data)) == told
    assert again.key == f"milestone_award:{award.pk}"


def test_no_milestone_is_left_to_be_awarded(made):
    genfixtures(at=HALF_A_YEAR_LATER)
    before = every_row()

    for milestone in Milestone.objects.active():
        call_command("award_milestones", milestone=milestone.pk, stdout=StringIO())

    assert len(before["MilestoneAward"]) > 10
    assert every_row() == before


def test_mails_of_every_status_are_there_and_a_worker_has_something_to_do(made):
    mails = list(Mail.objects.select_related("notification__customer"))
    [waiting] = [one for one in mails if one.status == MailStatus.QUEUED]
    [refused] = [one for one in mails if one.status == MailStatus.FAILED]
    assert AT - timedelta(minutes=1) < waiting.queued_at == waiting.due_at < AT
    assert waiting.notification.kind == "membership_cancelled"
    assert refused.problem.startswith(f"{refused.notification.customer.email}: 550 ")
    for one in mails:
        assert one.queued_at == one.notification.created_at
        if one.status == MailStatus.SENT:
            assert one.queued_at < one.sent_at < one.queued_at + timedelta(minutes=1)
            assert one.sent_to == one.notification.customer.email
    told = Notification.objects.all()
    assert told.filter(read_at__gt=F("created_at"), read_at__lt=AT).count() > 3
    assert told.unread().count() > 3
