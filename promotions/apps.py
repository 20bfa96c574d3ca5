from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    name = "promotions"
    verbose_name = "Flash promotions"

    def ready(self) -> None:
        from core import metrics, work
        from promotions.metrics import untold
        from promotions.services.announcing import announce_due

        work.register("flash promotions", announce_due)
        metrics.QUESTIONS["flash promotions"] = untold
