from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = "Bookings and windows"

    def ready(self) -> None:
        # Registers the kinds of messages, and hears what is to be counted.
        import bookings.metrics
        import bookings.notices  # noqa: F401
        from bookings.segment_rules import frequent_visitors
        from customers.segment_rules import register
        from customers.states import SegmentRuleName

        register(SegmentRuleName.FREQUENT_VISITORS, frequent_visitors)
        post_migrate.connect(keep_default_window, sender=self)


def keep_default_window(*, using: str, **kwargs: Any) -> None:
    from bookings.models import BookingWindow
    from bookings.services.windows import ensure_default_window

    # The signal also comes when the tables were just migrated away.
    if BookingWindow._meta.db_table in connections[using].introspection.table_names():
        ensure_default_window()
