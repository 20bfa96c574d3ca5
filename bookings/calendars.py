"""A customer's bookings as iCalendar (RFC 5545), for a phone that subscribes to them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Q
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from bookings.models import Booking, CalendarToken
from bookings.states import LIVE, BookingStatus, CancelledBy
from core.tokens import digest_of

# Those who cancelled themselves know it; what the gym cancelled they need to see.
SHOWN = Q(status__in=LIVE) | Q(status=BookingStatus.CANCELLED, cancelled_by=CancelledBy.GYM)
ASKED_AGAIN_AFTER = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def customer_of(token: str) -> int | None:
    tokens = CalendarToken.objects.filter(digest=digest_of(token))
    return tokens.values_list("customer_id", flat=True).first()


def calendar_of(customer_id: int) -> bytes:
    """
    Write the customer's live bookings, and those that the gym cancelled as cancelled.

    Times are on the gym's wall clock, with its zone's rules; a booking keeps its UID. The whole
    history stays in it, because a phone forgets what a feed no longer tells: an event a day.
    """
    tz = timezone.get_default_timezone()
    calendar = Calendar()
    calendar.add("prodid", "-//Gymtastic//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Gym")
    calendar.add("refresh-interval", ASKED_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    shown = Booking.objects.filter(SHOWN, customer=customer_id)
    bookings = list(shown.select_related("class_session__class_type").order_by("pk"))
    for booking in bookings:
        calendar.add_component(_event_of(booking, tz))
    if bookings and str(tz) != "UTC":
        starts = [booking.class_session.starts_at for booking in bookings]
        margin = timedelta(days=366)
        calendar.add_component(_zone(tz, min(starts) - margin, max(starts) + margin))
    return calendar.to_ical()


def _event_of(booking: Booking, tz: tzinfo) -> Event:
    session, is_cancelled = booking.class_session, booking.status == BookingStatus.CANCELLED
    ends_at = session.starts_at + timedelta(minutes=session.duration_minutes)
    event = Event()
    event.add("uid", f"booking-{booking.pk}@gymtastic")
    # A phone takes over what has a higher number than what it knows; each change raises it.
    since = booking.updated_at - booking.created_at
    event.add("sequence", max(0, int(since.total_seconds())))
    event.add("dtstamp", booking.updated_at)
    event.add("last-modified", booking.updated_at)
    event.add("summary", session.class_type.name)
    event.add("dtstart", _local(session.starts_at, tz))
    event.add("dtend", _local(ends_at, tz))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    return event


def _local(instant: datetime, tz: tzinfo) -> datetime:
    local = instant.astimezone(tz)
    # iCalendar takes a time that exists twice for the first, so the second is told in UTC.
    return instant if local.fold else local


def _zone(tz: tzinfo, first: datetime, last: datetime) -> Timezone:
    """
    Tell the zone's offsets between two moments, a part for each time that they change.

    Not by the library, whose lists of dates some readers take for their first date, and which
    puts the beginning of summer time an hour late.
    """
    zone = Timezone()
    zone.add("tzid", str(tz))
    before = first.astimezone(tz)
    zone.add_component(_offset(before, before))
    for change in _changes(tz, first, last):
        zone.add_component(_offset((change - SECOND).astimezone(tz), change.astimezone(tz)))
    return zone


def _offset(before: datetime, after: datetime) -> TimezoneStandard | TimezoneDaylight:
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    old, new = before.utcoffset(), after.utcoffset()
    assert old is not None
    assert new is not None
    # The moment of the change on the clock that was valid until then.
    part.add("dtstart", after.astimezone(UTC).replace(tzinfo=None) + old)
    part.add("tzoffsetfrom", old)
    part.add("tzoffsetto", new)
    part.add("tzname", after.tzname() or "")
    return part


def _changes(tz: tzinfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Give the first instant of each new offset."""
    at = first.astimezone(UTC).replace(microsecond=0)
    offset = at.astimezone(tz).utcoffset()
    while at < last:
        low, at = at, at + timedelta(days=1)
        if at.astimezone(tz).utcoffset() != offset:
            high = at
            while high - low > SECOND:
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (
                    (middle, high) if middle.astimezone(tz).utcoffset() == offset else (low, middle)
                )
            yield high
            offset = at.astimezone(tz).utcoffset()
