"""Flash promotions: telling ten thousand customers, and of 500 promotions at once."""

from collections.abc import Mapping, Sequence
from functools import partial
from statistics import median

from benchmarks import mail, report
from benchmarks.asking import Asked, answering
from benchmarks.filling import cursor_of, rows_of, tidy
from benchmarks.measuring import say
from benchmarks.processor_time import seconds_of_family

TOLD = ("path", "promotions", "told", "seconds", "rounds", "CPU s of the app", "database", "target")
TARGET_SECONDS = 60
DUE_AT_ONCE = 500
FORGET = """
DELETE FROM notifications_mail;
DELETE FROM notifications_notification WHERE kind = 'flash_promo';
DELETE FROM promotions_promonotice WHERE told_at > %(begun)s;
DELETE FROM promotions_announcement;
UPDATE promotions_flashpromo SET notified_at = now() WHERE notified_at IS NULL;
UPDATE promotions_flashpromo SET notified_at = NULL WHERE id = ANY(%(due)s)
"""
DUE = """
SELECT id FROM promotions_flashpromo
WHERE is_active AND starts_at <= now() AND ends_at > now() AND quantity > sold_count
  AND max_distance_km <= 50 ORDER BY id %% 997, id LIMIT %s
"""


def told(address: str, crowd: int, rounds: int, postmaster: int) -> report.Table:
    """Measure telling, by the promotion that has `crowd` units and by many that are due at once."""
    say("Telling")
    [(begun,)] = rows_of(address, "SELECT now()")
    [(crowded,)] = rows_of(
        address,
        "SELECT max(id) FROM promotions_flashpromo WHERE quantity = %s AND is_active",
        crowd,
    )
    many = [pk for (pk,) in rows_of(address, DUE, DUE_AT_ONCE)]

    def due(promos: Sequence[int]) -> None:
        with cursor_of(address) as cursor:
            cursor.execute(FORGET, {"begun": begun, "due": list(promos)})
        tidy(address)

    rows = []
    with answering(address, "benchmarks.promotion_questions") as process:
        asked = Asked(process)
        for path, promos in (("told, mails queued", [crowded]), ("told, due at once", many)):
            costs = []
            for _ in range(rounds):
                due(promos)
                database = seconds_of_family(postmaster)
                cost = asked.do("announce")
                costs.append({**cost, "database": seconds_of_family(postmaster) - database})
                number = _told_and_queued(address, promos)
            rows.append(_told_row(path, len(promos), number, costs))
    due([crowded])
    with mail.sink_of_mail() as sink:
        delivered = mail.measured(partial(mail.work, address, sink, 1), postmaster)
        arrived = len(sink.arrived())
    number = _told_and_queued(address, [crowded])
    assert arrived == number, f"{arrived} mails arrived of {number}."
    cost = {
        "seconds": delivered.seconds,
        "app": delivered.app_seconds,
        "database": delivered.database_seconds,
    }
    rows.append(_told_row("told and all mails delivered by one worker", 1, number, [cost]))
    return report.Table(TOLD, rows)


def _told_and_queued(address: str, promos: Sequence[int]) -> int:
    numbers = rows_of(
        address,
        "SELECT (SELECT count(*) FROM promotions_promonotice WHERE promo_id = ANY(%s)),"
        " (SELECT count(*) FROM notifications_notification WHERE kind = 'flash_promo'),"
        " (SELECT count(*) FROM notifications_mail),"
        " (SELECT count(*) FROM promotions_flashpromo WHERE notified_at IS NULL"
        "  AND is_active AND starts_at <= now() AND ends_at > now())",
        list(promos),
    )[0]
    *told, untold = numbers
    assert len(set(told)) == 1, f"{told} notices, messages and mails."
    assert not untold, f"{untold} promotions are not announced."
    return int(told[0])


def _told_row(
    path: str, promos: int, number: int, costs: Sequence[Mapping[str, float]]
) -> list[str]:
    seconds = [cost["seconds"] for cost in costs]
    times = TARGET_SECONDS / median(seconds)
    met = f"met, {times:.0f} × below" if times >= 1 else "MISSED"
    return [
        path,
        f"{promos}",
        f"{number:,}",
        f"{median(seconds):.1f}",
        f"{min(seconds):.1f}–{max(seconds):.1f}",
        f"{median(cost['app'] for cost in costs):.1f}",
        f"{median(cost['database'] for cost in costs):.1f}",
        f"≤ {TARGET_SECONDS} s: {met}",
    ]
