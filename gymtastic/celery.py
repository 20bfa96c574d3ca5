"""Celery's entry point: `celery -A gymtastic worker` and `celery -A gymtastic beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gymtastic.settings")

app = Celery("gymtastic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
