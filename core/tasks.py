from celery import shared_task
from django.utils import timezone

from core.work import TASK, do_what_is_due


@shared_task(name=TASK)
def work() -> None:
    """Do what is due. Celery's beat asks for it regularly, and requests that make work do."""
    do_what_is_due(timezone.now, lambda: False)
