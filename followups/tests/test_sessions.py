"""Sessions of agreements: used up by bookings once, and given back by corrections."""

from datetime import date, timedelta

import pytest

from bookings import services as bookings
from bookings.models import Booking
from bookings.tests.factories import BookingFactory
from classes.tests.factories import TUESDAY_18, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from followups import services
from followups.models import Agreement, AgreementChange, SessionUse
from followups.tests.factories import AgreementFactory

pytestmark = pytest.mark.django_db

STARTED = TUESDAY_18 + timedelta(minutes=5)
JUST_BEFORE = TUESDAY_18 - timedelta(minutes=5)
MAY = date(2030, 5, 1)


@pytest.fixture
def booking():
    return BookingFactory(class_session__class_type__late_cancel_cutoff_minutes=60)


def change(booking, to, at=STARTED):
    return bookings.change_status(booking=booking, to=to, at=at)


def late_cancel(booking):
    return change(booking, "cancelled", at=JUST_BEFORE)


def forgive(booking):
    bookings.forgive(booking=booking, by="desk", reason="ill", at=STARTED)


def agreement_of(booking, **values):
    return AgreementFactory(customer=booking.customer, **values)


def remaining(agreement):
    return Agreement.objects.values_list("sessions_remaining", flat=True).get(pk=agreement.pk)


USES_UP = [
    pytest.param("attended", STARTED, id="attended"),
    pytest.param("no_show", STARTED, id="no show"),
    pytest.param("cancelled", JUST_BEFORE, id="cancelled late"),
]


@pytest.mark.parametrize(("to", "at"), USES_UP)
def test_a_booking_that_is_used_up_takes_a_session(booking, to, at):
    agreement = agreement_of(booking)

    status = change(booking, to, at).status

    assert remaining(agreement) == 9
    use = SessionUse.objects.get()
    assert (use.agreement, use.booking, use.used_at) == (agreement, booking, at)
    noted = AgreementChange.objects.get()
    assert (noted.agreement, noted.changed_at) == (agreement, at)
    assert noted.cause == f"used by booking {booking.pk} ({status})"
    assert noted.values == {"sessions_remaining": [10, 9]}


@pytest.mark.parametrize(
    ("to", "at"),
    [
        pytest.param("booked", STARTED, id="still booked"),
        pytest.param("cancelled", JUST_BEFORE - timedelta(hours=2), id="cancelled in time"),
    ],
)
def test_a_booking_that_is_not_used_up_takes_none(booking, to, at):
    agreement = agreement_of(booking)

    change(booking, to, at)

    assert remaining(agreement) == 10
    assert not SessionUse.objects.exists()


def test_making_a_booking_takes_none():
    agreement = AgreementFactory()
    session = BookingFactory().class_session

    bookings.book_session(customer_id=agreement.customer_id, session_id=session.pk, at=JUST_BEFORE)

    assert remaining(agreement) == 10


@pytest.mark.parametrize(
    ("agreements", "taken_from"),
    [
        pytest.param([{"purchased_on": date(2030, 5, 2)}, {}], 1, id="the older one"),
        pytest.param([{}, {}], 0, id="of one day the lower id"),
        pytest.param([{"sessions_remaining": 0}, {}], 1, id="not the one used up"),
        pytest.param([{"session_quantity": None}, {}], 0, id="an unlimited one"),
        pytest.param([{}, {"session_quantity": None}], 0, id="before an unlimited one"),
        pytest.param([{"is_trial": True}, {}], 0, id="a trial"),
        pytest.param([{"status": "suspended"}, {}], 1, id="not a suspended one"),
        pytest.param([{"status": "collections"}, {}], 1, id="not one in collections"),
        pytest.param([{"status": "inactive", "alert": "expired"}, {}], 1, id="not an inactive one"),
        pytest.param([{"past_due_balance": 35}, {}], 0, id="one that is past due"),
    ],
)
def test_the_oldest_active_agreement_that_has_a_session_gives_it(booking, agreements, taken_from):
    made = [agreement_of(booking, **values) for values in agreements]

    change(booking, "attended")

    assert SessionUse.objects.get().agreement == made[taken_from]
    for number, agreement in enumerate(made):
        before = agreement.sessions_remaining
        is_taken = number == taken_from and before is not None
        assert remaining(agreement) == (before - 1 if is_taken else before)


@pytest.mark.parametrize(
    "agreement",
    [
        pytest.param(None, id="no agreement"),
        pytest.param({"sessions_remaining": 0}, id="none left"),
        pytest.param({"status": "suspended"}, id="none active"),
    ],
)
def test_where_there_is_no_session_none_is_taken_and_none_given_back(booking, agreement):
    if agreement is not None:
        agreement = agreement_of(booking, **agreement)
    AgreementFactory()

    change(booking, "attended")
    change(booking, "booked")

    assert not SessionUse.objects.exists()
    assert not AgreementChange.objects.exists()


def test_a_use_of_an_unlimited_agreement_is_kept_and_changes_no_number(booking):
    agreement = agreement_of(booking, session_quantity=None)

    change(booking, "attended")
    assert SessionUse.objects.get().agreement == agreement
    change(booking, "booked")

    assert SessionUse.objects.get().given_back_at == STARTED
    assert remaining(agreement) is None
    assert not AgreementChange.objects.exists()


@pytest.mark.parametrize("undone_by", ["a correction", "forgiving"])
@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param({"status": "active"}, id="as it was"),
        pytest.param({"status": "inactive", "alert": "expired"}, id="inactive meanwhile"),
        pytest.param({"status": "suspended"}, id="suspended meanwhile"),
    ],
)
def test_what_was_taken_is_given_back_to_the_same_agreement(booking, meanwhile, undone_by):
    newer = agreement_of(booking, purchased_on=MAY + timedelta(days=1), sessions_remaining=5)
    agreement = agreement_of(booking, purchased_on=MAY)
    use_up = late_cancel if undone_by == "forgiving" else lambda each: change(each, "no_show")
    use_up(booking)
    Agreement.objects.filter(pk=agreement.pk).update(**meanwhile)
    assert remaining(agreement) == 9

    if undone_by == "forgiving":
        forgive(booking)
    else:
        change(booking, "booked")

    assert (remaining(agreement), remaining(newer)) == (10, 5)
    assert SessionUse.objects.get().given_back_at == STARTED
    given_back = agreement.changes.latest("pk")
    status = Booking.objects.get().status
    assert given_back.cause == f"given back by booking {booking.pk} ({status})"
    assert given_back.values == {"sessions_remaining": [9, 10]}


def test_attended_corrected_to_no_show_keeps_what_was_taken(booking):
    agreement = agreement_of(booking)
    change(booking, "attended")

    change(booking, "no_show")
    change(booking, "attended")

    assert remaining(agreement) == 9
    assert SessionUse.objects.get().given_back_at is None


def test_repeating_a_change_takes_and_gives_back_nothing_more(booking):
    agreement = agreement_of(booking)

    left = []
    for to in ("attended", "attended", "booked", "booked", "no_show", "no_show"):
        change(booking, to)
        left.append(remaining(agreement))

    assert left == [9, 9, 10, 10, 9, 9]
    assert SessionUse.objects.filter(given_back_at__isnull=True).count() == 1
    assert SessionUse.objects.count() == 2


def test_telling_of_one_change_twice_takes_one_session(booking):
    agreement = agreement_of(booking)
    changed = change(booking, "attended")

    services.change_booking(booking=changed, before="booked", at=STARTED)

    assert remaining(agreement) == 9


def test_forgiving_twice_gives_one_session_back(booking):
    agreement = agreement_of(booking, sessions_remaining=5)
    late_cancel(booking)

    forgive(booking)
    forgive(booking)

    assert remaining(agreement) == 5


def test_no_more_come_back_than_were_bought(booking):
    agreement = agreement_of(booking)
    change(booking, "attended")
    services.edit_agreement(
        agreement=agreement, changes={"sessions_remaining": 10}, by="desk", at=STARTED
    )

    change(booking, "booked")

    assert remaining(agreement) == 10
    assert SessionUse.objects.get().given_back_at == STARTED
    causes = list(agreement.changes.order_by("pk").values_list("cause", flat=True))
    assert causes == [f"used by booking {booking.pk} (attended)", "edited by desk"]


def test_what_one_agreement_has_no_more_of_the_next_one_gives():
    customer, yoga = CustomerFactory(), ClassTypeFactory()
    first = AgreementFactory(customer=customer, session_quantity=2)
    second = AgreementFactory(customer=customer, session_quantity=2)
    for day in range(5):
        starts_at = TUESDAY_18 + timedelta(days=day)
        booking = BookingFactory(
            customer=customer, class_session__starts_at=starts_at, class_session__class_type=yoga
        )
        change(booking, "attended", at=starts_at)

    assert (remaining(first), remaining(second)) == (0, 0)
    assert SessionUse.objects.count() == 4


def test_what_the_gym_cancels_takes_no_session(booking):
    agreement = agreement_of(booking)

    bookings.cancel_session(session=booking.class_session, reason="ill", at=JUST_BEFORE)

    assert remaining(agreement) == 10
    assert Booking.objects.get().status == "cancelled"


def test_an_agreement_that_was_unlimited_when_it_was_used_gets_no_number_back(booking):
    agreement = AgreementFactory(customer=booking.customer, session_quantity=None)
    change(booking, "attended")
    services.edit_agreement(
        agreement=agreement,
        changes={"session_quantity": 10, "sessions_remaining": 5},
        by="desk",
        at=STARTED,
    )

    change(booking, "booked")

    agreement.refresh_from_db()
    assert agreement.sessions_remaining == 5
    assert SessionUse.objects.get().given_back_at == STARTED
