"""Mails that are queued, and workers that deliver them in the test's own process."""

from collections import Counter
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from notifications.models import Mail
from notifications.tests.factories import MailFactory


def queue(number):
    """Queue mails that are due, oldest first, and give their recipients."""
    at = timezone.now() - timedelta(minutes=1)
    mails = [MailFactory(queued_at=at, due_at=at) for _ in range(number)]
    return [mail.notification.customer.email for mail in mails]


def let_time_pass():
    """Leases run out, and pauses between attempts are over."""
    Mail.objects.queued().update(due_at=timezone.now())


def work_once():
    call_command("worker", "--once")


def states():
    return Counter(Mail.objects.values_list("status", flat=True))
