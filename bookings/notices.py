"""What this app tells customers."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from django.utils import timezone

from bookings.models import Booking
from customers.models import Customer
from memberships.models import Membership
from notifications.kinds import Kind, register
from notifications.services import Message, in_the_gyms_words

MEMBERSHIP_CANCELLED = register(
    Kind(
        name="membership_cancelled",
        label="Membership cancelled",
        mails=True,
        variables={
            "customer.first_name": "Anna",
            "customer.last_name": "Schmidt",
            "plan.name": "Aerial Yoga, monthly",
            "cancelled_on": date(2030, 5, 20),
            "bookings": "- Aerial Yoga, Thursday 23 May 2030, 18:30",
            "booking_count": 1,
        },
        subject="Your membership {{ plan.name }} is cancelled",
        body="""\
Hello {{ customer.first_name }},

your membership "{{ plan.name }}" is cancelled: from {{ cancelled_on|date:"l, j F Y" }} on \
it opens nothing any more.
{% if bookings %}
What you had booked with it from then on is cancelled, too:

{{ bookings }}
{% endif %}
See you soon!""",
    )
)


def about_cancelled_membership(
    membership: Membership, cancelled_on: date, lost: Iterable[Booking]
) -> Message:
    customer: Customer = membership.customer
    bookings = list(lost)
    title, body = in_the_gyms_words(
        MEMBERSHIP_CANCELLED,
        {
            "customer.first_name": customer.first_name,
            "customer.last_name": customer.last_name,
            "plan.name": membership.plan.name,
            "cancelled_on": cancelled_on,
            "bookings": _as_list(bookings),
            "booking_count": len(bookings),
        },
    )
    return Message(
        customer_id=customer.pk,
        kind=MEMBERSHIP_CANCELLED,
        key=f"{MEMBERSHIP_CANCELLED.name}:{membership.pk}",
        title=title,
        body=body,
        data={"membership": membership.pk, "bookings": [booking.pk for booking in bookings]},
    )


def _as_list(bookings: Iterable[Booking]) -> str:
    tz = timezone.get_default_timezone()
    sessions = [booking.class_session for booking in bookings]
    return "\n".join(f"- {one.class_type.name}, {_when(one.starts_at, tz)}" for one in sessions)


def _when(starts_at: datetime, tz: tzinfo) -> str:
    local = starts_at.astimezone(tz)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
