"""What keeps a session from being moved, and what a dry run of a move answers."""

from datetime import date

import pytest

from bookings.models import Booking
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory
from bookings.tests.memberships import every_row
from bookings.tests.schedule import (
    DAY,
    HOUR,
    NOON,
    SECOND,
    THURSDAY_18,
    cancel,
    edit,
    only_error,
    row_of,
    wait_for,
)
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory, spanning
from notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return ClassSessionFactory(capacity=5, class_type__late_cancel_cutoff_minutes=120)


def refused_both_ways(api, session, at=NOON, **changes):
    """Try a change and its dry run: both say the same, and nothing is written."""
    before = every_row()
    dry = edit(api, session, "?dry_run=true", at=at, **changes)
    real = edit(api, session, at=at, **changes)
    assert dry.json() == real.json()
    assert every_row() == before
    return only_error(real)


@pytest.mark.parametrize("status", [BookingStatus.BOOKED, BookingStatus.LATE_CANCELLED])
def test_a_customer_whose_new_day_is_used_is_a_conflict(api, session, status):
    free, busy = BookingFactory(class_session=session), BookingFactory(class_session=session)
    BookingFactory(
        customer=busy.customer, class_session__starts_at=THURSDAY_18 - HOUR, status=status
    )

    refused = refused_both_ways(api, session, starts_at=THURSDAY_18)

    conflict = {"customer": busy.customer.pk, "code": "daily_limit_reached"}
    facts = {"customers": [busy.customer.pk], "conflicts": [conflict]}
    assert refused == (409, "reschedule_conflicts", facts)
    assert row_of(free).occupied_day == TUESDAY_18.date()


def test_a_premium_booking_that_no_membership_covers_then_is_a_conflict(api):
    pilates = ClassTypeFactory(is_premium=True)
    plan = MembershipPlanFactory(class_types=[pilates])
    session = ClassSessionFactory(class_type=pilates)
    lapses = spanning(date(2030, 5, 1), date(2030, 5, 15), plan=plan)
    stays = MembershipFactory(plan=plan)
    both = [lapses.customer, stays.customer]
    for customer in both:
        BookingFactory(customer=customer, class_session=session)

    refused = refused_both_ways(api, session, starts_at=THURSDAY_18)

    conflict = {"customer": lapses.customer.pk, "code": "membership_required"}
    facts = {"customers": [lapses.customer.pk], "conflicts": [conflict]}
    assert refused == (409, "reschedule_conflicts", facts)
    # On its last day the membership still opens the class.
    assert edit(api, session, starts_at=THURSDAY_18 - DAY).status_code == 200


def test_a_customer_with_two_conflicts_is_named_once(api):
    session = ClassSessionFactory(class_type__is_premium=True)
    booking = BookingFactory(class_session=session)
    BookingFactory(customer=booking.customer, class_session__starts_at=THURSDAY_18)

    _, _, facts = refused_both_ways(api, session, starts_at=THURSDAY_18)

    assert facts["customers"] == [booking.customer.pk]
    codes = [conflict["code"] for conflict in facts["conflicts"]]
    assert codes == ["membership_required", "daily_limit_reached"]


@pytest.mark.parametrize(
    ("to", "is_refused"),
    [
        pytest.param(NOON, True, id="to this very instant"),
        pytest.param(NOON + SECOND, False, id="to the next second"),
    ],
)
def test_a_session_with_bookings_does_not_move_into_the_past(api, session, to, is_refused):
    BookingFactory(class_session=session)

    if is_refused:
        refused = refused_both_ways(api, session, starts_at=to)
        assert refused == (409, "session_in_past", {"starts_at": "2030-05-14T12:00:00Z"})
    else:
        assert edit(api, session, starts_at=to).status_code == 200


@pytest.mark.parametrize(
    ("at", "is_refused"),
    [
        pytest.param(TUESDAY_18, True, id="at its start"),
        pytest.param(TUESDAY_18 - SECOND, False, id="a second before"),
    ],
)
def test_a_started_session_with_bookings_does_not_move(api, session, at, is_refused):
    BookingFactory(class_session=session)

    if is_refused:
        refused = refused_both_ways(api, session, at=at, starts_at=THURSDAY_18)
        assert refused == (409, "session_started", {"starts_at": "2030-05-14T18:00:00Z"})
    else:
        assert edit(api, session, at=at, starts_at=THURSDAY_18).status_code == 200


def test_a_session_for_which_somebody_only_waits_does_not_move_into_the_past(api, session):
    wait_for(session)

    refused = refused_both_ways(api, session, starts_at=NOON)

    assert refused == (409, "session_in_past", {"starts_at": "2030-05-14T12:00:00Z"})


@pytest.mark.parametrize(
    ("to", "code"),
    [
        pytest.param(TUESDAY_18 + HOUR, "session_in_past", id="into the past"),
        pytest.param(TUESDAY_18 + HOUR + SECOND, "session_started", id="into the future"),
    ],
)
def test_a_started_session_with_bookings_is_refused_for_where_it_would_go_first(
    api, session, to, code
):
    BookingFactory(class_session=session)

    _, told, _ = refused_both_ways(api, session, at=TUESDAY_18 + HOUR, starts_at=to)

    assert told == code


def test_without_live_bookings_a_session_moves_anywhere_at_any_time(api, session):
    BookingFactory(class_session=session, status=BookingStatus.LATE_CANCELLED)

    answer = edit(api, session, at=TUESDAY_18 + DAY, starts_at=TUESDAY_18 - 10 * DAY)

    assert (answer.status_code, answer.json()["starts_at"]) == (200, "2030-05-04T18:00:00Z")


def test_a_cancelled_session_does_not_move(api, session):
    cancel(api, session)

    assert refused_both_ways(api, session, starts_at=THURSDAY_18) == (409, "session_cancelled", {})


def test_too_few_spots_keep_the_session_where_it_is(api, session):
    for _ in range(2):
        BookingFactory(class_session=session)

    refused = refused_both_ways(api, session, starts_at=THURSDAY_18, capacity=1)

    assert refused == (409, "capacity_below_bookings", {"capacity": 1, "booked_count": 2})


def test_a_dry_run_answers_whom_it_would_move_and_writes_nothing(api, session):
    booking = BookingFactory(class_session=session)
    BookingFactory(class_session=session, status=BookingStatus.CANCELLED)
    entry = wait_for(session)
    before = every_row()
    whole = api.get(f"/api/class_sessions/{session.pk}").json()

    answer = edit(api, session, "?dry_run=true", starts_at=THURSDAY_18, duration_minutes=30)

    assert every_row() == before
    assert answer.status_code == 200
    assert answer.json() == whole | {
        "bookings": [
            {
                "id": booking.pk,
                "customer": booking.customer.pk,
                "customer_name": str(booking.customer),
            }
        ],
        "waitlist_entries": [
            {"id": entry.pk, "customer": entry.customer.pk, "customer_name": str(entry.customer)}
        ],
    }


def test_a_dry_run_that_moves_nothing_touches_nobody(api, session):
    BookingFactory(class_session=session)

    answer = edit(api, session, "?dry_run=true", capacity=9)

    assert (answer.json()["bookings"], answer.json()["capacity"]) == ([], 5)


def test_a_malformed_dry_run_is_refused(api, session):
    answer = edit(api, session, "?dry_run=true", starts_at="soon")

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "starts_at")


@pytest.mark.parametrize("query", ["", "?dry_run=true"], ids=["moving", "a dry run"])
def test_moving_costs_the_same_for_one_booking_as_for_twenty(
    api, queries_in, django_assert_num_queries, query
):
    pilates = ClassTypeFactory(is_premium=True)
    plan = MembershipPlanFactory(class_types=[pilates])

    def with_bookings(number):
        session = ClassSessionFactory(class_type=pilates, starts_at=TUESDAY_18 + DAY)
        for _ in range(number):
            BookingFactory(class_session=session, customer=MembershipFactory(plan=plan).customer)
        return session

    one, crowded = with_bookings(1), with_bookings(20)
    for_one = queries_in(lambda: edit(api, one, query, starts_at=THURSDAY_18))

    with django_assert_num_queries(for_one):
        answer = edit(api, crowded, query, starts_at=THURSDAY_18)

    assert answer.status_code == 200
    moved = Booking.objects.filter(class_session=crowded, occupied_day=THURSDAY_18.date())
    assert moved.count() == (0 if query else 20)
    assert Notification.objects.count() == (0 if query else 21)
