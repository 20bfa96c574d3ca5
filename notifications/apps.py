from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Messages and mails"

    def ready(self) -> None:
        from core import health, metrics, work
        from notifications.delivery import deliver_due, is_moving
        from notifications.metrics import mails

        work.register("mail", deliver_due)
        health.CHECKS["queue"] = is_moving
        metrics.QUESTIONS["mails"] = mails
        post_migrate.connect(keep_templates, sender=self)


def keep_templates(*, using: str, **kwargs: Any) -> None:
    from notifications.models import MailTemplate
    from notifications.services import ensure_templates

    # The signal also comes when the tables were just migrated away.
    if MailTemplate._meta.db_table in connections[using].introspection.table_names():
        ensure_templates()
