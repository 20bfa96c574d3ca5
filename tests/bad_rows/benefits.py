"""Bad rows of venues, benefits and the summary of their uses, each with the rule it breaks."""

from datetime import timedelta

from benefits.models import UsageSummary
from benefits.tests.factories import NOON, BenefitFactory
from tests.bad_rows.cases import bad
from venues.tests.factories import VenueFactory


def summarise(**values):
    UsageSummary.objects.update_or_create(id=values.pop("id", 1), defaults=values)


CASES = [
    bad("venue_position_is_whole_and_on_earth", "a venue's latitude", VenueFactory, latitude=52),
    bad("venue_position_is_whole_and_on_earth", "a venue's longitude", VenueFactory, longitude=13),
    bad(
        "venue_position_is_whole_and_on_earth",
        "a venue beyond the pole",
        VenueFactory,
        latitude=-91,
        longitude=0,
    ),
    bad(
        "venue_position_is_whole_and_on_earth",
        "a venue beyond the date line",
        VenueFactory,
        latitude=0,
        longitude=181,
    ),
    bad(
        "benefit_recurrence_is_known",
        "a benefit that recurs every year",
        BenefitFactory,
        recurrence="year",
    ),
    bad("usage_summary_is_one", "a second summary", summarise, id=2),
    bad(
        "usage_summary_closes_after_it_opens",
        "a summary that is closed before it opens",
        summarise,
        opened_at=NOON,
        closed_at=NOON - timedelta.resolution,
    ),
    bad(
        "usage_summary_closes_after_it_opens",
        "a summary that opens and is never closed",
        summarise,
        opened_at=NOON,
    ),
    bad(
        "usage_summary_closes_after_it_opens",
        "a summary that is closed and never opened",
        summarise,
        closed_at=NOON,
    ),
]
