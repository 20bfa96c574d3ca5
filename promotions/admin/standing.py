"""
What promotions and reservations are at a moment, as columns: a list, its filter, its export and
the page of one read the same.
"""

from datetime import datetime

from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from promotions.models import FlashPromo, PromoNotice, PromoReservation
from promotions.querysets import IS_HELD
from promotions.states import ReservationStatus

STATES = {
    "coming": "Coming",
    "running": "Running",
    "sold_out": "Sold out",
    "over": "Over",
    "stopped": "Stopped",
}
STATE_COLOURS = {
    "coming": "info",
    "running": "success",
    "sold_out": "warning",
    "over": None,
    "stopped": "danger",
}
STATUS_COLOURS = {
    ReservationStatus.HELD: "info",
    ReservationStatus.COMPLETED: "success",
    ReservationStatus.RELEASED: None,
    ReservationStatus.EXPIRED: "warning",
}


def moment_of(request: HttpRequest) -> datetime:
    """Give the one moment of a request, so that no row contradicts the filter that kept it."""
    at: datetime = request.__dict__.setdefault("moment_of_the_page", timezone.now())
    return at


def with_standing(promos: "QuerySet[FlashPromo]", *, at: datetime) -> "QuerySet[FlashPromo]":
    """Add `state`, the first of these that holds, and `told`, how many customers were."""
    state = Case(
        When(sold_count__gte=F("quantity"), then=Value("sold_out")),
        When(is_active=False, then=Value("stopped")),
        When(ends_at__lte=at, then=Value("over")),
        When(starts_at__gt=at, then=Value("coming")),
        default=Value("running"),
        output_field=CharField(),
    )
    notices = PromoNotice.objects.filter(promo=OuterRef("pk")).order_by().values("promo")
    told = Subquery(notices.annotate(number=Count("pk")).values("number"))
    return promos.annotate(state=state, told=Coalesce(told, 0))


def with_holds(promos: "QuerySet[FlashPromo]", *, at: datetime) -> "QuerySet[FlashPromo]":
    """Add `on_hold`: among the stored number are holds that have run out."""
    holds = PromoReservation.objects.live(at).filter(promo=OuterRef("pk")).order_by()
    number = Subquery(holds.values("promo").annotate(number=Count("pk")).values("number"))
    return promos.annotate(on_hold=Coalesce(number, 0))


def with_status_at(
    reservations: "QuerySet[PromoReservation]", *, at: datetime
) -> "QuerySet[PromoReservation]":
    """Add `status_now`: a hold whose minute is over has expired, whatever is stored."""
    status = Case(
        When(IS_HELD, expires_at__lte=at, then=Value(ReservationStatus.EXPIRED)),
        default=F("status"),
        output_field=CharField(),
    )
    return reservations.annotate(status_now=status)
