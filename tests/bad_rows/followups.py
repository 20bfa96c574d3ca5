"""Bad rows of agreements and follow-up statuses, each with the rule that it breaks."""

from bookings.tests.factories import BookingFactory
from classes.tests.factories import TUESDAY_18
from customers.tests.factories import CustomerFactory
from followups.models import MOST_SESSIONS, FollowUp, FollowUpChange, SessionUse
from followups.states import AgreementStatus, Alert, FollowUpStatus
from followups.tests.factories import AgreementFactory
from tests.bad_rows.cases import bad

INACTIVE = AgreementStatus.INACTIVE


def follow_up(**values):
    FollowUp.objects.create(customer=CustomerFactory(), since=TUESDAY_18, **values)


def change_to(status):
    FollowUpChange.objects.create(
        customer=CustomerFactory(),
        from_status=FollowUpStatus.LEAD,
        to_status=status,
        changed_at=TUESDAY_18,
    )


def use_up_twice():
    agreement, booking = AgreementFactory(), BookingFactory()
    for _ in range(2):
        SessionUse.objects.create(agreement=agreement, booking=booking, used_at=TUESDAY_18)


CASES = [
    bad("agreement_status_is_known", "an unknown status", AgreementFactory, status="paused"),
    bad(
        "agreement_has_an_alert_iff_inactive",
        "an inactive agreement without an alert",
        AgreementFactory,
        status=INACTIVE,
    ),
    bad(
        "agreement_has_an_alert_iff_inactive",
        "an inactive agreement with an unknown alert",
        AgreementFactory,
        status=INACTIVE,
        alert="stolen",
    ),
    bad(
        "agreement_has_an_alert_iff_inactive",
        "an active agreement with an alert",
        AgreementFactory,
        alert=Alert.EXPIRED,
    ),
    bad(
        "agreement_sessions_are_possible",
        "an agreement for no sessions",
        AgreementFactory,
        session_quantity=0,
    ),
    bad(
        "agreement_sessions_are_possible",
        "an agreement for too many sessions",
        AgreementFactory,
        session_quantity=MOST_SESSIONS + 1,
    ),
    bad(
        "agreement_sessions_are_possible",
        "more sessions remaining than bought",
        AgreementFactory,
        sessions_remaining=11,
    ),
    bad(
        "agreement_sessions_are_possible",
        "a number remaining of an unlimited agreement",
        AgreementFactory,
        session_quantity=None,
        sessions_remaining=1,
    ),
    bad(
        "agreement_sessions_are_possible",
        "no number remaining of a limited agreement",
        AgreementFactory,
        sessions_remaining=None,
    ),
    bad(
        "agreement_balance_is_not_negative",
        "a balance below zero",
        AgreementFactory,
        past_due_balance="-0.01",
    ),
    bad("session_use_one_per_booking", "a booking that is used up twice", use_up_twice),
    bad("follow_up_status_is_known", "an unknown follow-up status", follow_up, status="prospect"),
    bad("follow_up_change_is_one", "a change to the same", change_to, status=FollowUpStatus.LEAD),
]
