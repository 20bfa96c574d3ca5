"""The three reports once more: plainly, slowly, one use after the other."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

WINDOW = timedelta(hours=24) * 180
PAUSES = {
    "day": timedelta(hours=24),
    "week": timedelta(hours=24) * 7,
    "month": timedelta(hours=24) * 30,
}
INACTIVE_FROM = {
    "day": timedelta(hours=24) * 14,
    "week": timedelta(hours=24) * 21,
    "month": timedelta(hours=24) * 30,
}


class Offer(NamedTuple):
    id: int
    venue_id: int
    recurrence: str


class Use(NamedTuple):
    person_id: int
    benefit_id: int
    used_at: datetime


def top(venue_ids: list[int], offers: list[Offer], uses: list[Use], at: datetime) -> dict:
    found = {}
    for venue_id in sorted(venue_ids):
        counts = []
        for offer in offers:
            times = [use.used_at for use in uses if use.benefit_id == offer.id]
            number = sum(at - WINDOW <= time <= at for time in times)
            if offer.venue_id == venue_id and number:
                counts.append((offer.id, number))
        counts.sort(key=lambda count: (-count[1], count[0]))
        found[venue_id] = counts[:3]
    return found


def available(
    person_id: int, venue_id: int, offers: list[Offer], uses: list[Use], at: datetime
) -> list[int]:
    found = []
    for offer in offers:
        mine = [use for use in uses if (use.person_id, use.benefit_id) == (person_id, offer.id)]
        times = [use.used_at for use in mine if use.used_at <= at]
        is_free = not times or max(times) + PAUSES[offer.recurrence] <= at
        if offer.venue_id == venue_id and is_free:
            found.append(offer.id)
    return sorted(found)


def inactive(venue_id: int, offers: list[Offer], uses: list[Use], at: datetime) -> dict:
    found = {}
    for offer in sorted(offers):
        if offer.venue_id != venue_id:
            continue
        times = [use.used_at for use in uses if use.benefit_id == offer.id]
        within = sorted(time for time in times if at - WINDOW <= time <= at)
        stretches = [(since, until, False) for since, until in pairwise([at - WINDOW, *within])]
        stretches.append((within[-1] if within else at - WINDOW, at, True))
        long = [each for each in stretches if each[1] - each[0] >= INACTIVE_FROM[offer.recurrence]]
        if long:
            found[offer.id] = long
    return found
