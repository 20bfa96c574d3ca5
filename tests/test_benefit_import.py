"""
History is imported while everything else happens, and by imports that are killed.

Threads of this process and real processes, on the database of the run.
"""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from functools import partial
from io import StringIO
from itertools import count
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from zeal import zeal_ignore

from benefits import checks, importing, summary
from benefits.models import BenefitUsage, UsageSummary, UsageTotal
from benefits.tests.agreement import expected, reported
from benefits.tests.factories import BenefitFactory
from customers.tests.factories import CustomerFactory
from tests.processes import environment, module, running

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "id,personId,benefitId,usageTimestamp\n"
URL = "/api/benefit_usages"


@pytest.fixture
def people():
    return CustomerFactory.create_batch(5)


@pytest.fixture
def benefits():
    benefits = BenefitFactory.create_batch(2)
    return [*benefits, BenefitFactory(venue=benefits[0].venue)]


def write(path, uses):
    path.write_text(HEADER + "".join(f"{','.join(map(str, use))}\n" for use in uses))
    return str(path)


def every(pause, number, people, benefits, *, until):
    """Give uses, the ids of which begin with 1, from long ago up to `until`."""
    for each in range(number):
        used_at = until - pause * (number - each)
        person, benefit = people[each % len(people)], benefits[each % len(benefits)]
        yield each + 1, person.pk, benefit.pk, used_at.isoformat()


def import_(path, *options):
    call_command("import_benefit_usages", path, *options, stdout=StringIO())


# --- At the same time ---------------------------------------------------------------------------


def together(*jobs):
    """Run jobs, each in a thread; give the exceptions that they ended with."""
    failures = []

    def run(job):
        try:
            with zeal_ignore():
                job()
        except Exception as error:  # noqa: BLE001 (whatever it is, the test is to see it)
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


class Traffic:
    """What happens during an import, until it is over."""

    def __init__(self, people, benefits, now):
        self.people, self.benefits, self.now = people, benefits, now
        self.is_over, self.answers = Event(), Counter()

    def import_(self, path):
        try:
            import_(path)
        finally:
            self.is_over.set()

    def record(self):
        client = APIClient(raise_request_exception=False)
        for number in count():
            if self.is_over.is_set():
                return
            body = {
                "person": self.people[number % 5].pk,
                "benefit": self.benefits[number % 3].pk,
                "used_at": (self.now - timedelta(hours=24 * number + 0.5)).isoformat(),
            }
            self.answers["POST", client.post(URL, body, format="json").status_code] += 1

    def delete(self):
        client = APIClient(raise_request_exception=False)
        while not self.is_over.is_set():
            oldest = BenefitUsage.objects.order_by("used_at").values_list("pk", flat=True)
            for pk in list(oldest[:2]):
                self.answers["DELETE", client.delete(f"{URL}/{pk}").status_code] += 1

    def close_slots(self):
        while not self.is_over.is_set():
            summary.close_due(lambda: self.now, self.is_over.is_set)


@pytest.mark.slow
def test_an_import_while_uses_come_and_go_and_slots_are_closed_leaves_all_totals_right(
    race_rounds, people, benefits, tmp_path, monkeypatch
):
    monkeypatch.setattr(importing, "LOADED_AT_ONCE", 40)
    for _ in range(race_rounds):
        now = timezone.now()
        history = list(every(timedelta(hours=1), 240, people, benefits, until=now))
        path = write(tmp_path / "uses.csv", history)
        import_(write(tmp_path / "before.csv", history[::3]))
        its = Traffic(people, benefits, now)

        failures = together(partial(its.import_, path), its.record, its.delete, its.close_slots)

        assert failures == []
        assert set(its.answers) <= {("POST", 201), ("POST", 409), ("DELETE", 204)}, its.answers
        assert list(checks.differences()) == []
        assert reported(now) == expected(now)
        BenefitUsage.objects.all().delete()
        summary.start_over()


@pytest.mark.slow
def test_the_same_file_imported_by_several_at_once_is_there_once(
    race_rounds, people, benefits, tmp_path, monkeypatch
):
    monkeypatch.setattr(importing, "LOADED_AT_ONCE", 40)
    path = write(
        tmp_path / "uses.csv",
        every(timedelta(hours=1), 200, people, benefits, until=timezone.now()),
    )
    for _ in range(race_rounds):
        failures = together(*[lambda: import_(path)] * 3)

        assert failures == []
        assert BenefitUsage.objects.count() == 200
        assert list(checks.differences()) == []
        BenefitUsage.objects.all().delete()
        summary.start_over()


# --- Killed -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_import_killed_before_any_of_its_steps_is_completed_by_the_next(
    people, benefits, tmp_path
):
    now = timezone.now()
    # Two slots' worth, and one row to be skipped.
    uses = list(every(timedelta(hours=1), 14, people, benefits, until=now - timedelta(hours=1)))
    path = write(tmp_path / "uses.csv", [*uses, ("bad", 1, 1, "noon")])
    bad_rows = tmp_path / "uses.bad.csv"
    env = {**environment(), "DJANGO_SETTINGS_MODULE": "gymtastic.settings"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    found = set()
    with running(module("tests.dying_import", path), env, **pipes) as process:

        def killed_before(step):
            process.stdin.write(f"{step}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        for step in range(1, 500):
            code = killed_before(step)
            found.add(BenefitUsage.objects.count())
            # It is made last, and the next import overwrites none.
            bad_rows.unlink(missing_ok=True)
            import_(path, "--skip-bad")

            stored = BenefitUsage.objects.order_by("external_id")
            assert list(stored.values_list("external_id", flat=True)) == [use[0] for use in uses]
            assert list(checks.differences()) == []
            assert UsageSummary.objects.get().closed_at is not None
            assert bad_rows.read_text().count("\n") == 2
            if code == 0:
                break
            assert code == -signal.SIGKILL
            bad_rows.unlink()
            UsageTotal.objects.all().delete()
            BenefitUsage.objects.all().delete()
            summary.start_over()

    # The last one took all its steps, and there were kills between all the batches.
    assert code == 0
    assert found == {0, 4, 8, 12, 14}


# --- Many ---------------------------------------------------------------------------------------


# A process begins with as much memory as the one that it was forked from, so a small one starts it.
MEASURED = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
def test_very_many_rows_from_a_pipe_fit_into_little_memory(people, benefits):
    now = timezone.now()
    number = 200_000
    command = [sys.executable, "-c", MEASURED, "manage.py", "import_benefit_usages", "-"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}

    with running(command, environment(), **pipes) as process:
        process.stdin.write(HEADER.encode())
        for first in range(0, number, 10_000):
            lines = (
                f"{each + 1},{people[each % 5].pk},{benefits[each % 3].pk},"
                f"{now - timedelta(seconds=each):%Y-%m-%dT%H:%M:%SZ}\n"
                for each in range(first, first + 10_000)
            )
            process.stdin.write("".join(lines).encode())
        process.stdin.close()
        said, used = process.stdout.read().decode().splitlines()

    assert said == "Added 200,000 uses; 0 were there already."
    assert BenefitUsage.objects.count() == number
    # In kilobytes, on macOS in bytes.
    assert int(used) / (1024 if sys.platform == "darwin" else 1) < 140_000
    assert list(checks.differences()) == []
