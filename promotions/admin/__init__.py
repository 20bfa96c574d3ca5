from promotions.admin.notices import PromoNoticeAdmin
from promotions.admin.products import ProductAdmin
from promotions.admin.promos import FlashPromoAdmin
from promotions.admin.reservations import PromoReservationAdmin

__all__ = ["FlashPromoAdmin", "ProductAdmin", "PromoNoticeAdmin", "PromoReservationAdmin"]
