"""
Delivering: so many queued mails, handed to a local mail server by the worker as it is run.

The limit is a loop that hands over the very same messages through one connection and does nothing
else. In each round everything must have arrived, and once.
"""

import json
import os
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.parser import HeaderParser
from functools import partial
from statistics import median
from typing import IO, NamedTuple

from benchmarks.filling import cursor_of, migrate, rows_of, tidy
from benchmarks.mail_sink import Arrived
from benchmarks.measuring import say
from benchmarks.processor_time import seconds_of_family
from benchmarks.report import Table
from benchmarks.servers import ROOT, production

TARGET_SECONDS = 60
SENDER = "gym@gym.example"
HEADINGS = (
    "mail",
    "seconds",
    "rounds",
    "mails/s",
    "CPU ms a mail",
    "of it app",
    "database",
    "of the limit's speed",
    "target",
)

# Congratulations of 500 to 2,500 letters, some beyond ASCII, as staff would write them.
FILLING = """
INSERT INTO customers_customer (first_name, last_name, email, origin, created_at)
SELECT 'Zoë', 'O''Neill ' || i, 'customer' || i || '@gym.example', 'web', now()
FROM generate_series(1, %(mails)s) i;
INSERT INTO notifications_notification (customer_id, kind, key, title, body, data, created_at)
SELECT id, 'milestone_award', 'milestone_award:' || id, 'Glückwunsch, Zoë: 10 sessions in 1 month',
       'Hello Zoë!' || repeat(E'\nYou''ve been here 10 times in a month. Schöne Grüße!',
                              10 + (id %% 40)::int), '{}', now()
FROM customers_customer;
"""
QUEUE = """
DELETE FROM notifications_mail;
INSERT INTO notifications_mail
    (notification_id, status, queued_at, due_at, worker, attempts, sent_to, problem)
SELECT id, 'queued', created_at, created_at, '', 0, '', '' FROM notifications_notification
"""


class Round(NamedTuple):
    seconds: float
    app_seconds: float
    database_seconds: float


class Sink:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._ask: IO[str] = process.stdin
        self._answers: IO[str] = process.stdout
        self.port = int(self._answers.readline())

    def arrived(self) -> list[Arrived]:
        self._ask.write("\n")
        self._ask.flush()
        return [Arrived(*each) for each in json.loads(self._answers.readline())]


def run(server: str, postmaster: int, mails: int, rounds: int) -> Table:
    """Fill a database of its own and let worker, limit and two workers take turns."""
    say("Mail")
    with cursor_of(server) as cursor:
        cursor.execute("CREATE DATABASE mail")
    address = f"{server.rpartition('/')[0]}/mail"
    migrate(address)
    with cursor_of(address) as cursor:
        cursor.execute(FILLING, {"mails": mails})

    kept: dict[str, list[Round]] = {"one worker": [], "limit": [], "two workers": []}
    with sink_of_mail() as sink:
        for number in range(1, rounds + 1):
            for who, workers in (("one worker", 1), ("two workers", 2)):
                _queue(address)
                kept[who].append(measured(partial(work, address, sink, workers), postmaster))
                sent = sink.arrived()
                _must_be_everything_once(sent, address, who)
            kept["limit"].append(measured(partial(_send, sink, sent), postmaster))
            assert sink.arrived() == sent, "The limit sent something else."
            say(f"    round {number} of {rounds}")
    return Table(HEADINGS, [_row(who, kept, mails) for who in kept])


@contextmanager
def sink_of_mail() -> Iterator[Sink]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.mail_sink"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Sink(process)


def _queue(address: str) -> None:
    with cursor_of(address) as cursor:
        cursor.execute(QUEUE)
    tidy(address)


def measured(deliver: Callable[[], None], postmaster: int) -> Round:
    app, database, begun = _own_cpu(), seconds_of_family(postmaster), time.perf_counter()
    deliver()
    seconds = time.perf_counter() - begun
    return Round(seconds, _own_cpu() - app, seconds_of_family(postmaster) - database)


def _own_cpu() -> float:
    """Give what this process and its children that have ended have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def work(address: str, sink: Sink, workers: int) -> None:
    env = {**production(address), "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
    command = [sys.executable, "manage.py", "worker", "--once"]
    running = [subprocess.Popen(command, cwd=ROOT, env=env) for _ in range(workers)]
    codes = [process.wait() for process in running]
    assert not any(codes), f"The workers ended with {codes}."


def _send(sink: Sink, mails: list[Arrived]) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for mail in mails:
            connection.sendmail(SENDER, [mail.recipient], mail.message.encode("latin-1"))


def _must_be_everything_once(arrived: list[Arrived], address: str, who: str) -> None:
    expected = rows_of(
        address,
        "SELECT email, notification.id FROM notifications_notification notification"
        " JOIN customers_customer customer ON customer.id = customer_id",
    )
    read = HeaderParser().parsestr
    names = [read(mail.message)["Message-ID"] for mail in arrived]
    ids = [name.removeprefix("<notification-").partition("@")[0] for name in names]
    found = Counter((mail.recipient, int(id_)) for mail, id_ in zip(arrived, ids, strict=True))
    assert found == Counter(expected), f"{who} did not send everything once."
    unsent = rows_of(address, "SELECT count(*) FROM notifications_mail WHERE status <> 'sent'")
    assert unsent == [(0,)], f"{who} left {unsent[0][0]} mails that it did not note as sent."


def _row(who: str, kept: dict[str, list[Round]], mails: int) -> list[str]:
    rounds = kept[who]
    seconds = [each.seconds for each in rounds]
    app = 1000 * median(each.app_seconds for each in rounds) / mails
    database = 1000 * median(each.database_seconds for each in rounds) / mails
    row = [
        who,
        f"{median(seconds):.1f}",
        f"{min(seconds):.1f}–{max(seconds):.1f}",
        f"{mails / median(seconds):.0f}",
        f"{app + database:.2f}",
        f"{app:.2f}",
        f"{database:.2f}",
    ]
    if who == "limit":
        return [*row, "", ""]
    pairs = zip(rounds, kept["limit"], strict=True)
    ratio = median(limit.seconds / own.seconds for own, limit in pairs)
    verdict = "met" if median(seconds) <= TARGET_SECONDS else "MISSED"
    return [*row, f"{ratio:.2f}", f"≤ {TARGET_SECONDS} s: {verdict}"]
