"""Premium classes over HTTP: what the app is told of them, and at what cost."""

from datetime import timedelta

import pytest
import time_machine

from bookings.tests.factories import BookingWindowFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory, ClassTypeFactory
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


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_eligibility_says_which_plans_would_open_the_session(api, session, pilates, plan):
    url = f"/api/class_sessions/{session.pk}/eligibility"
    member, stranger = MembershipFactory(plan=plan).customer, CustomerFactory()

    told = [api.get(url, {"customer": one.pk}).json() for one in (member, stranger)]

    assert [answer["can_book"] for answer in told] == [True, False]
    [rule] = [rule for rule in told[1]["rules"] if not rule["passed"]]
    assert rule == {
        "code": "membership_required",
        "passed": False,
        "detail": "This is a premium class: it needs a membership that grants it on that day.",
        "facts": {"class_type": pilates.pk, "plans": [plan.pk]},
    }


def test_eligibility_at_another_moment_is_still_about_the_sessions_day(api, session, plan):
    member = spanning(THE_DAY, THE_DAY, plan=plan).customer
    url = f"/api/class_sessions/{session.pk}/eligibility"

    answer = api.get(url, {"customer": member.pk, "at": THE_DAY_BEFORE.isoformat()}).json()

    assert answer["can_book"] is True


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_the_schedule_tells_of_each_session_whether_a_membership_opens_it(api, pilates, plan):
    two_days = spanning(THE_DAY + DAY, THE_DAY + 2 * DAY, plan=plan)
    spanning(
        THE_DAY + 4 * DAY,
        THE_DAY + 9 * DAY,
        plan=plan,
        customer=two_days.customer,
        cancelled_on=THE_DAY + 5 * DAY,
    )
    aerial = ClassTypeFactory(is_premium=True)
    for number in range(6):
        ClassSessionFactory(class_type=pilates, starts_at=TUESDAY_18 + number * DAY)
    ClassSessionFactory(class_type=aerial, starts_at=TUESDAY_18 + 6 * DAY)
    BookingWindowFactory(class_type=pilates, opens_before=30)
    BookingWindowFactory(class_type=aerial, opens_before=30)

    rows = api.get("/api/class_sessions", {"for_customer": two_days.customer.pk}).json()["results"]

    lacking, there = "membership_required", None
    assert [row["customer"]["refusal"] for row in rows] == [
        lacking,
        there,
        there,
        lacking,
        there,
        lacking,
        lacking,
    ]
    assert [row["customer"]["can_book"] for row in rows] == [
        row["customer"]["refusal"] is None for row in rows
    ]


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_schedule_costs_the_same_with_premium_sessions_and_many_memberships(
    api, queries_in, django_assert_num_queries, pilates, plan
):
    customer = CustomerFactory()
    query = {"for_customer": customer.pk}
    ClassSessionFactory()
    for_one = queries_in(lambda: api.get("/api/class_sessions", query))
    for number in range(5):
        MembershipPlanFactory(class_types=[pilates, ClassTypeFactory(is_premium=True)])
        MembershipFactory(customer=customer, plan__class_types=[pilates])
        spanning(THE_DAY + number * DAY, THE_DAY + number * DAY, customer=customer, plan=plan)
        ClassSessionFactory(class_type=pilates, starts_at=TUESDAY_18 + number * DAY)

    with django_assert_num_queries(for_one):
        rows = api.get("/api/class_sessions", query).json()["results"]

    assert len(rows) == 6


@time_machine.travel(THE_DAY_BEFORE, tick=False)
def test_a_premium_booking_costs_the_same_however_many_memberships_there_are(
    api, queries_in, django_assert_num_queries, session, plan, pilates
):
    def request_of(customer):
        body = {"customer": customer.pk, "class_session": session.pk}
        return lambda: api.post("/api/bookings", body)

    for_one = queries_in(request_of(MembershipFactory(plan=plan).customer))
    rich = CustomerFactory()
    for _ in range(5):
        MembershipFactory(customer=rich, plan__class_types=[pilates])

    with django_assert_num_queries(for_one):
        response = request_of(rich)()

    assert response.status_code == 201
