"""
Workers are killed while they tell of promotions, and everybody is told once.

All are real processes; SIGKILL is SIGKILL.
"""

import signal
import subprocess
from collections import Counter

import pytest
from django.utils import timezone

from customers.tests.factories import SegmentFactory
from notifications.states import MailStatus
from promotions.models import PromoNotice
from tests.mailing import states
from tests.processes import WORKER_ONCE, environment, module, run, running
from tests.promoting import announce, customers_in, everything_is_right, running_promo, told
from tests.smtp_server import serving_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def mail_server(settings):
    with serving_mail(settings) as server:
        yield server


@pytest.fixture
def workers_to_kill(transactional_db):
    """Run workers, each killed before its n-th step; gives their exit codes."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    env = {**environment(), "DJANGO_SETTINGS_MODULE": "gymtastic.settings"}
    with running(module("tests.dying_announcer"), env, **pipes) as process:

        def work(last_step):
            process.stdin.write(f"{last_step}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield work


def test_a_worker_killed_before_any_of_its_steps_leaves_nobody_untold_and_tells_nobody_twice(
    mail_server, workers_to_kill
):
    people, left_behind = [], set()
    for step in range(1, 200):
        segment = SegmentFactory()
        promos = [running_promo(segments=[segment]) for _ in range(2)]
        customers = customers_in(segment, number=5)
        people += customers

        code = workers_to_kill(step)
        left_behind.add(PromoNotice.objects.filter(promo__in=promos).count())
        everything_is_right()
        announce(timezone.now())

        pairs = told(promo__in=promos)
        assert sorted(customer for _, customer in pairs) == [one.pk for one in customers], step
        for promo in promos:
            promo.refresh_from_db()
            assert promo.notified_at is not None, f"killed before step {step}"
        if code == 0:
            break
        assert code == -signal.SIGKILL

    # The last one took all its steps, and the others were killed after two at a time.
    assert code == 0
    assert left_behind == {0, 2, 4, 5}
    assert run(WORKER_ONCE, environment(mail_port=mail_server.port)) == 0
    assert Counter(mail_server.recipients) == {one.email: 1 for one in people}
    assert set(states()) == {MailStatus.SENT}
