"""What this app tells customers. Staff edit the words; these are the ones to begin with."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from bookings.models import Booking, WaitlistEntry
from classes.rows import SessionRow
from customers.models import Customer
from memberships.models import Membership
from notifications.kinds import Kind, register
from notifications.services import Message, words_for

AN_EVENING = datetime(2030, 5, 23, 18, 30, tzinfo=UTC)
TO_A_CUSTOMER = {"customer.first_name": "Anna", "customer.last_name": "Schmidt"}
OF_A_SESSION = {"session.class_name": "Aerial Yoga", "session.starts_at": AN_EVENING}

MEMBERSHIP_CANCELLED = register(
    Kind(
        name="membership_cancelled",
        label="Membership cancelled",
        mails=True,
        variables={
            **TO_A_CUSTOMER,
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
SESSION_CANCELLED = register(
    Kind(
        name="session_cancelled",
        label="Session cancelled by the gym",
        mails=True,
        variables={
            **TO_A_CUSTOMER,
            **OF_A_SESSION,
            "reason": "The coach is ill.",
            "was_booked": True,
        },
        subject='{{ session.class_name }} on {{ session.starts_at|date:"l, j F" }} is cancelled',
        body="""\
Hello {{ customer.first_name }},

{{ session.class_name }} on {{ session.starts_at|date:"l, j F Y, H:i" }} does not take place.
{% if reason %}
{{ reason }}
{% endif %}
{% if was_booked %}Your booking is cancelled and your day is free again.{% else %}\
You do not wait for a spot in it any more.{% endif %}

We are sorry!""",
    )
)
SESSION_MOVED = register(
    Kind(
        name="session_moved",
        label="Session moved by the gym",
        mails=True,
        variables={
            **TO_A_CUSTOMER,
            **OF_A_SESSION,
            "session.was_to_start_at": AN_EVENING,
            "was_booked": True,
        },
        subject='{{ session.class_name }} is moved to {{ session.starts_at|date:"l, j F, H:i" }}',
        body="""\
Hello {{ customer.first_name }},

{{ session.class_name }} on {{ session.was_to_start_at|date:"l, j F Y, H:i" }} is moved: \
it starts on {{ session.starts_at|date:"l, j F Y, H:i" }}.

{% if was_booked %}Your booking moves with it. If the time does not suit you, cancel freely until \
it starts.{% else %}You keep your place in line.{% endif %}

See you there!""",
    )
)
WAITLIST_PROMOTED = register(
    Kind(
        name="waitlist_promoted",
        label="A spot for somebody who waited",
        mails=True,
        variables={**TO_A_CUSTOMER, **OF_A_SESSION, "free_until": AN_EVENING},
        subject='You have a spot: {{ session.class_name }}, {{ session.starts_at|date:"l, j F" }}',
        body="""\
Hello {{ customer.first_name }},

a spot became free, and it is yours: {{ session.class_name }} on \
{{ session.starts_at|date:"l, j F Y, H:i" }}.

If you cannot come, cancel freely until {{ free_until|date:"l, j F, H:i" }}.

See you there!""",
    )
)


def about_cancelled_membership(
    membership: Membership, cancelled_on: date, lost: Iterable[Booking]
) -> Message:
    bookings = list(lost)
    values = {
        **_to(membership.customer),
        "plan.name": membership.plan.name,
        "cancelled_on": cancelled_on,
        "bookings": _as_list(bookings),
        "booking_count": len(bookings),
    }
    title, body = words_for(MEMBERSHIP_CANCELLED).write(values)
    return Message(
        customer_id=membership.customer_id,
        kind=MEMBERSHIP_CANCELLED,
        key=f"{MEMBERSHIP_CANCELLED.name}:{membership.pk}",
        title=title,
        body=body,
        data={"membership": membership.pk, "bookings": [booking.pk for booking in bookings]},
    )


def about_cancelled_session(
    session: SessionRow,
    bookings: Iterable[Booking],
    waiting: Iterable[WaitlistEntry],
    *,
    reason: str,
) -> list[Message]:
    occasion = f"{SESSION_CANCELLED.name}:{session.id}"
    return _to_each(SESSION_CANCELLED, occasion, session, bookings, waiting, reason=reason)


def about_moved_session(
    session: SessionRow,
    bookings: Iterable[Booking],
    waiting: Iterable[WaitlistEntry],
    *,
    was_to_start_at: datetime,
    at: datetime,
) -> list[Message]:
    """Tell of one move of a session; each move is an occasion of its own."""
    occasion = f"{SESSION_MOVED.name}:{session.id}:{at.isoformat()}"
    more = {"session.was_to_start_at": was_to_start_at}
    return _to_each(SESSION_MOVED, occasion, session, bookings, waiting, **more)


def about_promotions(entries: Iterable[WaitlistEntry], session: SessionRow) -> list[Message]:
    words = words_for(WAITLIST_PROMOTED)
    messages = []
    for entry in entries:
        booking = entry.promoted_booking
        assert booking is not None
        more = {"free_until": min(booking.free_cancel_until, session.starts_at)}
        title, body = words.write(_to(entry.customer) | _of(session) | more)
        messages.append(
            Message(
                customer_id=entry.customer_id,
                kind=WAITLIST_PROMOTED,
                key=f"{WAITLIST_PROMOTED.name}:{entry.pk}",
                title=title,
                body=body,
                data={
                    "class_session": session.id,
                    "booking": booking.pk,
                    "waitlist_entry": entry.pk,
                },
            )
        )
    return messages


def _to_each(
    kind: Kind,
    occasion: str,
    session: SessionRow,
    bookings: Iterable[Booking],
    waiting: Iterable[WaitlistEntry],
    **more: Any,
) -> list[Message]:
    words, about = words_for(kind), _of(session)
    concerned = [(one.customer, "booking", one.pk) for one in bookings]
    concerned += [(one.customer, "waitlist_entry", one.pk) for one in waiting]
    messages = []
    for customer, what, pk in concerned:
        values = _to(customer) | about | more | {"was_booked": what == "booking"}
        title, body = words.write(values)
        messages.append(
            Message(
                customer_id=customer.pk,
                kind=kind,
                key=f"{occasion}:{customer.pk}",
                title=title,
                body=body,
                data={"class_session": session.id, what: pk},
            )
        )
    return messages


def _to(customer: Customer) -> dict[str, Any]:
    return {
        "customer.first_name": customer.first_name,
        "customer.last_name": customer.last_name,
    }


def _of(session: SessionRow) -> dict[str, Any]:
    return {"session.class_name": session.class_type_name, "session.starts_at": session.starts_at}


def _as_list(bookings: Iterable[Booking]) -> str:
    tz = timezone.get_default_timezone()
    lines = []
    for booking in bookings:
        session = booking.class_session
        local = session.starts_at.astimezone(tz)
        when = f"{local:%A} {local.day} {local:%B %Y, %H:%M}"
        lines.append(f"- {session.class_type.name}, {when}")
    return "\n".join(lines)
