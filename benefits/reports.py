"""
What venues and their partners ask about the use of benefits. All of it is read only.

The three reports of partners and the page of a venue. "The last 180 days" is the closed interval
`[at - 180 × 24 h, at]`; whatever was used after `at` is left out. It is turned into UTC first: in
a zone with summer time Python subtracts hours of the wall clock.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import NamedTuple

from django.db import connection
from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    Exists,
    OuterRef,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import TruncWeek
from django.utils.duration import duration_microseconds

from benefits.models import Benefit, BenefitUsage, UsageSummary, UsageTotal
from benefits.states import Recurrence
from benefits.summary import WINDOW, slot_after, slot_before
from core import sql
from core.instants import local_day, local_midnight, monday_of
from venues.models import Venue

MOST_USED = 3
# More than any venue offers.
ALL = 1_000_000
WEEKS_SHOWN = 26


class Uses(NamedTuple):
    benefit_id: int
    number: int


class UsesInWeek(NamedTuple):
    monday: date
    number: int


class Stretch(NamedTuple):
    """A time without any use; `is_ongoing` where none has come since."""

    since: datetime
    until: datetime
    is_ongoing: bool


# --- Which can be used? -------------------------------------------------------------------------


def available_benefits(*, person_id: int, venue_id: int, at: datetime) -> "QuerySet[Benefit]":
    """Give a venue's benefits, by id, that the person could use at that moment."""
    at = at.astimezone(UTC)
    too_late = Case(
        *(When(recurrence=each, then=Value(at - each.pause)) for each in Recurrence),
        output_field=DateTimeField(),
    )
    in_the_way = BenefitUsage.objects.filter(
        person=person_id,
        benefit=OuterRef("pk"),
        used_at__gt=OuterRef("too_late"),
        used_at__lte=at,
    )
    benefits = Benefit.objects.filter(venue=venue_id).alias(too_late=too_late)
    return benefits.filter(~Exists(in_the_way)).order_by("pk")


# --- Which are used most? -----------------------------------------------------------------------

# One statement, so that everything in it is of one moment: the uses in closed slots by
# subtracting totals, those before and after by counting. In the ORM each part would be a subquery
# for each benefit: 2,000 benefits with ten million uses took 29 ms that way, and 13 ms this way;
# counting all of them one by one takes 700 ms.
TOP = """
WITH closed AS (
    SELECT CASE WHEN opened_at > %(first)s THEN opened_at ELSE %(first)s END AS since,
           CASE WHEN closed_at < %(last)s THEN closed_at ELSE %(last)s END AS until
    FROM {summary} WHERE closed_at IS NOT NULL
), summed AS (
    SELECT COALESCE((SELECT since FROM closed WHERE since < until), %(since)s) AS since,
           COALESCE((SELECT until FROM closed WHERE since < until), %(since)s) AS until
), parts AS (
    SELECT benefit_id, uses AS number FROM {total} WHERE until = (SELECT until FROM summed)
    UNION ALL
    SELECT benefit_id, -uses FROM {total} WHERE until = (SELECT since FROM summed)
    UNION ALL
    SELECT benefit_id, COUNT(*) FROM {usage}
    WHERE used_at >= %(since)s AND used_at < (SELECT since FROM summed) GROUP BY benefit_id
    UNION ALL
    SELECT benefit_id, COUNT(*) FROM {usage}
    WHERE used_at >= (SELECT until FROM summed) AND used_at <= %(until)s GROUP BY benefit_id
), counted AS (
    SELECT benefit_id, CAST(SUM(number) AS BIGINT) AS number FROM parts GROUP BY benefit_id
), ranked AS (
    SELECT venue_id, id, number,
           ROW_NUMBER() OVER (PARTITION BY venue_id ORDER BY number DESC, id) AS place
    FROM counted JOIN {benefit} ON id = benefit_id
    WHERE number > 0
)
SELECT venue_id, id, number FROM ranked WHERE place <= %(most)s ORDER BY venue_id, place
"""


def top_benefits(*, at: datetime, most: int = MOST_USED) -> dict[int, list[Uses]]:
    """
    Give for every venue, by id, its most used benefits of the last 180 days.

    Most used first, ties by lower id; what was never used is not among them.
    """
    at = at.astimezone(UTC)
    since = at - WINDOW
    rows = sql.rows(
        TOP,
        TABLES,
        since=since,
        until=at,
        first=slot_after(since),
        last=slot_before(at),
        most=most,
    )
    found: dict[int, list[Uses]] = {
        pk: [] for pk in Venue.objects.order_by("pk").values_list("pk", flat=True)
    }
    for venue_id, benefit_id, number in rows:
        # A venue that came between the two statements is for the next request.
        found.get(venue_id, []).append(Uses(benefit_id, number))
    return found


def uses_of_venues(*, at: datetime) -> dict[int, int]:
    """Give for every venue, by id, how often its benefits were used in the last 180 days."""
    found = top_benefits(at=at, most=ALL)
    return {venue_id: sum(uses.number for uses in its) for venue_id, its in found.items()}


def uses_per_week(*, venue_id: int, at: datetime, tz: tzinfo) -> list[UsesInWeek]:
    """
    Give how often a venue's benefits were used in each of the last 26 weeks, the running one last.

    A week begins on Monday at midnight in `tz`.
    """
    this_monday = monday_of(local_day(at, tz))
    mondays = [this_monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS_SHOWN))]
    uses = BenefitUsage.objects.filter(
        benefit__venue=venue_id, used_at__gte=local_midnight(mondays[0], tz), used_at__lte=at
    )
    week = TruncWeek("used_at", output_field=DateField(), tzinfo=tz)
    numbers = dict(uses.values_list(week).annotate(number=Count("*")))
    return [UsesInWeek(monday, numbers.get(monday, 0)) for monday in mondays]


# --- Which are not used? ------------------------------------------------------------------------

# From one known use to the last one that is less than `pause` later: between these two there is
# no gap. Where there is none the gap ends at the next use, wherever that is. So a benefit takes
# 180 / 14 steps or a few more, however often it was used: 3 ms for ten million uses, where
# looking at each use (`LAG`) takes 1,600 ms.
STEPS = """
WITH RECURSIVE step AS (
    SELECT id AS benefit_id, {pause} AS pause, %(since)s AS used_at
    FROM {benefit} WHERE venue_id = %(venue)s
    UNION ALL
    SELECT step.benefit_id, step.pause, COALESCE(
        (SELECT usage.used_at FROM {usage} usage
         WHERE usage.benefit_id = step.benefit_id AND usage.used_at > step.used_at
           AND usage.used_at < {later} AND usage.used_at <= %(until)s
         ORDER BY usage.used_at DESC LIMIT 1),
        (SELECT usage.used_at FROM {usage} usage
         WHERE usage.benefit_id = step.benefit_id AND usage.used_at >= {later}
           AND usage.used_at <= %(until)s
         ORDER BY usage.used_at LIMIT 1))
    FROM step WHERE step.used_at IS NOT NULL
), stretch AS (
    SELECT benefit_id, pause, used_at AS since,
           LEAD(used_at) OVER (PARTITION BY benefit_id ORDER BY used_at) AS until
    FROM step WHERE used_at IS NOT NULL
)
SELECT benefit_id, since, COALESCE(until, %(until)s), until IS NULL FROM stretch
WHERE {end_of_pause} <= COALESCE(until, %(until)s)
ORDER BY benefit_id, since
"""


def inactive_stretches(*, venue_id: int, at: datetime) -> dict[int, list[Stretch]]:
    """
    Give the times without any use of a venue's benefits within the last 180 days.

    By benefit, then by time, each at least as long as the benefit's recurrence asks for
    (`Recurrence.inactive_from`), cut at both ends of the 180 days. A benefit without any is left
    out. Times in UTC.
    """
    at = at.astimezone(UTC)
    later = connection.ops.combine_duration_expression("+", ["step.used_at", "step.pause"])
    end_of_pause = connection.ops.combine_duration_expression("+", ["since", "pause"])
    pauses = {f"pause_{each}": _duration(each.inactive_from) for each in Recurrence}
    cases = " ".join(f"WHEN '{each}' THEN %(pause_{each})s" for each in Recurrence)
    steps = STEPS.replace("{later}", later).replace("{end_of_pause}", end_of_pause)
    rows = sql.rows(
        steps.replace("{pause}", f"CASE recurrence {cases} END"),
        TABLES,
        since=at - WINDOW,
        until=at,
        venue=venue_id,
        **pauses,
    )
    return {
        benefit_id: [
            Stretch(sql.instant(since), sql.instant(until), bool(is_ongoing))
            for _, since, until, is_ongoing in its
        ]
        for benefit_id, its in groupby(rows, key=lambda row: row[0])
    }


# --- Statements ---------------------------------------------------------------------------------

TABLES = {
    "{benefit}": Benefit,
    "{usage}": BenefitUsage,
    "{total}": UsageTotal,
    "{summary}": UsageSummary,
}


def _duration(value: timedelta) -> timedelta | int:
    return value if connection.features.has_native_duration_field else duration_microseconds(value)
