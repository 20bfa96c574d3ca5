from io import StringIO
from threading import Event

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from core import work
from core.errors import Busy
from core.management.commands.worker import Command


@pytest.fixture
def jobs(monkeypatch):
    """Let a test register its own jobs, and nobody else."""
    monkeypatch.setattr(work, "JOBS", {})
    return work.JOBS


def job(done, name, *, is_well=True):
    def do(clock, is_stopping):
        done.append(name)
        return is_well

    return do


def test_every_job_is_done_in_the_order_in_which_they_were_registered(jobs):
    done = []
    work.register("mail", job(done, "mail"))
    work.register("follow-ups", job(done, "follow-ups"))

    call_command("worker", "--once")

    assert done == ["mail", "follow-ups"]


def test_a_job_that_could_not_be_done_keeps_none_from_the_others_and_is_named(jobs):
    done = []
    work.register("mail", job(done, "mail", is_well=False))
    work.register("follow-ups", job(done, "follow-ups"))

    said = StringIO()

    call_command("worker", "--once", stderr=said)

    assert said.getvalue() == "Not everything could be done now: mail.\n"
    assert done == ["mail", "follow-ups"]


def test_who_is_told_to_stop_begins_no_further_job(jobs):
    stopping = Event()
    done = []
    work.register("first", lambda clock, is_stopping: not stopping.set())
    work.register("second", job(done, "second"))

    said = work.do_what_is_due(timezone.now, stopping.is_set)

    assert said == {"first": True}
    assert done == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fault",
    [OperationalError("the server is restarting"), InterfaceError("connection closed"), Busy()],
    ids=["restarting", "closed", "busy"],
)
def test_a_job_that_the_database_stops_keeps_none_of_the_others_from_theirs(jobs, caplog, fault):
    def fail(clock, is_stopping):
        raise fault

    done = []
    work.register("summary", fail)
    work.register("mail", job(done, "mail"))

    Command()._round(Event())

    assert done == ["mail"]
    assert "The database stopped summary; trying again." in caplog.text


@pytest.mark.django_db(transaction=True)
def test_without_a_redis_nobody_is_woken(settings, django_capture_on_commit_callbacks):
    settings.REDIS_URL = ""

    with django_capture_on_commit_callbacks() as callbacks:
        work.wake_after_commit()

    assert callbacks == []
