from bookings.models import BookingWindow
from bookings.states import DEFAULT_OPENS_BEFORE, DEFAULT_UNIT
from core.errors import Protected
from core.transactions import in_transaction


@in_transaction
def ensure_default_window() -> None:
    """Put the gym's default back where there is none; an edited one is left alone."""
    if not BookingWindow.objects.the_default().exists():
        BookingWindow.objects.create(opens_before=DEFAULT_OPENS_BEFORE, unit=DEFAULT_UNIT)


@in_transaction
def delete_window(*, window: BookingWindow) -> None:
    """
    Delete a window, so that the next one in line decides.

    :raises Protected: when it is the gym's default.
    """
    if window.is_default:
        raise Protected(held_by={})
    window.delete()
