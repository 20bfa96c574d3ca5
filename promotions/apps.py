from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "promotions"
    verbose_name = "Flash promotions"

    def ready(self) -> None:
        from core import work
        from promotions.services.announcing import announce_due

        work.register("flash promotions", announce_due)
