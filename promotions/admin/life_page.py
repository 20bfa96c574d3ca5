"""A promotion's life as its page shows it: the figures above the form, all else below."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from unfold.utils import display_for_label

from promotions import reports
from promotions.admin import life
from promotions.admin.clock import precise, seconds_long
from promotions.admin.life import Deed, ListedReservation, Outcome, Told, ToldCustomer
from promotions.admin.life_charts import by_distance, sold_by_when
from promotions.admin.standing import STATE_COLOURS, STATES, STATUS_COLOURS
from promotions.models import FlashPromo
from promotions.states import HOLD, ReservationStatus

HELD, COMPLETED = ReservationStatus.HELD, ReservationStatus.COMPLETED
# Behind each row of the reservations, a part of the minute.
BAR_COLOURS = {
    ReservationStatus.HELD: "bg-blue-500",
    ReservationStatus.COMPLETED: "bg-green-500",
    ReservationStatus.RELEASED: "bg-base-400",
    ReservationStatus.EXPIRED: "bg-orange-500",
}


class Figure(NamedTuple):
    label: str
    value: str
    note: str = ""


def life_of(promo: Any, *, at: datetime) -> dict[str, Any]:
    """
    Give what the page shows of a promotion that was asked for `with_standing`.

    The same number of statements however many were told and reserved; the lists are cut. Whom it
    is for is asked for ten thousand who are near at a time.
    """
    told, deeds = life.told_of(promo), life.deeds_of(promo, at=at)
    outcomes = life.outcomes_of(deeds)
    # Nobody keeps who was near or in a segment at the time.
    is_to_end = promo.state in ("coming", "running")
    eligible = len(reports.everybody_for(promo, at=at)) if is_to_end else None
    return {
        "figures": _figures(promo, told, eligible, outcomes, at),
        "sold_by_when": _sold_by_when(promo, deeds, at),
        "distances": _distances(promo, deeds),
        "outcomes": [_told_outcome(outcome) for outcome in outcomes],
        "reservations": [
            _told_reservation(one, at) for one in life.latest_reservations(promo, at=at)
        ],
        "reservation_count": len(deeds),
        "told": [_told_customer(one) for one in life.first_told(promo, deeds)],
        "told_count": told.number,
        "all_reservations": _list_of("promoreservation", promo),
        "all_told": _list_of("promonotice", promo),
    }


def _figures(
    promo: Any, told: Told, eligible: int | None, outcomes: Sequence[Outcome], at: datetime
) -> list[Figure]:
    numbers = {outcome.status: outcome.number for outcome in outcomes}
    state = display_for_label((promo.state, STATES[promo.state]), "", STATE_COLOURS)
    figures = [Figure("State", state, _until(promo))]
    if eligible is not None:
        figures.append(Figure("For whom", f"{eligible:,}", "are near and in a segment right now"))
    holds = sum(numbers.values())
    return [
        *figures,
        Figure("Told", f"{told.number:,}", _of_the_telling(promo, told)),
        Figure("Reserved", f"{holds:,}", f"{numbers[HELD]:,} on hold right now"),
        Figure("Sold", f"{promo.sold_count:,} of {promo.quantity:,}", _price(promo)),
    ]


def _until(promo: Any) -> str:
    match promo.state:
        case "coming":
            return f"from {precise(promo.starts_at)} on"
        case "running":
            return f"until {precise(promo.ends_at)}"
        case "over":
            return f"since {precise(promo.ends_at)}"
    return ""


def _price(promo: FlashPromo) -> str:
    return f"at {promo.promo_price} instead of {promo.product.regular_price}"


def _of_the_telling(promo: Any, told: Told) -> str:
    if promo.notified_at:
        return f"The telling ended at {precise(promo.notified_at)}"
    if promo.state == "coming":
        return "They are told when it begins"
    if promo.state == "running":
        return "Being told" if told.number else "They are told within a moment"
    return "Not all: it ended before" if told.number else "It ended before anybody was"


def _sold_by_when(promo: Any, deeds: Sequence[Deed], at: datetime) -> Any:
    sold_at = [deed.completed_at for deed in deeds if deed.completed_at]
    # A stretch in which nothing could be sold, or nothing was left, says nothing.
    until = at if promo.state == "running" else max(sold_at, default=promo.starts_at)
    tz = timezone.get_default_timezone()
    return sold_by_when(sold_at, since=promo.starts_at, until=until, tz=tz)


def _distances(promo: FlashPromo, deeds: Sequence[Deed]) -> list[Any]:
    there = promo.product.venue.place
    if there is None:
        return []
    reserved = {deed.customer_id: (deed.latitude, deed.longitude) for deed in deeds}
    bought = [(deed.latitude, deed.longitude) for deed in deeds if deed.status == COMPLETED]
    groups = {
        "Told": life.positions_of_told(promo),
        "Had it on hold": list(reserved.values()),
        "Bought it": bought,
    }
    far = {title: life.distances(there, positions) for title, positions in groups.items()}
    return by_distance(far, radius_km=promo.max_distance_km)


def _told_outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "label": coloured(outcome.status),
        "number": f"{outcome.number:,}",
        "spread": [_seconds(each) for each in (outcome.median, outcome.least, outcome.most)],
    }


def _told_reservation(one: ListedReservation, at: datetime) -> dict[str, Any]:
    reservation, seconds = one.reservation, one.seconds
    lasted = (at - reservation.created_at).total_seconds() if seconds is None else seconds
    part = min(1.0, max(0.0, lasted / HOLD.total_seconds()))
    return {
        "reservation": reservation,
        "made": precise(reservation.created_at),
        "status": coloured(reservation.status_now),
        "seconds": f"{seconds_long(lasted)} so far" if seconds is None else _seconds(seconds),
        "distance": _distance(one.km),
        # A text, because CSS wants a point in it whatever the language of the page.
        "part": f"{100 * part:.1f}",
        "colour": BAR_COLOURS[ReservationStatus(reservation.status_now)],
    }


def _told_customer(one: ToldCustomer) -> dict[str, Any]:
    return {
        "customer": one.notice.customer,
        "told": precise(one.notice.told_at),
        "distance": _distance(one.km),
        "became": coloured(one.status) if one.status else "–",
    }


def coloured(status: str) -> str:
    one = ReservationStatus(status)
    label: str = display_for_label((one, one.label), "", STATUS_COLOURS)
    return label


def _seconds(seconds: float | None) -> str:
    return "–" if seconds is None else seconds_long(seconds)


def _distance(km: float | None) -> str:
    return "–" if km is None else f"{km:,.2f} km"


def _list_of(model: str, promo: FlashPromo) -> str:
    return f"{reverse(f'admin:promotions_{model}_changelist')}?promo__id__exact={promo.pk}"
