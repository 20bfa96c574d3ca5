from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "benefits"

    def ready(self) -> None:
        from benefits.summary import close_due
        from core import work

        work.register("benefit summary", close_due)
