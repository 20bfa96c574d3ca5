from io import StringIO
from itertools import count
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


# --- Turns --------------------------------------------------------------------------------------


@pytest.fixture
def clock_of_turns(monkeypatch):
    """Let half a turn pass whenever a job asks whether to stop."""
    readings = count(step=work.LONGEST_TURN / 2)
    monkeypatch.setattr(work.time, "monotonic", lambda: next(readings))


def long_job(done, name, *, number):
    """Give a job that does so many things, one after the other, until it is to stop."""
    things = iter(range(number))

    def do(clock, is_stopping):
        for thing in things:
            done.append((name, thing))
            if is_stopping():
                break
        return True

    return do


def test_a_long_job_lets_the_others_have_their_turn_and_goes_on_until_it_is_done(
    jobs, clock_of_turns
):
    done = []
    work.register("long", long_job(done, "long", number=5))
    work.register("mail", job(done, "mail"))

    said = work.do_what_is_due(timezone.now, lambda: False)

    assert said == {"long": True, "mail": True}
    assert done == [
        *[("long", 0), ("long", 1), "mail"],
        *[("long", 2), ("long", 3), "mail"],
        *[("long", 4), "mail"],
    ]


def test_jobs_that_are_done_within_their_turn_have_one(jobs, clock_of_turns):
    done = []
    work.register("short", long_job(done, "short", number=1))
    work.register("mail", job(done, "mail"))

    work.do_what_is_due(timezone.now, lambda: False)

    assert done == [("short", 0), "mail"]


def test_who_is_told_to_stop_gives_no_job_another_turn(jobs, clock_of_turns):
    stopping = Event()
    done = []
    work.register("long", long_job(done, "long", number=5))
    work.register("mail", lambda clock, is_stopping: done.append("mail") or not stopping.set())

    said = work.do_what_is_due(timezone.now, stopping.is_set)

    assert said == {"long": True, "mail": True}
    assert done == [("long", 0), ("long", 1), "mail"]


def test_a_job_in_its_turn_hears_at_once_that_it_is_to_stop(jobs):
    done = []
    stopping = Event()
    stopping.set()
    turn = work.Turn(stopping.is_set)

    long_job(done, "long", number=5)(timezone.now, turn.is_over)

    assert (done, turn.was_cut) == ([("long", 0)], False)
