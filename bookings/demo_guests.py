"""Who comes to the demo's sessions, and from when on."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from bookings.models import Booking, BookingWindow
from bookings.windows import Window, Windows, earliest
from classes.rows import SessionRow
from core.demo import DemoPlan
from customers.demo import demo_customers
from customers.models import Segment
from customers.segment_rules import members_of
from memberships.demo import holders


class Guest(NamedTuple):
    id: int
    # From when on the guest could book, were booking open.
    since: datetime
    segment_ids: frozenset[int]
    # The membership that opened a premium session until it was cancelled.
    membership_id: int | None = None
    lost_at: datetime | None = None


class Guests:
    """
    The demo's customers, the windows that say from when on each of them may book, and the
    memberships that open the premium sessions.

    `cancelled` are those of this run and when; `lost` then has what was booked with them.
    """

    def __init__(self, plan: DemoPlan, cancelled: dict[int, datetime]) -> None:
        self.plan, self.cancelled = plan, cancelled
        self.lost: dict[int, list[Booking]] = {}
        self.windows = [Window(*row) for row in BookingWindow.objects.values_list(*Window._fields)]
        segment_ids: dict[int, frozenset[int]] = {}
        for segment in Segment.objects.filter(booking_windows__isnull=False).distinct():
            members = members_of(segment, at=plan.at).values_list("customer_id", flat=True)
            for customer_id in members.iterator():
                known = segment_ids.get(customer_id, frozenset())
                segment_ids[customer_id] = known | {segment.pk}
        rows = demo_customers().order_by("pk").values_list("pk", "created_at").iterator()
        nowhere: frozenset[int] = frozenset()
        self.everybody = [Guest(pk, since, segment_ids.get(pk, nowhere)) for pk, since in rows]
        self._of_the_day: date | None = None
        self._members: dict[int, list[Guest]] = {}

    def of(self, session: SessionRow, day: date) -> Sequence[Guest]:
        """Give who could come to a session on that day. Days are asked for one by one."""
        if not session.is_premium:
            return self.everybody
        if self._of_the_day != day:
            self._of_the_day, self._members = day, {}
        kind = session.class_type_id
        if kind not in self._members:
            self._members[kind] = list(self._with_a_membership(kind, day))
        return self._members[kind]

    def opens_at(self, session: SessionRow, segment_ids: frozenset[int]) -> datetime:
        candidates = Windows(self.windows, segment_ids).candidates(session.class_type_id)
        return earliest(candidates, session.starts_at, self.plan.tz)[0]

    def _with_a_membership(self, class_type_id: int, day: date) -> Iterator[Guest]:
        """Give whom a membership opens the class on that day, or did until it was cancelled."""
        for one in holders(class_type_id, day):
            index = bisect_left(self.everybody, one.customer_id, key=lambda guest: guest.id)
            if index == len(self.everybody) or self.everybody[index].id != one.customer_id:
                continue
            guest = self.everybody[index]._replace(since=one.sold_at)
            if one.cancelled_on is None or day < one.cancelled_on:
                yield guest
            elif one.membership_id in self.cancelled:
                lost_at = self.cancelled[one.membership_id]
                yield guest._replace(membership_id=one.membership_id, lost_at=lost_at)
