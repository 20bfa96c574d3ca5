"""When a spot is offered to those who wait: what frees it, and until when."""

from datetime import timedelta

import pytest
import time_machine

from bookings import services
from bookings.states import BookingStatus, WaitlistStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.models import ClassSession
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
MINUTE, HOUR, MICROSECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(microseconds=1)


def cancel(booking, at=THE_DAY_BEFORE):
    return services.change_status(booking=booking, to=BookingStatus.CANCELLED, at=at)


def edit(session, at=THE_DAY_BEFORE, **changes):
    return services.edit_session(session=session, changes=changes, at=at)


def full_session(line=1, **more):
    """Give a session of two spots, both taken, and those who wait for one."""
    session = ClassSessionFactory(capacity=2, **more)
    BookingFactory.create_batch(2, class_session=session)
    return session, WaitlistEntryFactory.create_batch(line, class_session=session)


def statuses(entries):
    for entry in entries:
        entry.refresh_from_db()
    return [entry.status for entry in entries]


PROMOTED, WAITING = WaitlistStatus.PROMOTED, WaitlistStatus.WAITING


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        pytest.param(3, [PROMOTED, WAITING, WAITING], id="one spot more"),
        pytest.param(4, [PROMOTED, PROMOTED, WAITING], id="two spots more"),
        pytest.param(9, [PROMOTED] * 3, id="more spots than wait"),
        pytest.param(None, [PROMOTED] * 3, id="no limit any more"),
    ],
)
def test_a_raised_capacity_is_for_those_who_wait(capacity, expected):
    session, line = full_session(line=3)

    answered = edit(session, capacity=capacity)

    assert statuses(line) == expected
    session.refresh_from_db()
    promoted = expected.count(PROMOTED)
    assert (session.booked_count, session.waitlist_count) == (2 + promoted, 3 - promoted)
    assert (answered.booked_count, answered.waitlist_count) == (2 + promoted, 3 - promoted)


@pytest.mark.parametrize("order", [1, -1], ids=["in their order", "against their order"])
def test_the_line_and_not_the_customers_ids_decides_who_gets_a_spot(order):
    session, _ = full_session(line=0)
    customers = CustomerFactory.create_batch(3)[::order]
    line = [WaitlistEntryFactory(class_session=session, customer=one) for one in customers]

    edit(session, capacity=4)

    assert statuses(line) == [PROMOTED, PROMOTED, WAITING]


def test_a_move_lets_in_who_could_not_come_at_the_old_time():
    session, [entry] = full_session()
    elsewhere = BookingFactory(customer=entry.customer, class_session__starts_at=TUESDAY_18 + HOUR)
    cancel(session.bookings.first())

    edit(session, starts_at=TUESDAY_18 + timedelta(days=1))

    assert statuses([entry]) == [PROMOTED]
    assert entry.promoted_booking.occupied_day == TUESDAY_18.date() + timedelta(days=1)
    assert elsewhere.occupied_day == TUESDAY_18.date()


def test_a_spot_that_a_cancelled_membership_gives_up_is_for_those_who_wait():
    pilates = ClassTypeFactory(is_premium=True)
    leaving, waits = (MembershipFactory(plan__class_types=[pilates]) for _ in range(2))
    session = ClassSessionFactory(class_type=pilates, capacity=1)
    BookingFactory(class_session=session, customer=leaving.customer)
    entries = [
        WaitlistEntryFactory(class_session=session, customer=one)
        for one in (CustomerFactory(), waits.customer)
    ]

    services.cancel_membership(
        membership=leaving, on=TUESDAY_18.date(), reason="", at=THE_DAY_BEFORE
    )

    assert statuses(entries) == [WAITING, PROMOTED]
    session.refresh_from_db()
    assert (session.booked_count, session.waitlist_count) == (1, 1)


def test_a_late_cancel_frees_a_spot_for_who_waits_as_well():
    session, [entry] = full_session()
    held = session.bookings.first()
    # Agreed on before the class type's cutoff was taken back.
    held.cutoff_at = TUESDAY_18 - 24 * HOUR
    held.save()

    cancelled = cancel(held, TUESDAY_18 - 2 * HOUR)

    assert cancelled.status == BookingStatus.LATE_CANCELLED
    assert statuses([entry]) == [PROMOTED]


@pytest.mark.parametrize("cutoff", [0, 120], ids=["no cutoff", "two hours"])
@pytest.mark.parametrize(
    ("past_the_last_moment", "expected"),
    [
        pytest.param(-MICROSECOND, PROMOTED, id="before the last hour"),
        pytest.param(timedelta(), PROMOTED, id="exactly an hour before the cutoff"),
        pytest.param(MICROSECOND, WAITING, id="within the last hour"),
        pytest.param(HOUR - MICROSECOND, WAITING, id="just before the cutoff"),
    ],
)
def test_promotion_ends_an_hour_before_the_cutoff(cutoff, past_the_last_moment, expected):
    yoga = ClassTypeFactory(late_cancel_cutoff_minutes=cutoff)
    session, [entry] = full_session(class_type=yoga)
    at = TUESDAY_18 - cutoff * MINUTE - HOUR + past_the_last_moment

    cancel(session.bookings.first(), at)

    assert statuses([entry]) == [expected]
    session.refresh_from_db()
    assert session.booked_count == (2 if expected == PROMOTED else 1)


def test_a_spot_freed_in_the_last_hour_is_for_whoever_books_it_first():
    session, [first, second] = full_session(line=2)
    at = TUESDAY_18 - HOUR / 2
    cancel(session.bookings.first(), at)

    services.book_session(customer_id=second.customer_id, session_id=session.pk, at=at)

    assert statuses([first, second]) == [WAITING, WaitlistStatus.LEFT]
    session.refresh_from_db()
    assert (session.booked_count, session.waitlist_count) == (2, 1)


def test_nothing_else_promotes_anybody():
    session, [entry] = full_session()
    elsewhere = BookingFactory(
        customer=entry.customer,
        class_session__starts_at=TUESDAY_18 + HOUR,
        cutoff_at=THE_DAY_BEFORE - HOUR,
    )
    cancel(session.bookings.first())

    # The customer could come now, but nothing happened to the session.
    late = cancel(elsewhere)
    services.forgive(booking=late, by="desk", reason="", at=THE_DAY_BEFORE)
    cancel(BookingFactory(class_session__starts_at=TUESDAY_18 + 2 * HOUR))
    services.change_status(
        booking=session.bookings.live().get(),
        to=BookingStatus.ATTENDED,
        at=TUESDAY_18 - HOUR,
    )

    assert late.status == BookingStatus.LATE_CANCELLED
    assert statuses([entry]) == [WAITING]
    assert ClassSession.objects.get(pk=session.pk).booked_count == 1


@pytest.mark.parametrize(
    ("method", "changes"),
    [
        pytest.param("patch", {}, id="nothing"),
        pytest.param("patch", {"capacity": 2}, id="the capacity that it has"),
        pytest.param("patch", {"duration_minutes": 30}, id="another duration"),
        pytest.param("put", {}, id="the whole object"),
    ],
)
def test_saving_a_session_without_new_spots_promotes_nobody(api, method, changes):
    # Who waits came to be allowed to come after the spot had been offered.
    session = ClassSessionFactory(capacity=2)
    entry = WaitlistEntryFactory(class_session=session)
    address = f"/api/class_sessions/{session.pk}"
    body = api.get(address).json() if method == "put" else {}

    with time_machine.travel(THE_DAY_BEFORE, tick=False):
        answer = getattr(api, method)(address, body | changes)

    assert (answer.status_code, answer.json()["booked_count"]) == (200, 0)
    assert statuses([entry]) == [WAITING]
    # The same line gets what is new.
    edit(session, capacity=3)
    assert statuses([entry]) == [PROMOTED]
