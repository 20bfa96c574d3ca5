"""Celery's entry point: `celery -A gymtastic worker` and `celery -A gymtastic beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gymtastic.settings")

app = Celery("gymtastic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_to_the_settings(**kwargs: Any) -> None:
    """Celery writes no lines of its own shape as long as somebody hears this signal."""
