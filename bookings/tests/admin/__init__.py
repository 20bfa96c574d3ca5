"""Sessions, bookings and windows in the admin: no way around a rule of the API's."""

from django.contrib.messages import get_messages

BOOKINGS = "/admin/bookings/booking/"
SESSIONS = "/admin/classes/classsession/"
TYPES = "/admin/classes/classtype/"
WINDOWS = "/admin/bookings/bookingwindow/"
CUSTOMERS = "/admin/customers/customer/"


def said_in(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def errors_on(answer):
    form = answer.context["adminform"].form
    return {name: list(problems) for name, problems in form.errors.items()}


def change(url, obj):
    return f"{url}{obj.pk}/change/"


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
