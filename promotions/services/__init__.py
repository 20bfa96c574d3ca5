"""
Everything that writes products, promotions and reservations, and tells customers of them.

Locks: the promotion before its product and its reservations.
"""

from promotions.services.promos import create_promo, edit_product, edit_promo
from promotions.services.reservations import complete, release, reserve

__all__ = ["complete", "create_promo", "edit_product", "edit_promo", "release", "reserve"]
