"""The line of one session against a plain model of it, without a database or counters."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from bookings import checks, services
from bookings.models import Booking, WaitlistEntry
from bookings.states import BookingStatus
from bookings.tests.factories import BookingFactory, WaitlistEntryFactory
from classes.tests.factories import TUESDAY_18, ClassSessionFactory
from core.errors import Refusal
from customers.tests.factories import CustomerFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

FIXED = hypothesis(derandomize=True, database=None, deadline=None)
THE_DAY_BEFORE, TOO_LATE = TUESDAY_18 - timedelta(days=1), TUESDAY_18 - timedelta(minutes=30)
# The first has used the day elsewhere since joining the line: neither promoted nor booked.
BUSY, *OTHERS = range(5)

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["book", "join", "join", "leave", "cancel"]),
        st.sampled_from([BUSY, *OTHERS]),
    )
    | st.tuples(st.just("resize"), st.integers(0, 4)),
    max_size=14,
)


class PlainLine:
    """What the contract says of a session for nobody yet, for which one customer waits."""

    def __init__(self):
        self.capacity, self.booked, self.line = 0, set(), [BUSY]

    def act(self, verb, value, *, promotes):
        getattr(self, verb)(value)
        if promotes and verb in {"cancel", "resize"}:
            eligible = [one for one in self.line if one != BUSY]
            for one in eligible[: self.capacity - len(self.booked)]:
                self.book(one)

    def book(self, who):
        if who != BUSY and len(self.booked) < self.capacity:
            self.booked.add(who)
            self.leave(who)

    def join(self, who):
        is_new = who not in self.booked and who not in self.line
        if who != BUSY and is_new and len(self.booked) >= self.capacity:
            self.line.append(who)

    def leave(self, who):
        self.line = [one for one in self.line if one != who]

    def cancel(self, who):
        self.booked.discard(who)

    def resize(self, capacity):
        if capacity >= len(self.booked):
            self.capacity = capacity


class RealLine:
    """The same through the services."""

    def __init__(self):
        self.session = ClassSessionFactory(capacity=0)
        self.people = CustomerFactory.create_batch(1 + len(OTHERS))
        WaitlistEntryFactory(class_session=self.session, customer=self.people[BUSY])
        BookingFactory(
            customer=self.people[BUSY],
            class_session__starts_at=TUESDAY_18 + timedelta(hours=2),
        )

    def act(self, verb, value, *, at):
        try:
            getattr(self, verb)(value, at)
        except Refusal:
            return

    def book(self, who, at):
        services.book_session(**self._both(who), at=at)

    def join(self, who, at):
        services.join_waitlist(**self._both(who), at=at)

    def leave(self, who, at):
        for entry in WaitlistEntry.objects.waiting().filter(**self._rows_of(who)):
            services.leave_waitlist(entry=entry, at=at)

    def cancel(self, who, at):
        for booking in Booking.objects.live().filter(**self._rows_of(who)):
            services.change_status(booking=booking, to=BookingStatus.CANCELLED, at=at)

    def resize(self, capacity, at):
        services.edit_session(session=self.session, changes={"capacity": capacity}, at=at)

    @property
    def booked(self):
        live = self.session.bookings.live()
        return {self._number(one) for one in live.values_list("customer_id", flat=True)}

    @property
    def line(self):
        line = self.session.waitlist_entries.waiting().in_line()
        return [self._number(one) for one in line.values_list("customer_id", flat=True)]

    def _both(self, who):
        return {"customer_id": self.people[who].pk, "session_id": self.session.pk}

    def _rows_of(self, who):
        return {"customer": self.people[who], "class_session": self.session}

    def _number(self, customer_id):
        return [one.pk for one in self.people].index(customer_id)


def test_whatever_happens_the_line_is_as_the_contract_says():
    @hypothesis(FIXED, max_examples=30)
    @given(ACTS, ACTS)
    def happens(in_time, too_late):
        plain, real = PlainLine(), RealLine()
        for at, acts in ((THE_DAY_BEFORE, in_time), (TOO_LATE, too_late)):
            for verb, value in acts:
                plain.act(verb, value, promotes=at == THE_DAY_BEFORE)
                real.act(verb, value, at=at)

                assert (real.booked, real.line) == (plain.booked, plain.line)

    happens()

    assert [one for one in checks.differences(tz=timezone.get_default_timezone()) if one] == []
