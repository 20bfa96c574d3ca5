"""What the admin's home page shows of promotions."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timesince import timeuntil

from core.admin.charts import Fill, FillChart
from promotions.admin.standing import with_holds
from promotions.models import FlashPromo

MOST_SHOWN = 20
A_MINUTE = timedelta(minutes=1)


def running_promos(*, at: datetime) -> FillChart:
    """Draw how much of each running promotion is sold and on hold. Two statements."""
    running = FlashPromo.objects.running(at)
    number = running.count()
    soonest = with_holds(running, at=at).select_related("product__venue").order_by("ends_at", "pk")
    title = f"{number:,} running" if number else ""
    if number > MOST_SHOWN:
        title += f". The {MOST_SHOWN} that end first:"
    return FillChart(
        title=title,
        empty="No promotion is running.",
        fills=[_fill(promo, at) for promo in soonest[:MOST_SHOWN]],
    )


def _fill(promo: Any, at: datetime) -> Fill:
    figure = f"{promo.sold_count:,} of {promo.quantity:,} sold"
    if promo.on_hold:
        figure += f", {promo.on_hold:,} on hold"
    return Fill(
        label=str(promo.product),
        figure=figure,
        value=promo.sold_count,
        whole=promo.quantity,
        for_the_moment=promo.on_hold,
        note=f"{promo.product.venue} · ends in {_left(promo.ends_at, at)}",
        link=reverse("admin:promotions_flashpromo_change", args=[promo.pk]),
    )


def _left(ends_at: datetime, at: datetime) -> str:
    return timeuntil(ends_at, at) if ends_at - at >= A_MINUTE else "less than a minute"
