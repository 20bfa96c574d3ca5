"""Planning promotions through the services, with values that leave nothing to be refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import Invalid
from customers.tests.factories import SegmentFactory
from promotions import services
from promotions.models import FlashPromo
from promotions.tests.factories import NOON

HOUR = timedelta(hours=1)


def create(product, *, segments=None, **values):
    ours = {
        "product": product,
        "promo_price": Decimal("4.90"),
        "starts_at": NOON,
        "ends_at": NOON + 2 * HOUR,
    }
    segments = [SegmentFactory()] if segments is None else segments
    return services.create_promo(values=ours | values, segments=segments)


def edit(promo, *, segments=None, at=NOON, **changes):
    return services.edit_promo(promo=promo, changes=changes, segments=segments, at=at)


def stored(promo, *names):
    return FlashPromo.objects.values_list(*names).get(pk=promo.pk)


def refused(attr, code):
    """Expect a 400 for a field, with a code."""
    return pytest.raises(
        Invalid, check=lambda invalid: (invalid.attr, invalid.code) == (attr, code)
    )
