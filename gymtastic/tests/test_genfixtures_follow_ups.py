from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from bookings.models import Booking
from bookings.states import USED_UP
from followups import checks
from followups.models import Agreement, AgreementChange, FollowUp, FollowUpChange, SessionUse
from followups.services import change_booking, people_by_status, settle
from followups.services.agreements import problems_of
from followups.states import FollowUpStatus
from gymtastic.tests.demo import AT, genfixtures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OF_A_USE = ("booking", "agreement", "used_at", "given_back_at")
OF_A_SALE = ("customer", "purchased_on", "session_quantity", "status", "past_due_balance")
OF_A_CHANGE = ("agreement", "changed_at", "cause", "values")


def differences(at):
    wrong = [one for span in checks.spans() for one in checks.wrong_statuses(*span, at=at)]
    return [str(one) for one in (*wrong, *checks.wrong_tallies())]


def rows(model, *names):
    return sorted(model.objects.values_list(*names), key=str)


def test_every_follow_up_status_is_had_by_somebody_and_most_people_are_customers():
    genfixtures()

    people = people_by_status()
    assert sum(people.values()) == 100
    assert min(people.values()) > 0
    assert max(people, key=people.get) == FollowUpStatus.ACTIVE
    assert differences(AT) == []
    assert not FollowUpChange.objects.exists()
    watching = FollowUp.objects.filter(watches_bookings=True)
    assert set(watching.values_list("status", flat=True)) >= {
        FollowUpStatus.TRIAL_BOOKED,
        FollowUpStatus.TRIAL_NO_SHOW,
        FollowUpStatus.TRIAL_SHOW_NO_SALE,
    }
    for agreement in Agreement.objects.select_related("customer"):
        assert problems_of(agreement) == []
        assert localdate(agreement.customer.created_at) <= agreement.purchased_on <= AT.date()


def test_bookings_used_the_sessions_up_as_the_service_would_have_done():
    genfixtures(seed=2)
    uses, changes = rows(SessionUse, *OF_A_USE), rows(AgreementChange, *OF_A_CHANGE)
    before = Agreement.objects.order_by("pk").values_list("pk", "sessions_remaining")
    remaining = dict(before)
    used = set(SessionUse.objects.values_list("agreement__customer", flat=True)[:40])
    forgiven = SessionUse.objects.exclude(given_back_at=None)
    used |= set(forgiven.values_list("agreement__customer", flat=True))
    others = Agreement.objects.exclude(customer__in=used)
    uses_of_others = SessionUse.objects.filter(agreement__in=others)

    forget_the_uses_of(used)
    for at, booking, status, was in changes_of(used):
        booking.status = status
        change_booking(booking=booking, before=was, at=at)

    assert uses_of_others.exists()
    assert forgiven.exclude(agreement__sessions_remaining=None).exists()
    assert rows(SessionUse, *OF_A_USE) == uses
    assert rows(AgreementChange, *OF_A_CHANGE) == changes
    assert dict(before.all()) == remaining


def forget_the_uses_of(customer_ids):
    of_them = AgreementChange.objects.filter(agreement__customer__in=customer_ids)
    for change in of_them.order_by("-changed_at", "-pk"):
        [sessions, _] = change.values["sessions_remaining"]
        Agreement.objects.filter(pk=change.agreement_id).update(sessions_remaining=sessions)
    of_them.delete()
    SessionUse.objects.filter(agreement__customer__in=customer_ids).delete()


def changes_of(customer_ids):
    """Give when their bookings were used up, or were so no more, after they bought something."""
    first = dict(
        Agreement.objects.order_by("-purchased_on").values_list("customer", "purchased_on")
    )
    told = []
    for one in Booking.objects.filter(customer__in=customer_ids).order_by("pk"):
        if one.forgiven_at:
            told.append((one.cancelled_at, one, "late_cancelled", "booked"))
            told.append((one.forgiven_at, one, "cancelled", "late_cancelled"))
        elif one.status in USED_UP:
            told.append((one.cancelled_at or one.updated_at, one, one.status, "booked"))
    told = [each for each in told if localdate(each[0]) >= first[each[1].customer_id]]
    return sorted(told, key=lambda each: (each[0], each[1].pk))


def test_a_larger_run_days_later_sells_to_new_customers_alone_and_leaves_every_status_right():
    genfixtures(seed=2)
    there = list(Agreement.objects.order_by("pk").values(*OF_A_SALE))
    old = set(FollowUp.objects.values_list("pk", flat=True))
    later = AT + timedelta(days=2)

    genfixtures(seed=2, at=later, scale=2)

    now = list(Agreement.objects.order_by("pk").values(*OF_A_SALE))
    assert now[: len(there)] == there
    new = {agreement["customer"] for agreement in now[len(there) :]}
    assert len(new) > 50
    assert not new & old
    used = SessionUse.objects.filter(used_at__gt=AT, agreement__customer__in=old)
    assert used.exists()
    assert FollowUpChange.objects.filter(customer__in=old).exists()
    settle(at=later)
    assert differences(later) == []
    assert FollowUp.objects.count() == 200
