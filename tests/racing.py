"""Requests that are sent at the same instant, each from a thread of its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier

from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from zeal import zeal_ignore

from classes.tests.factories import ClassSessionFactory


def at_once(*requests):
    """Send each (method, address, body) from a thread of its own, all at the same instant."""
    start = Barrier(len(requests))

    def send(request):
        method, address, body = request
        client = APIClient(raise_request_exception=False)
        try:
            # A connection is made before the start, so that nobody is late for it.
            connection.ensure_connection()
            start.wait(timeout=30)
            # Who loses a race asks again what they asked before, which is no N+1.
            with zeal_ignore():
                return getattr(client, method)(address, body, format="json")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def outcomes(responses):
    """Count the answers: by status, and by code where they refuse."""
    return Counter(
        response.status_code
        if response.status_code < 400
        else (response.status_code, response.json()["errors"][0]["code"])
        for response in responses
    )


def book(customer, session):
    return "post", "/api/bookings", {"customer": customer.pk, "class_session": session.pk}


def cancel(booking_id):
    return "patch", f"/api/bookings/{booking_id}", {"status": "cancelled"}


def session_in_days(days, *, capacity=None, minute=0):
    """Put a session at noon of one of the next days, within the default window."""
    day = timezone.localdate() + timedelta(days=days)
    noon = datetime.combine(day, time(12, minute), tzinfo=timezone.get_default_timezone())
    return ClassSessionFactory(starts_at=noon, capacity=capacity)
