"""Sessions, bookings and windows in the admin: no way around a rule of the API's."""

from django.contrib.messages import get_messages
from django.utils import timezone
from django.utils.html import strip_tags

from bookings import services
from bookings.tests.factories import BookingFactory
from classes.tests.factories import ClassSessionFactory
from customers.tests.factories import CustomerFactory

BOOKINGS = "/admin/bookings/booking/"
SESSIONS = "/admin/classes/classsession/"
TYPES = "/admin/classes/classtype/"
WINDOWS = "/admin/bookings/bookingwindow/"
CUSTOMERS = "/admin/customers/customer/"
WAITLIST = "/admin/bookings/waitlistentry/"

CONFIRMED = {"confirmed": ""}
AT_20 = {"starts_at_0": "2030-05-14", "starts_at_1": "20:00"}
ON_WEDNESDAY = {"starts_at_0": "2030-05-15", "starts_at_1": "18:00"}


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def change(url, obj):
    return f"{url}{obj.pk}/change/"


def field_shown(page, name):
    """Give the text of a field that is shown only."""
    lines = (line for fieldset in page.context["adminform"] for line in fieldset)
    fields = (field for line in lines for field in line if field.field["name"] == name)
    return strip_tags(next(fields).contents())


def as_shown(page):
    """Give the values of a change form as a browser would send them back."""
    form = page.context["adminform"].form
    sent = {}
    for bound in form:
        widget = bound.field.widget
        value = bound.value()
        parts = widget.decompress(value) if hasattr(widget, "decompress") else None
        if parts is not None:
            sent |= {f"{bound.name}_{n}": str(part) for n, part in enumerate(parts)}
        elif value not in (None, False):
            sent[bound.name] = value
    return sent


def waits_for(session, **customer):
    """Put somebody at the end of the line for a full session."""
    return services.join_waitlist(
        customer_id=CustomerFactory(**customer).pk, session_id=session.pk, at=timezone.now()
    )


def cancel(session):
    return f"{SESSIONS}{session.pk}/cancel/"


def reschedule(session):
    return f"{SESSIONS}{session.pk}/reschedule/"


def full_session_with_a_line(**values):
    """Give a session, the booking that fills it and the entry of who waits."""
    session = ClassSessionFactory(capacity=1, **values)
    booking = BookingFactory(class_session=session)
    return session, booking, waits_for(session)


def named_in(answer):
    return [(group.heading, group.listed) for group in answer.context["touched"]]
