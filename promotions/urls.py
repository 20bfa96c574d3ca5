from rest_framework.routers import BaseRouter

from promotions.views import FlashPromoViewSet, ProductViewSet, PromoReservationViewSet


def register(router: BaseRouter) -> None:
    router.register("products", ProductViewSet)
    router.register("flash_promos", FlashPromoViewSet)
    router.register("promo_reservations", PromoReservationViewSet)
