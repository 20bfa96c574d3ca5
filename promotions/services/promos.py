from collections.abc import Collection
from datetime import datetime
from typing import Any

from core import work
from core.errors import Invalid
from core.keeping import keep
from core.transactions import in_transaction
from customers.models import Segment
from promotions.errors import PriceBelowPromo, PromoOverlaps, QuantityBelowTaken
from promotions.models import FlashPromo, Product
from promotions.services.reservations import expire_lapsed


@in_transaction
def create_promo(*, values: dict[str, Any], segments: Collection[Segment]) -> FlashPromo:
    """
    Write a promotion. If it is running, customers are told within a moment.

    :raises Invalid: when it ends before it starts, is no cheaper than the regular price, has no
        segment, or its product is gone.
    :raises PromoOverlaps: when another active one of the product runs at some of that time.
    """
    promo = FlashPromo(**values)
    _lock_product(promo)
    _check_price(promo)
    _check_times(promo)
    promo.save()
    _put_segments(promo, segments)
    work.wake_after_commit()
    return promo


@in_transaction
def edit_promo(
    *,
    promo: FlashPromo,
    changes: dict[str, Any],
    segments: Collection[Segment] | None,
    at: datetime,
) -> FlashPromo:
    """
    Write the changed fields of a promotion and, unless None, its segments.

    Who holds a unit keeps it to the end of the minute, whatever is changed.

    :raises Invalid: as `create_promo`.
    :raises PromoOverlaps: when another active one of the product runs at some of that time.
    :raises QuantityBelowTaken: when more units are sold or on hold than there would be.
    """
    # Two edits, each of one end of the time: the second one judges what the first has written.
    promo = FlashPromo.objects.select_for_update(no_key=True).get(pk=promo.pk)
    priced = promo.product_id, promo.promo_price
    for name, value in changes.items():
        setattr(promo, name, value)
    if promo.product_id != priced[0] and promo.reservations.exists():
        raise Invalid("product", "immutable", "Somebody has reserved the product that it is for.")
    _lock_product(promo)
    if "quantity" in changes:
        _check_quantity(promo, at)
    written = list(changes)
    if promo.is_active and promo.remaining == 0:
        # As the last sale does, so that what cannot be had is in no other promotion's way.
        promo.is_active = False
        written.append("is_active")
    is_repriced = (promo.product_id, promo.promo_price) != priced
    # What is over may have been cheaper than the product is today.
    if is_repriced or (promo.is_active and promo.ends_at > at):
        _check_price(promo)
    _check_times(promo)
    promo.save(update_fields=written)
    if segments is not None:
        _put_segments(promo, segments)
    work.wake_after_commit()
    return promo


@in_transaction
def edit_product(*, product: Product, changes: dict[str, Any], at: datetime) -> Product:
    """
    Write the changed fields of a product.

    :raises PriceBelowPromo: when a running or coming promotion would be no cheaper.
    """
    # The lock under which promotions are priced: neither sees the other half done.
    product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    for name, value in changes.items():
        setattr(product, name, value)
    if "regular_price" in changes:
        coming = product.promos.still_to_end(at).filter(promo_price__gte=product.regular_price)
        dearest = coming.order_by("-promo_price", "pk").first()
        if dearest is not None:
            raise PriceBelowPromo(promo=dearest.pk, promo_price=dearest.promo_price)
    product.save(update_fields=list(changes))
    return product


def _lock_product(promo: FlashPromo) -> None:
    """
    Hold the product until the promotion is written.

    No portable constraint knows about times that overlap, or another table's price. Whoever
    changes this product's price or promotions at the same time waits here.
    """
    found = Product.objects.select_for_update(no_key=True).filter(pk=promo.product_id).first()
    if found is None:
        raise Invalid("product", "does_not_exist", f"There is no product {promo.product_id}.")
    promo.product = found


def _check_price(promo: FlashPromo) -> None:
    if promo.promo_price >= promo.product.regular_price:
        regular = promo.product.regular_price
        raise Invalid("promo_price", "max_value", f"This must be less than {regular}.")


def _check_times(promo: FlashPromo) -> None:
    if promo.ends_at <= promo.starts_at:
        raise Invalid("ends_at", "min_value", "It must end after it starts.")
    if not promo.is_active:
        return
    others = FlashPromo.objects.active().filter(product=promo.product).exclude(pk=promo.pk)
    overlapping = others.filter(starts_at__lt=promo.ends_at, ends_at__gt=promo.starts_at)
    first = overlapping.order_by("starts_at", "pk").first()
    if first is not None:
        raise PromoOverlaps(promo=first.pk)


def _check_quantity(promo: FlashPromo, at: datetime) -> None:
    expire_lapsed(promo, at=at)
    if promo.quantity < promo.sold_count + promo.held_count:
        raise QuantityBelowTaken(
            quantity=promo.quantity, sold=promo.sold_count, held=promo.held_count
        )


def _put_segments(promo: FlashPromo, segments: Collection[Segment]) -> None:
    if not segments:
        raise Invalid("segments", "empty", "A promotion is for at least one segment.")
    # Kept, so that none of them is deleted before the promotion is there to protect it.
    ids = {segment.pk for segment in segments}
    kept = keep(Segment.objects.filter(pk__in=ids).order_by("pk"))
    if len(kept) < len(ids):
        raise Invalid("segments", "does_not_exist", "One of the segments does not exist.")
    promo.segments.set(kept)
