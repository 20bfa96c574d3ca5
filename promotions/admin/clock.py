"""What takes a minute is shown to the second."""

from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.formats import date_format

from core.admin.times import shown_moment


def precise(instant: datetime) -> str:
    return date_format(timezone.localtime(instant), "j M Y, H:i:s")


def seconds_long(seconds: float) -> str:
    return f"{seconds:,.0f} s"


shown_precisely = partial(shown_moment, written=precise)
