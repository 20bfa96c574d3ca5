"""Premium classes: which membership opens which session, on the session's local day."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings import services
from bookings.errors import MembershipRequired
from bookings.models import Booking
from bookings.tests.factories import BookingFactory, BookingWindowFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
from core.errors import Refusal
from customers.tests.factories import CustomerFactory
from memberships.tests.factories import MembershipFactory, MembershipPlanFactory, spanning

pytestmark = pytest.mark.django_db

THE_DAY = TUESDAY_18.date()
THE_DAY_BEFORE = TUESDAY_18 - timedelta(days=1)
DAY = timedelta(days=1)


@pytest.fixture
def pilates():
    return ClassTypeFactory(name="Pilates", is_premium=True)


@pytest.fixture
def session(pilates):
    return ClassSessionFactory(class_type=pilates)


@pytest.fixture
def plan(pilates):
    return MembershipPlanFactory(class_types=[pilates])


def book(customer, session, at=THE_DAY_BEFORE):
    return services.book_session(customer_id=customer.pk, session_id=session.pk, at=at)


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        pytest.param(THE_DAY, THE_DAY, False, id="that day alone"),
        pytest.param(THE_DAY - 9 * DAY, THE_DAY, False, id="ends on the day"),
        pytest.param(THE_DAY - 9 * DAY, THE_DAY - DAY, True, id="ends the day before"),
        pytest.param(THE_DAY, THE_DAY + 9 * DAY, False, id="starts on the day"),
        pytest.param(THE_DAY + DAY, THE_DAY + 9 * DAY, True, id="starts the day after"),
    ],
)
def test_a_membership_opens_the_sessions_of_its_days(session, plan, first, last, is_refused):
    membership = spanning(first, last, plan=plan)

    with pytest.raises(MembershipRequired) if is_refused else nullcontext():
        book(membership.customer, session)

    assert session.bookings.exists() is not is_refused


@pytest.mark.parametrize(
    ("cancelled_on", "is_refused"),
    [
        pytest.param(THE_DAY - DAY, True, id="cancelled by then"),
        pytest.param(THE_DAY, True, id="cancelled on that day"),
        pytest.param(THE_DAY + DAY, False, id="cancelled from the next day on"),
    ],
)
def test_a_cancelled_membership_opens_the_sessions_before(session, plan, cancelled_on, is_refused):
    membership = MembershipFactory(plan=plan, cancelled_on=cancelled_on)

    with pytest.raises(MembershipRequired) if is_refused else nullcontext():
        book(membership.customer, session)

    assert session.bookings.exists() is not is_refused


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        pytest.param(datetime(2030, 5, 14, 23, 30, tzinfo=UTC), date(2030, 5, 15), id="in summer"),
        pytest.param(datetime(2030, 5, 14, 21, 59, tzinfo=UTC), date(2030, 5, 14), id="at 23:59"),
        pytest.param(datetime(2030, 1, 14, 23, 30, tzinfo=UTC), date(2030, 1, 15), id="in winter"),
        pytest.param(
            datetime(2030, 1, 14, 22, 30, tzinfo=UTC), date(2030, 1, 14), id="at 23:30 in winter"
        ),
    ],
)
def test_the_day_is_the_sessions_where_the_gym_is(berlin, pilates, plan, starts_at, day):
    session = ClassSessionFactory(class_type=pilates, starts_at=starts_at)
    at = starts_at - timedelta(hours=2)
    of_the_day = spanning(day, day, plan=plan)
    around = [spanning(day + by * DAY, day + by * DAY, plan=plan) for by in (-1, 1)]

    for membership in around:
        with pytest.raises(MembershipRequired):
            book(membership.customer, session, at)
    booking = book(of_the_day.customer, session, at)

    assert list(session.bookings.all()) == [booking]
    assert booking.occupied_day == day


def test_the_day_is_the_sessions_and_not_that_of_the_booking(session, plan):
    ended = spanning(THE_DAY - 9 * DAY, THE_DAY - DAY, plan=plan)
    to_come = spanning(THE_DAY, THE_DAY + 9 * DAY, plan=plan)

    with pytest.raises(MembershipRequired):
        book(ended.customer, session, THE_DAY_BEFORE)
    book(to_come.customer, session, THE_DAY_BEFORE)

    assert [one.customer for one in session.bookings.all()] == [to_come.customer]


def test_a_plan_opens_its_own_class_types_and_no_others(session):
    aerial = ClassTypeFactory(name="Aerial", is_premium=True)
    other = MembershipFactory(plan__class_types=[aerial])

    with pytest.raises(MembershipRequired):
        book(other.customer, session)

    assert not Booking.objects.exists()


def test_a_plan_opens_each_of_its_class_types(session, pilates):
    aerial = ClassTypeFactory(name="Aerial", is_premium=True)
    both = MembershipFactory(plan__class_types=[aerial, pilates])
    next_day = ClassSessionFactory(class_type=aerial, starts_at=TUESDAY_18 + DAY)

    book(both.customer, session)
    book(both.customer, next_day)

    assert both.customer.bookings.count() == 2


def test_what_a_plan_opens_today_holds_for_every_membership_of_it(session, plan, pilates):
    membership = MembershipFactory(plan=plan)
    plan.class_types.set([ClassTypeFactory(is_premium=True)])

    with pytest.raises(MembershipRequired):
        book(membership.customer, session)
    plan.class_types.add(pilates)

    assert book(membership.customer, session).class_session == session


def test_a_retired_plan_goes_on_opening_what_it_was_sold_for(session, plan):
    membership = MembershipFactory(plan=plan)
    plan.is_active = False
    plan.save()

    booking = book(membership.customer, session)

    assert list(session.bookings.all()) == [booking]


def test_the_membership_of_somebody_else_opens_nothing(session, plan):
    MembershipFactory(plan=plan)

    with pytest.raises(MembershipRequired):
        book(CustomerFactory(), session)

    assert not Booking.objects.exists()


def test_a_refusal_names_the_class_type_and_the_plans_on_sale_that_open_it(session, pilates, plan):
    MembershipPlanFactory(class_types=[pilates], is_active=False)
    year = MembershipPlanFactory(class_types=[pilates, ClassTypeFactory(is_premium=True)])
    MembershipPlanFactory()
    ended = spanning(THE_DAY - 9 * DAY, THE_DAY - DAY, plan=plan)

    with pytest.raises(MembershipRequired) as refused:
        book(ended.customer, session)

    assert refused.value.facts == {"class_type": pilates.pk, "plans": [plan.pk, year.pk]}


def test_a_class_that_is_not_premium_needs_no_membership():
    yoga = ClassTypeFactory()
    MembershipPlanFactory(class_types=[yoga])
    session = ClassSessionFactory(class_type=yoga)

    booking = book(CustomerFactory(), session)

    assert list(session.bookings.all()) == [booking]


def already_booked(session, customer):
    BookingFactory(customer=customer, class_session=session)


def not_open(session, customer):
    BookingWindowFactory(class_type=session.class_type, opens_before=0)


def day_used(session, customer):
    BookingFactory(customer=customer, class_session__starts_at=session.starts_at)


def full(session, customer):
    session.capacity = 0
    session.save()


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        pytest.param(already_booked, "already_booked", id="after: already booked"),
        pytest.param(not_open, "membership_required", id="before: not open"),
        pytest.param(day_used, "membership_required", id="before: the day is used"),
        pytest.param(full, "membership_required", id="before: full"),
    ],
)
def test_the_membership_is_asked_for_in_its_turn(session, happens, code):
    customer = CustomerFactory()
    happens(session, customer)
    before = Booking.objects.count()

    with pytest.raises(Refusal) as refused:
        book(customer, session)

    assert refused.value.code == code
    assert Booking.objects.count() == before
